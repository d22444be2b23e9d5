package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
)

// CountTry counts one more failed try of a key in windows of that length, and
// returns how many there are in this window and when it began. Of several at once
// each gets a number of its own.
func CountTry(ctx context.Context, db bun.IDB, key string, now purser.Micros, window time.Duration) (failed int64, since purser.Micros, err error) {
	var row struct {
		Failed int64         `bun:"failed"`
		Since  purser.Micros `bun:"since"`
	}
	over := int64(now) - window.Microseconds()
	err = db.NewRaw(`INSERT INTO sign_in_try (key, since, failed) VALUES (?, ?, 1) ON CONFLICT (key) DO UPDATE SET
		failed = CASE WHEN sign_in_try.since <= ? THEN 1 ELSE sign_in_try.failed + 1 END,
		since = CASE WHEN sign_in_try.since <= ? THEN excluded.since ELSE sign_in_try.since END
		RETURNING failed, since`, key, int64(now), over, over).Scan(ctx, &row)
	return row.Failed, row.Since, err
}

// TakeBackTry counts one failed try less; forget drops the key altogether.
func TakeBackTry(ctx context.Context, db bun.IDB, key string, forget bool) error {
	if !forget {
		_, err := db.NewRaw(`UPDATE sign_in_try SET failed = failed - 1 WHERE key = ? AND failed > 0`, key).Exec(ctx)
		return err
	}
	_, err := db.NewRaw(`DELETE FROM sign_in_try WHERE key = ?`, key).Exec(ctx)
	return err
}

// ForgetTries drops the windows that began before then, but for those that
// somebody else counts in just now: two that wait for each other would both fail.
func ForgetTries(ctx context.Context, db bun.IDB, before purser.Micros) error {
	lock := forUpdate(db)
	if lock != "" {
		lock += " SKIP LOCKED"
	}
	_, err := db.NewRaw(`DELETE FROM sign_in_try WHERE key IN (SELECT key FROM sign_in_try WHERE since < ?`+lock+`)`, int64(before)).Exec(ctx)
	return err
}
