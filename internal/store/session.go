package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// Session is a row of session: one browser that is signed in.
type Session struct {
	Hash       string        `bun:"hash"` // sha256 of the cookie, hex
	ID         string        `bun:"id"`
	UserID     string        `bun:"user_id"`
	Origin     string        `bun:"origin"`
	CreatedAt  purser.Micros `bun:"created_at"`
	LastSeenAt purser.Micros `bun:"last_seen_at"`
}

const sessionColumns = `hash, id, user_id, origin, created_at, last_seen_at`

// InsertSession adds a session.
func InsertSession(ctx context.Context, db bun.IDB, s Session) error {
	_, err := db.NewRaw(`INSERT INTO session (`+sessionColumns+`) VALUES (?, ?, ?, ?, ?, ?)`, s.Hash, s.ID, s.UserID, s.Origin,
		int64(s.CreatedAt), int64(s.LastSeenAt)).Exec(ctx)
	return err
}

// SessionByHash returns one session; ok is false if there is none.
func SessionByHash(ctx context.Context, db bun.IDB, hash string) (s Session, ok bool, err error) {
	err = db.NewRaw(`SELECT `+sessionColumns+` FROM session WHERE hash = ?`, hash).Scan(ctx, &s)
	return rowFound(s, err)
}

// SessionsOf returns the sessions of a user, the latest first.
func SessionsOf(ctx context.Context, db bun.IDB, userID string) (all []Session, err error) {
	err = db.NewRaw(`SELECT `+sessionColumns+` FROM session WHERE user_id = ? ORDER BY last_seen_at DESC, id`, userID).Scan(ctx, &all)
	return all, err
}

// TouchSession notes that the session was used.
func TouchSession(ctx context.Context, db bun.IDB, hash string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE session SET last_seen_at = ? WHERE hash = ?`, int64(at), hash).Exec(ctx)
	return err
}

// DeleteSession ends one session of a user.
func DeleteSession(ctx context.Context, db bun.IDB, userID, id string) error {
	_, err := db.NewRaw(`DELETE FROM session WHERE user_id = ? AND id = ?`, userID, id).Exec(ctx)
	return err
}

// DeleteSessionsOf ends every session of a user but the one named.
func DeleteSessionsOf(ctx context.Context, db bun.IDB, userID, butID string) error {
	_, err := db.NewRaw(`DELETE FROM session WHERE user_id = ? AND id <> ?`, userID, butID).Exec(ctx)
	return err
}

// DeleteOldSessions ends those that nobody used since idle or that began before begun.
func DeleteOldSessions(ctx context.Context, db bun.IDB, idle, begun purser.Micros) error {
	_, err := db.NewRaw(`DELETE FROM session WHERE last_seen_at < ? OR created_at < ?`, int64(idle), int64(begun)).Exec(ctx)
	return err
}
