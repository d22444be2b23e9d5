package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// What a hold holds.
const (
	holdRemoval = "removal"
	holdChange  = "change"
)

// The decisions of a person.
const (
	HoldApproved = "approved"
	HoldRejected = "rejected"
)

// holdChanges finds the guarded fields of which so many values changed that a
// person must look, and opens their holds.
func (s *Sync) holdChanges(ctx context.Context, tx bun.Tx, r *reading) (held []string, err error) {
	if r.live == 0 || r.Kind == purser.KindActivity {
		return nil, nil
	}
	var live int64
	for _, f := range r.fields {
		if !f.Guarded || f.Name == r.allowed {
			continue
		}
		if live == 0 {
			err := tx.NewRaw("SELECT count(*) FROM "+KindTable(r.Kind)+" WHERE instance_no = ? AND gone_gen = 0", s.instanceNo).Scan(ctx, &live)
			if err != nil {
				return nil, err
			}
		}
		c := column(f.Name)
		changed := " FROM " + stageTable(r.Kind) + " s JOIN " + KindTable(r.Kind) + " k ON k.id = s.row_id WHERE s.stream_no = ? AND k.gone_gen = 0 AND k." +
			c + " IS DISTINCT FROM s." + c
		var n int64
		if err := tx.NewRaw("SELECT count(DISTINCT k.id)"+changed, r.no).Scan(ctx, &n); err != nil {
			return nil, err
		}
		if !s.guard.exceeded(n, live) {
			if err := s.closeHoldTx(ctx, tx, r, holdChange, f.Name); err != nil {
				return nil, err
			}
			continue
		}
		held = append(held, f.Name)
		if again, err := rejectedBefore(ctx, tx, r.no, holdChange, f.Name, n); err != nil || again {
			if err != nil {
				return nil, err
			}
			continue
		}
		var names []string
		if err := tx.NewRaw("SELECT "+label(r.Kind)+changed+" ORDER BY k.id LIMIT 20", r.no).Scan(ctx, &names); err != nil {
			return nil, err
		}
		why := fmt.Sprintf("%s of %d of %d records changed at once, more than %d and %d %%", f.Name, n, live, s.guard.Rows, s.guard.Percent)
		if err := s.openHold(ctx, tx, r, holdChange, f.Name, n, live, why, names); err != nil {
			return nil, err
		}
	}
	return held, nil
}

// holdRemovals opens the hold of removals.
func (s *Sync) holdRemovals(ctx context.Context, r *reading, n, live int64, why string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var names []string
		err := tx.NewRaw("SELECT "+label(r.Kind)+" FROM "+KindTable(r.Kind)+
			" k WHERE k.stream_no = ? AND k.missed <> 0 AND k.gone_gen = 0 ORDER BY k.id LIMIT 20", r.no).Scan(ctx, &names)
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

// rejectedBefore reports whether a person's last word on as many or more was no.
func rejectedBefore(ctx context.Context, tx bun.Tx, streamNo int64, what, field string, n int64) (bool, error) {
	var last struct {
		Decision string `bun:"decision"`
		Count    int64  `bun:"count"`
	}
	err := tx.NewRaw(`SELECT decision, count FROM hold WHERE stream_no = ? AND what = ? AND field = ? AND decided_at <> 0
		ORDER BY no DESC LIMIT 1`, streamNo, what, field).Scan(ctx, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return last.Decision == HoldRejected && n <= last.Count, err
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

// label is the SQL for how a row of a kind, called k, is named to people.
func label(k purser.Kind) string {
	var parts []string
	for _, name := range []string{"display_name", "name", "email", "payee", "account"} {
		if slices.ContainsFunc(purser.Fields(k), func(f purser.Field) bool { return f.Name == name }) {
			parts = append(parts, "NULLIF(k."+column(name)+", '')")
		}
	}
	out := "COALESCE("
	for _, p := range parts {
		out += p + ", "
	}
	return out + "k.external_id)"
}
