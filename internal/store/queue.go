package store

import (
	"database/sql"
	"fmt"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// WithQueue hands the driver of the job queue to one of the two functions. On
// SQLite the queue stands in a file of its own, jobs.db, which may be deleted
// while Purser is stopped: what is due stands in the database.
func WithQueue[Q any](db *DB, sqlite func(riverdriver.Driver[*sql.Tx]) (Q, error), postgres func(riverdriver.Driver[pgx.Tx]) (Q, error)) (q Q, err error) {
	if db.pool != nil {
		return postgres(riverpgxv5.New(db.pool))
	}
	if db.jobs == nil {
		name := filepath.Join(db.options.Dir, "jobs.db")
		ownerOnly(name)
		jobs, err := sql.Open("sqlite", sqliteDSN(name, true, "journal_mode(WAL)", "synchronous(NORMAL)", "cache_size(-1024)"))
		if err != nil {
			return q, fmt.Errorf("open %s: %w", name, err)
		}
		jobs.SetMaxOpenConns(1)
		db.jobs = jobs
	}
	return sqlite(riversqlite.New(db.jobs))
}
