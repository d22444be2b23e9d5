package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// writerCache is the writer's page cache in KiB, negative as SQLite wants it.
// Measured over 600,000 new rows: 64 MiB save no CPU against 24, and cost 78 MiB
// of memory; 4 cost 3 % more CPU time than 8 and save 15 MiB. A whole sync has to
// stay under 100.
const writerCache = "cache_size(-4096)"

// journalPages is how long the journal grows before its pages are moved into the
// database, in pages of 4 KiB (SQLite's own 1,000 are moved four times as often, each
// time with the same pages of indexes: a sixth of a first sync's CPU time).
const journalPages = 4000

// sqliteDSN names a file with its pragmas. busy_timeout stands first, because
// switching to WAL already waits for locks.
func sqliteDSN(file string, immediate bool, pragmas ...string) string {
	v := url.Values{}
	for _, p := range append([]string{"busy_timeout(10000)"}, pragmas...) {
		v.Add("_pragma", p)
	}
	if immediate {
		v.Set("_txlock", "immediate")
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + v.Encode()
}

// ownerOnly makes a database's file for its owner alone, whatever the folder allows
// (one that a service manager made may be open to all); SQLite gives its journal
// the same mode. A file that is there keeps its mode, and what cannot be made is
// told by whoever opens it.
func ownerOnly(file string) {
	if f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		_ = f.Close()
	}
}

func (db *DB) openSQLite(ctx context.Context) error {
	file := filepath.Join(db.options.Dir, "purser.db")
	ownerOnly(file)
	// synchronous stays FULL: a rotated token must survive a power cut.
	writer, err := sql.Open("sqlite", sqliteDSN(file, true,
		"journal_mode(WAL)", "foreign_keys(1)", writerCache, "temp_store(FILE)", fmt.Sprintf("wal_autocheckpoint(%d)", journalPages)))
	if err != nil {
		return fmt.Errorf("open %s: %w", file, err)
	}
	writer.SetMaxOpenConns(1)
	writer.SetMaxIdleConns(1)
	db.writer = bun.NewDB(writer, sqlitedialect.New())
	if err := writer.PingContext(ctx); err != nil {
		return fmt.Errorf("open %s: %w; check the rights of the folder and the free space", file, err)
	}
	reader, err := sql.Open("sqlite", sqliteDSN(file, false, "query_only(1)", "foreign_keys(1)", "cache_size(-1024)"))
	if err != nil {
		return fmt.Errorf("open %s for reading: %w", file, err)
	}
	n := max(4, runtime.NumCPU())
	reader.SetMaxOpenConns(n)
	reader.SetMaxIdleConns(n)
	db.reader = bun.NewDB(reader, sqlitedialect.New())
	return nil
}
