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
	Device     string        `bun:"device"` // browser and system in words, "" if it did not say
	Way        string        `bun:"way"`    // how it began; see package login
	CreatedAt  purser.Micros `bun:"created_at"`
	LastSeenAt purser.Micros `bun:"last_seen_at"`
	ProvenAt   purser.Micros `bun:"proven_at"` // when a person last proved who they are
}

const sessionColumns = `hash, id, user_id, origin, device, way, created_at, last_seen_at, proven_at`

// InsertSession adds a session.
func InsertSession(ctx context.Context, db bun.IDB, s Session) error {
	_, err := db.NewRaw(`INSERT INTO session (`+sessionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, s.Hash, s.ID, s.UserID, s.Origin,
		s.Device, s.Way, int64(s.CreatedAt), int64(s.LastSeenAt), int64(s.ProvenAt)).Exec(ctx)
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

// ProveSession notes that the person proved themselves again.
func ProveSession(ctx context.Context, db bun.IDB, id string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE session SET proven_at = ? WHERE id = ?`, int64(at), id).Exec(ctx)
	return err
}

// DeleteSession ends one session of a user.
func DeleteSession(ctx context.Context, db bun.IDB, userID, id string) error {
	_, err := db.NewRaw(`DELETE FROM session WHERE user_id = ? AND id = ?`, userID, id).Exec(ctx)
	return err
}

// DeleteSessionsOf ends every session of a user but the one named.
func DeleteSessionsOf(ctx context.Context, db bun.IDB, userID, butID string) error {
	_, err := DeleteOtherSessions(ctx, db, userID, butID)
	return err
}

// DeleteOtherSessions is DeleteSessionsOf and says how many there were.
func DeleteOtherSessions(ctx context.Context, db bun.IDB, userID, butID string) (int64, error) {
	res, err := db.NewRaw(`DELETE FROM session WHERE user_id = ? AND id <> ?`, userID, butID).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// DeleteOldSessions ends those that nobody used since idle or that began before begun.
func DeleteOldSessions(ctx context.Context, db bun.IDB, idle, begun purser.Micros) error {
	_, err := db.NewRaw(`DELETE FROM session WHERE last_seen_at < ? OR created_at < ?`, int64(idle), int64(begun)).Exec(ctx)
	return err
}
