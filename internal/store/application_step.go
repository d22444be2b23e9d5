package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// AppendStep keeps what was decided about an application, by the actor of ctx.
func AppendStep(ctx context.Context, tx bun.IDB, application int64, at purser.Micros, s purser.FeedStep) error {
	by := "Purser"
	if a, ok := purser.ActorFrom(ctx); ok && a.Name != "" {
		by = a.Name
	}
	_, err := tx.NewRaw(`INSERT INTO application_step (application_id, at, actor, what, before, after, note) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		application, int64(at), by, s.What, s.Before, s.After, s.Note).Exec(ctx)
	return err
}

// Steps returns what was decided about an application, the latest first, at most a hundred.
func Steps(ctx context.Context, db bun.IDB, application int64) ([]purser.FeedStep, error) {
	var rows []struct {
		At     purser.Micros `bun:"at"`
		By     string        `bun:"actor"`
		What   string        `bun:"what"`
		Before string        `bun:"before"`
		After  string        `bun:"after"`
		Note   string        `bun:"note"`
	}
	err := db.NewRaw(`SELECT at, actor, what, before, after, note FROM application_step WHERE application_id = ? ORDER BY no DESC LIMIT 100`, application).Scan(ctx, &rows)
	out := make([]purser.FeedStep, 0, len(rows))
	for _, r := range rows {
		out = append(out, purser.FeedStep{At: r.At.Time(), By: r.By, What: r.What, Before: r.Before, After: r.After, Note: r.Note})
	}
	return out, err
}

// LastStatusBefore returns the status that an application had before it got the
// one that it has; "" if nobody ever changed it.
func LastStatusBefore(ctx context.Context, db bun.IDB, application int64, status string) (before string, err error) {
	err = db.NewRaw(`SELECT COALESCE((SELECT before FROM application_step WHERE application_id = ? AND what = 'status' AND after = ? ORDER BY no DESC LIMIT 1), '')`,
		application, status).Scan(ctx, &before)
	return before, err
}

// MarkFeeds notes that what feeds an application is to be looked at anew: it
// belongs into the transaction that changes it, so that a crash is made up for.
func MarkFeeds(ctx context.Context, tx bun.IDB, application int64) error {
	var instances []int64
	err := tx.NewRaw(`SELECT DISTINCT instance_no FROM application_source WHERE application_id = ?`, application).Scan(ctx, &instances)
	for _, no := range instances {
		if err == nil {
			err = MarkDerivation(ctx, tx, no, 0, purser.KindAssignment)
		}
	}
	return err
}
