package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"purser"
)

// Dialect says which database stands behind a DB.
type Dialect string

// The two databases.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Options says where the data lies.
type Options struct {
	Dir  string // data folder: purser.db, jobs.db and the lock
	URL  string // postgres://…; "" means SQLite in Dir
	Now  func() time.Time
	Log  *slog.Logger
	Dial func(ctx context.Context, network, addr string) (net.Conn, error) // to PostgreSQL; nil: the driver's own
	// OnWrite is told how long the writer was held, nil to not be told.
	OnWrite func(held time.Duration)
	// BeforeCommit may refuse a commit; tests kill a process there. nil in production.
	BeforeCommit func() error
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect Dialect
	options Options
	writer  *bun.DB
	reader  *bun.DB
	pool    *pgxpool.Pool // PostgreSQL only
	jobs    *sql.DB       // SQLite only: jobs.db
	lock    *os.File
	trouble atomic.Pointer[purser.Problem]
}

// Open opens the database, makes it if it is not there, and migrates it. It
// refuses a data folder that another process uses and a database that a newer
// Purser has migrated.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Now == nil || o.Log == nil {
		return nil, errors.New("store: Options.Now and Options.Log must be set")
	}
	db := &DB{dialect: SQLite, options: o}
	if o.URL != "" {
		db.dialect = Postgres
	}
	if err := db.open(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) open(ctx context.Context) error {
	if db.options.Dir != "" {
		if err := os.MkdirAll(db.options.Dir, 0o700); err != nil {
			return fmt.Errorf("the data folder %s cannot be made: %w; give Purser a folder it may write to", db.options.Dir, err)
		}
		lock, err := lockFolder(db.options.Dir)
		if err != nil {
			return err
		}
		db.lock = lock
	}
	if db.dialect == Postgres {
		return db.openPostgres(ctx)
	}
	if db.options.Dir == "" {
		return errors.New("store: SQLite needs a data folder")
	}
	return db.openSQLite(ctx)
}

// Dialect returns which database it is.
func (db *DB) Dialect() Dialect { return db.dialect }

// Now returns the time by the injected clock.
func (db *DB) Now() time.Time { return db.options.Now() }

// Read returns the readers. Writing through them fails on SQLite.
func (db *DB) Read() *bun.DB { return db.reader }

// Write runs fn in the one write transaction: BEGIN IMMEDIATE on SQLite. It
// commits if fn returns nil. A database that is full, read-only or away is told
// as a *purser.Problem of kind paused, and shows in Health until a write works.
func (db *DB) Write(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	if p := db.stillFull(); p != nil {
		return p
	}
	err := db.write(ctx, fn)
	if err == nil {
		db.trouble.Store(nil)
		return nil
	}
	if p := db.problemOf(err); p != nil {
		db.trouble.Store(p)
		return fmt.Errorf("%w (%w)", p, err)
	}
	return err
}

func (db *DB) write(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if ctx, err = db.withRawConn(ctx, conn); err != nil {
		return err
	}
	// Without ctx's end: database/sql would roll back beside us at once, while rows
	// are being copied on the driver's connection. Statements still end with ctx.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("begin to write: %w", err)
	}
	if db.options.OnWrite != nil {
		begun := time.Now()
		defer func() { db.options.OnWrite(time.Since(begun)) }()
	}
	done := false
	defer func() {
		if !done { // also when fn panics: the one writer must not stay locked
			_ = tx.Rollback()
		}
	}()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if db.options.BeforeCommit != nil {
		if err := db.options.BeforeCommit(); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	done = true
	if err := tx.Commit(); err != nil {
		_ = tx.Rollback()
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Close closes the database and frees the data folder.
func (db *DB) Close() error {
	var errs []error
	if db.reader != nil {
		errs = append(errs, db.reader.Close())
	}
	if db.writer != nil && db.writer != db.reader {
		errs = append(errs, db.writer.Close())
	}
	if db.jobs != nil {
		errs = append(errs, db.jobs.Close())
	}
	if db.pool != nil {
		db.pool.Close()
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Close())
	}
	return errors.Join(errs...)
}

// isPostgres reports whether b speaks to PostgreSQL, for the few statements that differ.
func isPostgres(b bun.IDB) bool { return b.Dialect().Name() == dialect.PG }
