package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser/internal/engine"
)

// unboundedGap is how long after the last reading a list without dates may be
// read again and still tell everything in between: nobody says how far back it goes.
const unboundedGap = 7 * 24 * time.Hour

// widenWindow notes what a complete reading of dated use covers. It goes on from
// the reading before where the two meet, and begins anew where they do not: what
// happened in a gap nobody knows.
func (s *Sync) widenWindow(ctx context.Context, tx bun.Tx, r *reading) error {
	from, until, err := reach(ctx, tx, r)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`INSERT INTO use_window (stream_no, instance_no, from_at, until_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (stream_no) DO UPDATE SET from_at = excluded.from_at, until_at = excluded.until_at`, r.no, s.instanceNo, from, until).Exec(ctx)
	return err
}

// reach returns the window of a stream after its present reading.
func reach(ctx context.Context, tx bun.Tx, r *reading) (from, until int64, err error) {
	until = r.result.Began - r.Lag.Microseconds() // the vendor's own data is late
	var old struct {
		From  int64 `bun:"from_at"`
		Until int64 `bun:"until_at"`
	}
	err = tx.NewRaw(`SELECT from_at, until_at FROM use_window WHERE stream_no = ?`, r.no).Scan(ctx, &old)
	if _, known, err := found(old, err); err != nil || !known {
		if from = r.result.From; from == 0 {
			from = until // everything that there is: nobody says since when
			if r.Oldest > 0 {
				from = r.result.Began - r.Oldest.Microseconds()
			}
		}
		return from, until, err
	}
	switch begun := r.result.From; {
	case begun != 0 && begun <= old.Until:
		from = min(old.From, begun)
	case begun != 0:
		from = begun
	case r.Oldest > 0 && old.Until < r.result.Began-r.Oldest.Microseconds():
		from = r.result.Began - r.Oldest.Microseconds()
	case r.Oldest == 0 && r.result.Full && old.Until < r.result.Began-unboundedGap.Microseconds():
		from = until
	default:
		from = old.From
	}
	return from, max(until, old.Until), nil
}

// covers reports whether a reading tells what it covers: those that the engine
// has made do, one that was made up without it does not.
func covers(r engine.Result) bool { return r.State == engine.Complete && r.Began > 0 }
