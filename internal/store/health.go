package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"modernc.org/sqlite"

	"purser"
)

// Health says whether the database can be read and written: nil, or a
// *purser.Problem of kind paused that says what to do. After a failed write it
// tries to write again, so that the state ends by itself.
func (db *DB) Health(ctx context.Context) error {
	var one int
	if err := db.reader.NewRaw("SELECT 1").Scan(ctx, &one); err != nil {
		if p := db.problemOf(err); p != nil {
			return p
		}
		return &purser.Problem{Kind: purser.ProblemPaused, What: "the database cannot be read",
			Hint: "Look at Purser's log for the cause. Purser goes on by itself once it is mended."}
	}
	if db.trouble.Load() == nil {
		return nil
	}
	err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE pulse SET at = ?", db.options.Now().UnixMicro())
		return err
	})
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		return p
	}
	if err != nil {
		return fmt.Errorf("write to the database: %w", err)
	}
	return nil
}

// Trouble is why the last write failed for everybody; nil if it did not. It costs
// nothing: whether it lasts is for Health to say.
func (db *DB) Trouble() *purser.Problem { return db.trouble.Load() }

func paused(what, hint string) *purser.Problem {
	return &purser.Problem{Kind: purser.ProblemPaused, What: what, Hint: hint + " Purser goes on by itself then; nothing is half-written."}
}

// problemOf returns the state that err means for everybody; nil if it concerns the one statement.
func (db *DB) problemOf(err error) *purser.Problem {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteProblem(e.Code() & 0xff)
	}
	if db.dialect != Postgres {
		return nil
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresProblem(e.Code)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok || pgconn.SafeToRetry(err) {
		return paused("the database does not answer", "Check that the database server runs and can be reached.")
	}
	return nil
}

// sqliteProblem maps primary result codes (https://sqlite.org/rescode.html, read 2026-11).
func sqliteProblem(code int) *purser.Problem {
	switch code {
	case 8:
		return paused("the data folder cannot be written to", "Make the folder and its files writable for Purser's user.")
	case 13:
		return diskFull()
	case 10, 14:
		return paused("the disk of the data folder fails", "Look at the disk and the file system.")
	case 5:
		return paused("the database file is locked by another program", "Close what has purser.db open.")
	case 11, 26:
		return paused("the database file is damaged", "Stop Purser and restore purser.db from a backup.")
	}
	return nil
}

// postgresProblem maps SQLSTATE codes (PostgreSQL 15, appendix A, read 2026-11).
func postgresProblem(code string) *purser.Problem {
	switch {
	case code == "53100":
		return paused("the disk of the database server is full", "Free some space on it.")
	case code == "25006":
		return paused("the database is read-only", "Point --database-url at the primary server.")
	case len(code) == 5 && (code[:2] == "08" || code[:2] == "53" || code[:3] == "57P"):
		return paused("the database server takes no connection", "Check that the database server runs and can be reached.")
	}
	return nil
}
