// Package storetest runs tests on both databases: SQLite in a temporary folder
// and a real PostgreSQL server.
package storetest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"purser/internal/store"
)

// Each runs fn once on a fresh database of each kind, as subtests "sqlite" and
// "postgres". PostgreSQL is skipped only where none is installed.
func Each(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachMigrated(t, func(t *testing.T, o store.Options) {
		t.Helper()
		fn(t, Open(t, o))
	})
}

// EachMigrated is Each for tests that open the database themselves, or twice. Most
// databases are migrated already.
func EachMigrated(t *testing.T, fn func(t *testing.T, o store.Options)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) {
		o, base, template := options(t), server(t), ""
		if os.Getenv(ownServer) == "" { // a template would be left behind there
			template = fromTemplate(t, base, o)
		}
		o.URL = newPostgres(t, base, template)
		fn(t, o)
	})
}

// EachOptions is EachMigrated over empty databases: for tests of the first start.
func EachOptions(t *testing.T, fn func(t *testing.T, o store.Options)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, options(t)) })
	t.Run("postgres", func(t *testing.T) {
		o := options(t)
		o.URL = newPostgres(t, server(t), "")
		fn(t, o)
	})
}

func options(t testing.TB) store.Options {
	return store.Options{Dir: t.TempDir(), Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// Open opens the database and closes it when the test ends.
func Open(t *testing.T, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open the database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return db
}

// newPostgres makes a database and returns its URL. On a server that outlives the
// tests it is dropped when the test ends.
func newPostgres(t *testing.T, base, template string) string {
	t.Helper()
	name := "t_" + strings.ToLower(rand.Text())
	admin(t, base, "CREATE DATABASE "+name+template)
	if os.Getenv(ownServer) != "" {
		t.Cleanup(func() { admin(t, base, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	}
	return at(base, name)
}

// at is the URL of another database of the same server.
func at(base, name string) string {
	before, after, ok := strings.Cut(base, "?")
	if i := strings.LastIndex(before, "/"); i >= len("postgres://") {
		before = before[:i]
	}
	url := before + "/" + name
	if ok {
		url += "?" + after
	}
	return url
}

func admin(t *testing.T, url, stmt string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatalf("connect to the PostgreSQL for tests: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, stmt); err != nil {
		t.Fatalf("%s: %v", stmt, err)
	}
}
