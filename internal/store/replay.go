package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// Replay is a request that may be sent again, with its answer once it is done.
type Replay struct {
	Name   string        `bun:"name"` // digest of who asked, what, and with which key
	Body   string        `bun:"body"` // digest of the request's body
	At     purser.Micros `bun:"at"`
	Done   bool          `bun:"done"`
	Status int           `bun:"status"`
	Kind   string        `bun:"kind"` // media type of the answer
	Answer []byte        `bun:"answer"`
}

// BeginReplay notes a request, unless it was noted since the given time: then it
// returns what is known of it. Of two that begin at once, one is mine.
func BeginReplay(ctx context.Context, tx bun.IDB, r Replay, since purser.Micros) (known Replay, mine bool, err error) {
	if _, err := tx.NewRaw(`DELETE FROM replay WHERE at <= ?`, int64(since)).Exec(ctx); err != nil {
		return Replay{}, false, err
	}
	res, err := tx.NewRaw(`INSERT INTO replay (name, body, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, r.Name, r.Body, int64(r.At)).Exec(ctx)
	if err != nil {
		return Replay{}, false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return r, err == nil, err
	}
	err = tx.NewRaw(`SELECT name, body, at, done, status, kind, answer FROM replay WHERE name = ?`, r.Name).Scan(ctx, &known)
	return known, false, err
}

// EndReplay keeps the answer to a request.
func EndReplay(ctx context.Context, tx bun.IDB, r Replay) error {
	_, err := tx.NewRaw(`UPDATE replay SET done = 1, status = ?, kind = ?, answer = ? WHERE name = ?`, r.Status, r.Kind, r.Answer, r.Name).Exec(ctx)
	return err
}

// DropReplay forgets a request, so that it may be tried again.
func DropReplay(ctx context.Context, tx bun.IDB, name string) error {
	_, err := tx.NewRaw(`DELETE FROM replay WHERE name = ?`, name).Exec(ctx)
	return err
}
