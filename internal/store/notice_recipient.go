package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// RecipientRow is a row of notice_recipient with what is known of its user.
type RecipientRow struct {
	ID         string        `bun:"id"`
	InstanceID string        `bun:"instance_id"` // "": of everything
	Email      string        `bun:"email"`
	UserID     string        `bun:"user_id"` // "": never was a user's
	AddedAt    purser.Micros `bun:"added_at"`
	AddedBy    string        `bun:"added_by"`
	UserGone   bool          `bun:"user_gone"`  // it was a user's who is one no longer
	UserEmail  string        `bun:"user_email"` // the user's address now
	LastError  string        `bun:"last_error"` // of the last mail there, if that failed
	LastSentAt purser.Micros `bun:"last_sent_at"`
}

const recipientSelect = `SELECT r.id, COALESCE(r.instance_id, '') AS instance_id, r.email, r.user_id, r.added_at, r.added_by,
	CASE WHEN r.user_id <> '' AND u.id IS NULL THEN TRUE ELSE FALSE END AS user_gone, COALESCE(u.email, '') AS user_email,
	COALESCE((SELECT CASE WHEN d.state = 'failed' THEN d.error ELSE '' END FROM notice_delivery d WHERE d.way = 'mail' AND d.target = r.email
		AND d.state IN ('sent', 'failed') ORDER BY d.done_at DESC LIMIT 1), '') AS last_error,
	COALESCE((SELECT max(d.done_at) FROM notice_delivery d WHERE d.way = 'mail' AND d.target = r.email AND d.state = 'sent'), 0) AS last_sent_at
	FROM notice_recipient r LEFT JOIN users u ON u.id = r.user_id `

// Recipients returns those who are told of an instance, of everything if it is "".
func Recipients(ctx context.Context, db bun.IDB, instanceID string) (rows []RecipientRow, err error) {
	err = db.NewRaw(recipientSelect+"WHERE COALESCE(r.instance_id, '') = ? ORDER BY r.email", instanceID).Scan(ctx, &rows)
	return rows, err
}

// InsertRecipient adds a recipient; ok is false if the address is in that list already.
func InsertRecipient(ctx context.Context, tx bun.IDB, r RecipientRow) (ok bool, err error) {
	res, err := tx.NewRaw(`INSERT INTO notice_recipient (id, instance_id, email, user_id, added_at, added_by)
		VALUES (?, NULLIF(?, ''), ?, ?, ?, ?) ON CONFLICT DO NOTHING`, r.ID, r.InstanceID, r.Email, r.UserID, int64(r.AddedAt), r.AddedBy).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// DeleteRecipient takes an address from a list; ok is false if it is not in it.
func DeleteRecipient(ctx context.Context, tx bun.IDB, instanceID, email string) (ok bool, err error) {
	res, err := tx.NewRaw(`DELETE FROM notice_recipient WHERE COALESCE(instance_id, '') = ? AND email = ?`, instanceID, email).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
