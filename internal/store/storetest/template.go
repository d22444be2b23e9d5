package storetest

import (
	"crypto/rand"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"purser/internal/store"
)

// Making the schema costs more than most tests: it is made once a test binary,
// and each test gets a copy.

// templates makes the copies' originals.
type templates struct {
	sqlite, postgres sync.Once
	file             []byte    // purser.db
	name             string    // of the database
	lock             *pgx.Conn // held while the process lives: it says that the template is in use
	err              error
}

var made templates

// migratedFile puts a migrated SQLite database into the folder.
func migratedFile(t *testing.T, o store.Options) {
	t.Helper()
	made.sqlite.Do(func() { made.file, made.err = migrateFile(t, o) })
	if made.err != nil {
		t.Fatalf("make the SQLite template: %v", made.err)
	}
	if err := os.WriteFile(filepath.Join(o.Dir, "purser.db"), made.file, 0o600); err != nil {
		t.Fatal(err)
	}
}

func migrateFile(t *testing.T, o store.Options) ([]byte, error) {
	o.Dir = t.TempDir()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // the log is merged into the file
		return nil, fmt.Errorf("close it: %w", err)
	}
	return os.ReadFile(filepath.Join(o.Dir, "purser.db"))
}

// migratedPostgres returns the URL of a migrated database, dropped when the test ends.
func migratedPostgres(t *testing.T, o store.Options) string {
	t.Helper()
	base := server(t)
	made.postgres.Do(func() { migrateTemplate(t, base, o) })
	if made.name == "" {
		t.Fatal("the PostgreSQL template could not be made")
	}
	return newPostgres(t, base, " TEMPLATE "+made.name)
}

const templatePrefix = "purser_template_"

// migrateTemplate makes this process's template, after dropping those whose
// process has ended: nobody holds their lock.
func migrateTemplate(t *testing.T, base string, o store.Options) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), base)
	if err != nil {
		t.Fatalf("connect to the PostgreSQL for tests: %v", err)
	}
	rows, err := conn.Query(t.Context(), "SELECT datname FROM pg_database WHERE datname LIKE $1", templatePrefix+"%")
	if err != nil {
		t.Fatal(err)
	}
	old, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range old {
		if claim(t, conn, name) {
			admin(t, base, "DROP DATABASE IF EXISTS "+name)
		}
	}
	name := templatePrefix + strings.ToLower(rand.Text())
	claim(t, conn, name)
	admin(t, base, "CREATE DATABASE "+name)
	o.URL = at(base, name)
	o.Dir = ""
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	made.name, made.lock = name, conn
}

// claim takes the lock of a template and reports whether nobody else has it.
func claim(t *testing.T, conn *pgx.Conn, name string) (free bool) {
	t.Helper()
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	if err := conn.QueryRow(t.Context(), "SELECT pg_try_advisory_lock(7203462, $1)", int32(h.Sum32())).Scan(&free); err != nil {
		t.Fatal(err)
	}
	return free
}
