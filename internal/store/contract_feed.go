package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// ContractFeedRow is a row of contract_feed.
type ContractFeedRow struct {
	ID        string        `bun:"id"`
	Hash      string        `bun:"hash"` // sha256 of the secret, hex
	Name      string        `bun:"name"`
	UserID    string        `bun:"user_id"`
	MadeBy    string        `bun:"made_by"`
	Prices    int64         `bun:"prices"`
	CreatedAt purser.Micros `bun:"created_at"`
	UsedAt    purser.Micros `bun:"used_at"`
}

const feedColumns = `id, hash, name, user_id, made_by, prices, created_at, used_at`

// InsertContractFeed adds a calendar.
func InsertContractFeed(ctx context.Context, tx bun.IDB, r ContractFeedRow) error {
	_, err := tx.NewRaw(`INSERT INTO contract_feed (`+feedColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, r.ID, r.Hash, r.Name, r.UserID, r.MadeBy, r.Prices,
		int64(r.CreatedAt), int64(r.UsedAt)).Exec(ctx)
	return err
}

// ContractFeeds returns the calendars of a user, of everybody if userID is "".
func ContractFeeds(ctx context.Context, db bun.IDB, userID string) (rows []ContractFeedRow, err error) {
	err = db.NewRaw(`SELECT `+feedColumns+` FROM contract_feed WHERE (? = '' OR user_id = ?) ORDER BY created_at DESC LIMIT 200`, userID, userID).Scan(ctx, &rows)
	return rows, err
}

// ContractFeedByHash returns the calendar of a secret; ok is false if there is none.
func ContractFeedByHash(ctx context.Context, db bun.IDB, hash string) (r ContractFeedRow, ok bool, err error) {
	err = db.NewRaw(`SELECT `+feedColumns+` FROM contract_feed WHERE hash = ?`, hash).Scan(ctx, &r)
	return rowFound(r, err)
}

// ContractFeedByID returns one calendar; ok is false if there is none.
func ContractFeedByID(ctx context.Context, db bun.IDB, id string) (r ContractFeedRow, ok bool, err error) {
	err = db.NewRaw(`SELECT `+feedColumns+` FROM contract_feed WHERE id = ?`, id).Scan(ctx, &r)
	return rowFound(r, err)
}

// UseContractFeed notes when a calendar was asked for.
func UseContractFeed(ctx context.Context, tx bun.IDB, id string, at purser.Micros) error {
	_, err := tx.NewRaw(`UPDATE contract_feed SET used_at = ? WHERE id = ?`, int64(at), id).Exec(ctx)
	return err
}

// DeleteContractFeed removes a calendar.
func DeleteContractFeed(ctx context.Context, tx bun.IDB, id string) error {
	_, err := tx.NewRaw(`DELETE FROM contract_feed WHERE id = ?`, id).Exec(ctx)
	return err
}
