package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// Invitation is a row of invitation: a one-time link.
type Invitation struct {
	Hash      string        `bun:"hash"` // sha256 of the link's token, hex
	ID        string        `bun:"id"`
	Purpose   string        `bun:"purpose"`
	Email     string        `bun:"email"` // "" where the one who opens the link says it
	Role      purser.Role   `bun:"role"`
	InvitedBy string        `bun:"invited_by"`
	CreatedAt purser.Micros `bun:"created_at"`
	ExpiresAt purser.Micros `bun:"expires_at"`
}

const invitationColumns = `hash, id, purpose, email, role, invited_by, created_at, expires_at`

// InsertInvitation adds a one-time link.
func InsertInvitation(ctx context.Context, db bun.IDB, i Invitation) error {
	_, err := db.NewRaw(`INSERT INTO invitation (`+invitationColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, i.Hash, i.ID, i.Purpose,
		i.Email, string(i.Role), i.InvitedBy, int64(i.CreatedAt), int64(i.ExpiresAt)).Exec(ctx)
	return err
}

// InvitationByHash returns one link; ok is false if there is none.
func InvitationByHash(ctx context.Context, db bun.IDB, hash string) (i Invitation, ok bool, err error) {
	err = db.NewRaw(`SELECT `+invitationColumns+` FROM invitation WHERE hash = ?`, hash).Scan(ctx, &i)
	return rowFound(i, err)
}

// TakeInvitation uses a link up: of several at once only one gets true.
func TakeInvitation(ctx context.Context, db bun.IDB, hash string) (bool, error) {
	res, err := db.NewRaw(`DELETE FROM invitation WHERE hash = ?`, hash).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Invitations returns the open links of that purpose, the newest first.
func Invitations(ctx context.Context, db bun.IDB, purpose string, now purser.Micros) (all []Invitation, err error) {
	err = db.NewRaw(`SELECT `+invitationColumns+` FROM invitation WHERE purpose = ? AND expires_at > ?
		ORDER BY created_at DESC, id DESC`, purpose, int64(now)).Scan(ctx, &all)
	return all, err
}

// DeleteInvitations withdraws links of a purpose: the one with that id, or all
// if it is "". It returns how many there were.
func DeleteInvitations(ctx context.Context, db bun.IDB, purpose, id string) (int64, error) {
	res, err := db.NewRaw(`DELETE FROM invitation WHERE purpose = ? AND (id = ? OR ? = '')`, purpose, id, id).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// forUpdate is the clause that keeps read rows as they are; SQLite's writer is
// alone anyway.
func forUpdate(db bun.IDB) string {
	if isPostgres(db) {
		return ` FOR UPDATE`
	}
	return ""
}
