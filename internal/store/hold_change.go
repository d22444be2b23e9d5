package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
)

// keptByHold says of a row whether its value of a field is held: nobody has
// decided yet, or a person has rejected the change. The arguments are SQL.
func keptByHold(streamNo, rowID, field string) string {
	return "EXISTS (SELECT 1 FROM hold_row h WHERE h.stream_no = " + streamNo + " AND h.field = '" + field + "' AND h.row_id = " + rowID +
		" AND h.decision <> '" + HoldApproved + "')"
}

// holdChanges finds the guarded fields of which so many values changed that a
// person must look, and opens their holds. It returns the fields of which some
// values must stay as they are, for now or because a person said so.
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
		if err := s.holdChange(ctx, tx, r, f.Name, live); err != nil {
			return nil, fmt.Errorf("hold changes of %s: %w", f.Name, err)
		}
		var kept int
		err := tx.NewRaw("SELECT count(*) FROM (SELECT 1 AS one FROM hold_row WHERE stream_no = ? AND field = ? AND decision <> ? LIMIT 1) AS kept",
			r.no, f.Name, HoldApproved).Scan(ctx, &kept)
		if err != nil {
			return nil, err
		}
		if kept > 0 {
			held = append(held, f.Name)
		}
	}
	return held, nil
}

// holdChange looks at one field.
func (s *Sync) holdChange(ctx context.Context, tx bun.Tx, r *reading, field string, live int64) error {
	c := column(field)
	if err := s.forgetDecided(ctx, tx, r, c, field); err != nil {
		return err
	}
	changed := " FROM " + stageTable(r.Kind) + " s JOIN " + KindTable(r.Kind) + " k ON k.id = s.row_id WHERE s.stream_no = ? AND k.gone_gen = 0 AND k." +
		c + " IS DISTINCT FROM s." + c + " AND NOT EXISTS (SELECT 1 FROM hold_row h WHERE h.stream_no = s.stream_no AND h.field = ? AND h.row_id = k.id AND h.decision <> '')"
	var n, open int64
	if err := tx.NewRaw("SELECT count(DISTINCT k.id)"+changed, r.no, field).Scan(ctx, &n); err != nil {
		return err
	}
	err := tx.NewRaw("SELECT count(*) FROM hold WHERE stream_no = ? AND what = ? AND field = ? AND decided_at = 0", r.no, holdChangeWord, field).Scan(ctx, &open)
	if err != nil {
		return err
	}
	full := r.result.State == engine.Complete && r.result.Full && r.Snapshot
	if open > 0 && !full {
		// What was asked about before and not read this time still waits.
		err := tx.NewRaw("SELECT count(*) FROM hold_row h WHERE h.stream_no = ? AND h.field = ? AND h.decision = '' AND NOT EXISTS (SELECT 1 FROM "+
			stageTable(r.Kind)+" s WHERE s.stream_no = h.stream_no AND s.row_id = h.row_id)", r.no, field).Scan(ctx, &open)
		if err != nil {
			return err
		}
		n += open
	}
	// A question that was asked stays until it is answered: nothing lands by waiting.
	if n == 0 || !s.guard.exceeded(n, live) && open == 0 {
		if _, err := tx.NewRaw("DELETE FROM hold_row WHERE stream_no = ? AND field = ? AND decision = ''", r.no, field).Exec(ctx); err != nil {
			return err
		}
		return s.closeHoldTx(ctx, tx, r, holdChangeWord, field)
	}
	if full {
		if _, err := tx.NewRaw("DELETE FROM hold_row WHERE stream_no = ? AND field = ? AND decision = ''", r.no, field).Exec(ctx); err != nil {
			return err
		}
	}
	_, err = tx.NewRaw("INSERT INTO hold_row (stream_no, field, row_id, name, before, after) SELECT ?, ?, k.id, max("+label(r.Kind)+
		"), max(CAST(k."+c+" AS TEXT)), max(CAST(s."+c+" AS TEXT))"+changed+
		" GROUP BY k.id ON CONFLICT (stream_no, field, row_id) DO UPDATE SET name = excluded.name, before = excluded.before, after = excluded.after",
		r.no, field, r.no, field).Exec(ctx)
	if err != nil {
		return err
	}
	names, err := firstHeld(ctx, tx, r.no, field)
	if err != nil {
		return err
	}
	why := fmt.Sprintf("%s of %d of %d records changed at once, more than %d and %d %%", field, n, live, s.guard.Rows, s.guard.Percent)
	if !s.guard.exceeded(n, live) {
		why = fmt.Sprintf("%s of %d of %d records changed; they are the rest of a mass change that nobody has decided yet", field, n, live)
	}
	return s.openHold(ctx, tx, r, holdChangeWord, field, n, live, why, names)
}

// forgetDecided drops decisions that were carried out, and those about a value
// that the vendor does not send any more.
func (s *Sync) forgetDecided(ctx context.Context, tx bun.Tx, r *reading, c, field string) error {
	_, err := tx.NewRaw("DELETE FROM hold_row WHERE stream_no = ? AND field = ? AND decision = ? AND row_id IN (SELECT k.id FROM hold_row h JOIN "+
		KindTable(r.Kind)+" k ON k.id = h.row_id WHERE h.stream_no = ? AND h.field = ? AND CAST(k."+c+" AS TEXT) IS NOT DISTINCT FROM h.after)",
		r.no, field, HoldApproved, r.no, field).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw("DELETE FROM hold_row WHERE stream_no = ? AND field = ? AND decision <> '' AND row_id IN (SELECT h.row_id FROM "+
		stageTable(r.Kind)+" s JOIN hold_row h ON h.stream_no = s.stream_no AND h.row_id = s.row_id WHERE s.stream_no = ? AND h.field = ? AND CAST(s."+
		c+" AS TEXT) IS DISTINCT FROM h.after)", r.no, field, r.no, field).Exec(ctx)
	return err
}

func firstHeld(ctx context.Context, db bun.IDB, streamNo int64, field string) (names []string, err error) {
	names = []string{}
	err = db.NewRaw("SELECT name FROM hold_row WHERE stream_no = ? AND field = ? AND decision = '' ORDER BY row_id LIMIT 20", streamNo, field).Scan(ctx, &names)
	return names, err
}
