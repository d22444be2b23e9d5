package app

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/api"
	"purser/internal/store"
)

// replayLife is how long an answer is kept for a request that is sent again.
const replayLife = 24 * time.Hour

// replays keeps the API's answers in the database: a repeated request may come
// after a restart, or to another node.
type replays struct {
	db  *store.DB
	now func() time.Time
}

// Begin notes a request, or returns what is known of it.
func (p replays) Begin(ctx context.Context, name, body string) (known api.Replay, mine bool, err error) {
	now := p.now()
	err = p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, first, err := store.BeginReplay(ctx, tx, store.Replay{Name: name, Body: body, At: purser.MicrosOf(now)}, purser.MicrosOf(now.Add(-replayLife)))
		known, mine = api.Replay{Body: row.Body, At: row.At.Time(), Done: row.Done, Status: row.Status, Kind: row.Kind, Answer: row.Answer}, first
		return err
	})
	return known, mine, err
}

// End keeps the answer.
func (p replays) End(ctx context.Context, name string, r api.Replay) error {
	return p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.EndReplay(ctx, tx, store.Replay{Name: name, Status: r.Status, Kind: r.Kind, Answer: r.Answer})
	})
}

// Drop forgets the request.
func (p replays) Drop(ctx context.Context, name string) error {
	return p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.DropReplay(ctx, tx, name) })
}
