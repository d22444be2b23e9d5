package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// KeptForm is a row of kept_form: what was typed into a form that was not sent on.
type KeptForm struct {
	Hash      string        `bun:"hash"` // sha256 of its name, hex
	SessionID string        `bun:"session_id"`
	Sealed    []byte        `bun:"sealed"`
	ExpiresAt purser.Micros `bun:"expires_at"`
}

// PutKeptForm keeps a form in place of those that the session kept before, and
// forgets those of anybody that ended.
func PutKeptForm(ctx context.Context, db bun.IDB, f KeptForm, now purser.Micros) error {
	if _, err := db.NewRaw(`DELETE FROM kept_form WHERE session_id = ? OR expires_at < ?`, f.SessionID, int64(now)).Exec(ctx); err != nil {
		return err
	}
	_, err := db.NewRaw(`INSERT INTO kept_form (hash, session_id, sealed, expires_at) VALUES (?, ?, ?, ?)`, f.Hash, f.SessionID, f.Sealed,
		int64(f.ExpiresAt)).Exec(ctx)
	return err
}

// KeptFormByHash returns one; ok is false if there is none.
func KeptFormByHash(ctx context.Context, db bun.IDB, hash string) (f KeptForm, ok bool, err error) {
	err = db.NewRaw(`SELECT hash, session_id, sealed, expires_at FROM kept_form WHERE hash = ?`, hash).Scan(ctx, &f)
	return rowFound(f, err)
}
