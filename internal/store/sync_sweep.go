package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// sweepSlice is how many rows one transaction marks as missing or gone.
const sweepSlice = 500

// sweep marks what is missing, unless so much is missing that a person must look.
func (s *Sync) sweep(ctx context.Context, r *reading, t tally, a absence, j *Judgment) error {
	leaving, passing, err := s.leavingOf(ctx, r)
	if err != nil {
		return err
	}
	// What came and went within this very run was never there for anybody.
	if err := s.remove(ctx, r.Kind, passing, r.gen, s.runNo); err != nil {
		return err
	}
	if r.Removals {
		a.again, a.first = append(a.again, a.first...), nil
	}
	if err := s.mark(ctx, r, a.back, "missed = 0, missed_at = 0"); err != nil {
		return err
	}
	missing := int64(len(a.again)+len(a.first)+len(leaving)) + t.Swept // a row in two of them counts twice, to the safe side
	now := s.db.options.Now().UnixMicro()
	if len(leaving) > 0 {
		beside, err := s.liveBeside(ctx, r)
		if err != nil {
			return err
		}
		t.Live = max(t.Live, beside)
	}
	why, err := s.whyHeld(ctx, r, t, missing)
	if err != nil {
		return err
	}
	if err := s.mark(ctx, r, a.first, "missed = ?, missed_at = ?", r.gen, now); err != nil {
		return err
	}
	if missing == 0 {
		return s.closeHold(ctx, r, holdRemoval, "")
	}
	gone := append(a.again, leaving...)
	if why != "" && t.Swept == 0 {
		j.Held = true
		// Whatever a person approves is missed: one mark for every way to be missing.
		if err := s.mark(ctx, r, gone, "missed = CASE WHEN missed = 0 THEN ? ELSE missed END, missed_at = CASE WHEN missed_at = 0 THEN ? ELSE missed_at END", r.gen, now); err != nil {
			return err
		}
		return s.holdRemovals(ctx, r, missing, t.Live, why, leaving)
	}
	if err := s.closeHold(ctx, r, holdRemoval, ""); err != nil {
		return err
	}
	j.Confirm = len(a.first) > 0 && confirmed(r.Kind)
	if err := s.remove(ctx, r.Kind, gone, r.gen, s.runNo); err != nil {
		return err
	}
	j.Removed = int64(len(gone)) + t.Swept
	return nil
}

// whyHeld says why removals must wait for a person, "" if they need not.
func (s *Sync) whyHeld(ctx context.Context, r *reading, t tally, missing int64) (why string, err error) {
	switch {
	case missing == 0:
		return "", nil
	case t.Live == missing && r.result.Rows == 0:
		return "the vendor sent an empty list, though there were records before", nil
	case r.oldBasis != "" && r.oldBasis != r.Basis:
		return "what is read has changed since the last time (permissions, settings or mapping), so that missing does not mean gone", nil
	case s.guard.exceeded(missing, t.Live):
		return fmt.Sprintf("%d of %d records are missing at once, more than %d and %d %%", missing, t.Live, s.guard.Rows, s.guard.Percent), nil
	}
	// A question that was asked stays until it is answered: nothing times out into removal.
	err = s.db.reader.NewRaw("SELECT COALESCE(max(why), '') FROM hold WHERE stream_no = ? AND what = ? AND decided_at = 0",
		r.no, holdRemoval).Scan(ctx, &why)
	return why, err
}

// mark updates rows in slices.
func (s *Sync) mark(ctx context.Context, r *reading, ids []int64, set string, args ...any) error {
	return s.db.inSlices(ctx, ids, func(ctx context.Context, tx bun.Tx, ids []int64) error {
		_, err := tx.NewRaw("UPDATE "+KindTable(r.Kind)+" SET "+set+" WHERE id IN (?)", append(args, bun.List(ids))...).Exec(ctx)
		return err
	})
}

func (db *DB) inSlices(ctx context.Context, ids []int64, fn func(ctx context.Context, tx bun.Tx, ids []int64) error) error {
	for len(ids) > 0 {
		n := min(len(ids), sweepSlice)
		if err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return fn(ctx, tx, ids[:n]) }); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// remove marks rows as gone, dated to the reading that missed them first.
func (s *Sync) remove(ctx context.Context, k purser.Kind, ids []int64, gen, runNo int64) error {
	return s.db.removeRows(ctx, k, ids, gen, runNo)
}

func (db *DB) removeRows(ctx context.Context, k purser.Kind, ids []int64, gen, runNo int64) error {
	now := db.options.Now().UnixMicro()
	at := "CASE WHEN missed_at = 0 THEN CAST(? AS BIGINT) ELSE missed_at END"
	return db.inSlices(ctx, ids, func(ctx context.Context, tx bun.Tx, ids []int64) error {
		_, err := tx.NewRaw("INSERT INTO change (kind, row_id, run_no, at, field, before, after) SELECT ?, id, ?, ?, 'removed', NULL, CAST("+
			at+" AS TEXT) FROM "+KindTable(k)+" WHERE gone_gen = 0 AND id IN (?)", string(k), runNo, now, now, bun.List(ids)).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewRaw("UPDATE "+KindTable(k)+" SET gone_gen = ?, removed_at = "+at+", changed_at = ? WHERE gone_gen = 0 AND id IN (?)",
			gen, now, now, bun.List(ids)).Exec(ctx)
		return err
	})
}

// confirmed reports whether a first absence is worth a second reading at once.
// Apps come and go on some device every day: of them the next reading decides.
func confirmed(k purser.Kind) bool { return k != purser.KindInstalledApp }
