package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// Token is a row of token: an API token without its secret.
type Token struct {
	ID         string        `bun:"id"`
	Hash       string        `bun:"hash"`    // sha256 of the secret, hex
	UserID     string        `bun:"user_id"` // "": made on the host
	Maker      string        `bun:"maker"`
	Name       string        `bun:"name"`
	Scopes     string        `bun:"scopes"` // JSON array of operations
	CreatedAt  purser.Micros `bun:"created_at"`
	ExpiresAt  purser.Micros `bun:"expires_at"`
	LastUsedAt purser.Micros `bun:"last_used_at"`
}

const tokenColumns = `id, hash, COALESCE(user_id, '') AS user_id, maker, name, scopes, created_at, expires_at, last_used_at`

// InsertToken adds a token.
func InsertToken(ctx context.Context, db bun.IDB, t Token) error {
	_, err := db.NewRaw(`INSERT INTO token (id, hash, user_id, maker, name, scopes, created_at, expires_at, last_used_at)
		VALUES (?, ?, NULLIF(?, ''), ?, ?, ?, ?, ?, ?)`, t.ID, t.Hash, t.UserID, t.Maker, t.Name, t.Scopes,
		int64(t.CreatedAt), int64(t.ExpiresAt), int64(t.LastUsedAt)).Exec(ctx)
	return err
}

// TokenByHash returns one token; ok is false if there is none.
func TokenByHash(ctx context.Context, db bun.IDB, hash string) (t Token, ok bool, err error) {
	err = db.NewRaw(`SELECT `+tokenColumns+` FROM token WHERE hash = ?`, hash).Scan(ctx, &t)
	return rowFound(t, err)
}

// TokenByID returns one token; ok is false if there is none.
func TokenByID(ctx context.Context, db bun.IDB, id string) (t Token, ok bool, err error) {
	err = db.NewRaw(`SELECT `+tokenColumns+` FROM token WHERE id = ?`, id).Scan(ctx, &t)
	return rowFound(t, err)
}

// Tokens returns every token, the newest first.
func Tokens(ctx context.Context, db bun.IDB) (all []Token, err error) {
	err = db.NewRaw(`SELECT `+tokenColumns+` FROM token ORDER BY created_at DESC, id DESC`).Scan(ctx, &all)
	return all, err
}

// TouchToken notes that the token was used.
func TouchToken(ctx context.Context, db bun.IDB, id string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE token SET last_used_at = ? WHERE id = ?`, int64(at), id).Exec(ctx)
	return err
}

// DeleteToken revokes a token.
func DeleteToken(ctx context.Context, db bun.IDB, id string) error {
	_, err := db.NewRaw(`DELETE FROM token WHERE id = ?`, id).Exec(ctx)
	return err
}
