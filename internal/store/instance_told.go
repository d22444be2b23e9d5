package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// ToldRow is what people were told last of an instance.
type ToldRow struct {
	InstanceNo int64         `bun:"instance_no"`
	State      string        `bun:"state"`    // "" (nothing yet), ok, failing, revoked
	Complete   bool          `bun:"complete"` // the initial sync was told to be complete
	Seq        int64         `bun:"seq"`      // grows with each change that was told
	At         purser.Micros `bun:"at"`       // of that change
}

// Told returns what was told last, the zero row if nothing was.
func Told(ctx context.Context, db bun.IDB, instanceNo int64) (ToldRow, error) {
	r := ToldRow{InstanceNo: instanceNo}
	err := db.NewRaw("SELECT instance_no, state, complete, seq, at FROM instance_told WHERE instance_no = ?", instanceNo).Scan(ctx, &r)
	r, _, err = found(r, err)
	return r, err
}

// PutTold notes what was told last.
func PutTold(ctx context.Context, tx bun.Tx, r ToldRow) error {
	_, err := tx.NewRaw(`INSERT INTO instance_told (instance_no, state, complete, seq, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (instance_no) DO UPDATE SET state = excluded.state, complete = excluded.complete, seq = excluded.seq, at = excluded.at`,
		r.InstanceNo, r.State, r.Complete, r.Seq, int64(r.At)).Exec(ctx)
	return err
}

// HoldTold is a hold of which nobody was told before.
type HoldTold struct {
	ID    string `bun:"id"`
	What  string `bun:"what"`
	Count int64  `bun:"count"`
	Why   string `bun:"why"`
}

// TellHolds marks the open holds of an instance that nobody was told of, and returns them.
func TellHolds(ctx context.Context, tx bun.Tx, instanceNo int64, at purser.Micros) (rows []HoldTold, err error) {
	err = tx.NewRaw(`UPDATE hold SET told_at = ? WHERE instance_no = ? AND decided_at = 0 AND told_at = 0 RETURNING id, what, count, why`,
		int64(at), instanceNo).Scan(ctx, &rows)
	return rows, err
}
