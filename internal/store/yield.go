package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
)

// writeYielding is Write for a change of many rows that can be made anew. On PostgreSQL it
// waits for a row that another writer holds for half a second, less than after which the
// server ends one of two that wait for each other (deadlock_timeout, 1 s); then it lets
// go of its own rows and begins again. So what ends is never the other: a reading. fn may run
// several times.
func (db *DB) writeYielding(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	for {
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			if isPostgres(tx) {
				if _, err := tx.ExecContext(ctx, `SET LOCAL lock_timeout = '500ms'`); err != nil {
					return err
				}
			}
			return fn(ctx, tx)
		})
		if !waitedTooLong(err) || ctx.Err() != nil {
			return err
		}
	}
}

// waitedTooLong reports whether rows were another's for too long: lock_not_available or
// deadlock_detected (PostgreSQL 15, appendix A, read 2026-11).
func waitedTooLong(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "55P03" || e.Code == "40P01")
}
