package storetest

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"purser/internal/store"
)

// databaseFile is the name of SQLite's file in a data folder.
const databaseFile = "purser.db"

// SQLite returns the options of a migrated SQLite database in a fresh folder.
func SQLite(t testing.TB) store.Options {
	t.Helper()
	o := options(t)
	Migrated(t, o.Dir)
	return o
}

// Migrated puts a migrated SQLite database without rows into a data folder that is
// there: to work the schema out anew, with the race detector, takes longer than
// most tests.
func Migrated(t testing.TB, dir string) {
	t.Helper()
	data, err := os.ReadFile(sqliteTemplate(t))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, databaseFile), data, 0o600)
	}
	if err != nil {
		t.Fatalf("copy the template of databases: %v", err)
	}
}

// sqliteTemplate returns the file of a migrated database, which the first call of
// this process makes.
func sqliteTemplate(t testing.TB) string {
	t.Helper()
	if shared := os.Getenv(sharedFolder); shared != "" {
		dir, err := once(shared, "sqlite", func(making string) error { return migrateSQLite(t, making) })
		if err != nil {
			t.Fatalf("make the template of databases: %v", err)
		}
		return filepath.Join(dir, databaseFile)
	}
	dir := filepath.Join(os.TempDir(), "purser-sqlite-"+strconv.Itoa(os.Getpid()))
	file := filepath.Join(dir, databaseFile)
	if os.Mkdir(dir, 0o700) == nil { // of tests that begin at once, one makes it
		if err := makeTemplate(t, dir, file); err != nil {
			t.Fatalf("make the template of databases: %v", err)
		}
	}
	for range 2400 {
		if _, err := os.Stat(file); err == nil {
			return file
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the template of databases was not made in %s", dir)
	return ""
}

func makeTemplate(t testing.TB, dir, file string) error {
	// The folder goes when this process ends, however it ends: a signal to the group
	// of this process does not reach the one that removes it.
	if _, err := outlive(command(nil, "/", "/bin/sh", "-c", `cat >/dev/null; rm -rf "$1"`, "sh", dir)); err != nil {
		return err
	}
	making := filepath.Join(dir, "making")
	if err := migrateSQLite(t, making); err != nil {
		return err
	}
	return os.Rename(filepath.Join(making, databaseFile), file)
}

// migrateSQLite makes a migrated database in a folder, and nothing of it stays beside its file.
func migrateSQLite(t testing.TB, making string) error {
	db, err := store.Open(t.Context(), store.Options{Dir: making, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	if left, err := os.Stat(filepath.Join(making, databaseFile+"-wal")); err == nil && left.Size() > 0 {
		return fmt.Errorf("%d bytes stay in its journal", left.Size())
	}
	return nil
}
