package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// HoldCount is how many holds of an instance wait for a person.
type HoldCount struct {
	InstanceID string `bun:"instance_id"`
	Name       string `bun:"name"`
	N          int64  `bun:"n"`
	Rows       int64  `bun:"rows"` // records that they hold
}

// WaitingHolds returns the instances with holds that wait for a decision.
func WaitingHolds(ctx context.Context, db bun.IDB) (rows []HoldCount, err error) {
	err = db.NewRaw(`SELECT i.id AS instance_id, i.name, count(*) AS n, sum(h.count) AS rows FROM hold h
		JOIN instance i ON i.no = h.instance_no WHERE h.decided_at = 0 GROUP BY i.id, i.name ORDER BY i.name`).Scan(ctx, &rows)
	return rows, err
}

// LiveCounts are the numbers of the home page.
type LiveCounts struct {
	Accounts      int64 `bun:"accounts"`
	Unmatched     int64 `bun:"unmatched"`
	UnmatchedOpen int64 `bun:"unmatched_open"` // of them, those neither suspended nor closed
	People        int64 `bun:"people"`
	Applications  int64 `bun:"applications"`
	Managed       int64 `bun:"managed"`
	Discovered    int64 `bun:"discovered"`
}

// CountLive counts what is live.
func CountLive(ctx context.Context, db bun.IDB) (c LiveCounts, err error) {
	err = db.NewRaw(`SELECT
		(SELECT count(*) FROM "person" AS p WHERE p.gone_gen = 0 AND `+stands+`) AS people,
		(SELECT count(*) FROM saas_application) AS applications,
		(SELECT count(*) FROM saas_application WHERE status = 'managed') AS managed,
		(SELECT count(*) FROM saas_application WHERE status = 'new') AS discovered`).Scan(ctx, &c)
	if err != nil {
		return c, err
	}
	return c, countAccounts(ctx, db, &c)
}

// LastData returns when the newest complete run ended, 0 if there was none.
func LastData(ctx context.Context, db bun.IDB) (at purser.Micros, err error) {
	err = db.NewRaw(`SELECT COALESCE(max(data_as_of), 0) FROM instance_task`).Scan(ctx, &at)
	return at, err
}
