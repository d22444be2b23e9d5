package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// What a hold holds.
const (
	holdRemoval    = "removal"
	holdChangeWord = "change"
)

// The decisions of a person.
const (
	HoldApproved = "approved"
	HoldRejected = "rejected"
)

// holdRemovals opens the hold of removals.
func (s *Sync) holdRemovals(ctx context.Context, r *reading, n, live int64, why string, reported []int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := keepReported(ctx, tx, r.Kind, r.no, reported); err != nil {
			return err
		}
		of, args, err := heldOf(ctx, tx, r.no)
		if err != nil {
			return err
		}
		var names []string
		err = tx.NewRaw("SELECT "+label(r.Kind)+" FROM "+KindTable(r.Kind)+
			" k WHERE "+of+" AND k.missed > 0 AND k.gone_gen = 0 ORDER BY k.id LIMIT 20", args...).Scan(ctx, &names)
		if err != nil {
			return err
		}
		return s.openHold(ctx, tx, r, holdRemoval, "", n, live, why, names)
	})
}

func (s *Sync) openHold(ctx context.Context, tx bun.Tx, r *reading, what, field string, n, live int64, why string, names []string) error {
	text, err := json.Marshal(names)
	if err != nil {
		return fmt.Errorf("write the names: %w", err)
	}
	id := purser.PrefixHold + s.runID[len(purser.PrefixRun):len(s.runID)-6] + holdSuffix(r.no, what, field)
	_, err = tx.NewRaw(`INSERT INTO hold (id, instance_no, run_id, stream_no, gen, kind, what, field, count, live, why, names, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stream_no, what, field) WHERE decided_at = 0
		DO UPDATE SET run_id = excluded.run_id, gen = excluded.gen, count = excluded.count, live = excluded.live, why = excluded.why,
		names = excluded.names`, id, s.instanceNo, s.runID, r.no, r.gen, string(r.Kind), what, field, n, live, why, string(text),
		s.db.options.Now().UnixMicro()).Exec(ctx)
	return err
}

// holdSuffix makes the identifier of a hold from its run's, so that a run that
// goes on after a crash opens the same one.
func holdSuffix(streamNo int64, what, field string) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	h := uint64(14695981039346656037)
	for _, b := range fmt.Appendf(nil, "%d/%s/%s", streamNo, what, field) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	out := make([]byte, 6)
	for i := range out {
		out[i] = alphabet[h>>(5*i)&31]
	}
	return string(out)
}

// closeHold ends a hold whose reason is gone by itself.
func (s *Sync) closeHold(ctx context.Context, r *reading, what, field string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.closeHoldTx(ctx, tx, r, what, field) })
}

func (s *Sync) closeHoldTx(ctx context.Context, tx bun.Tx, r *reading, what, field string) error {
	_, err := tx.NewRaw("UPDATE hold SET decided_at = ?, decision = 'passed', decided_by = 'system' WHERE stream_no = ? AND what = ? AND field = ? AND decided_at = 0",
		s.db.options.Now().UnixMicro(), r.no, what, field).Exec(ctx)
	return err
}
