package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
)

// sweepSlice is how many rows one transaction marks as missing or gone.
const sweepSlice = 500

// keptByPerson stands in missed of a row that a person has refused to let go.
const keptByPerson = -1

// absence is what a complete reading did not find.
type absence struct {
	again []int64 // missed before and now: gone
	first []int64 // missing for the first time
	back  []int64 // missed before, and here again
}

func (s *Sync) judge(ctx context.Context, r *reading) (Judgment, error) {
	if r.phase == phaseDone {
		return s.judged(ctx, r)
	}
	var j Judgment
	full := r.result.State == engine.Complete && r.result.Full && r.Snapshot && !r.Enrich
	if r.Kind != purser.KindActivity && !r.Enrich {
		t, err := s.tally(ctx, r)
		if err != nil {
			return j, err
		}
		j.Added, j.Changed = t.Added, t.Changed
		var a absence
		if full {
			if a, err = s.absent(ctx, r, t); err != nil {
				return j, err
			}
		}
		if err := s.sweep(ctx, r, t, a, &j); err != nil {
			return j, err
		}
	}
	if err := s.close(ctx, r, &j); err != nil {
		return j, err
	}
	r.phase = phaseDone
	return j, nil
}

// tally is what a look at the stream's rows says after the merge.
type tally struct {
	Live    int64 `bun:"live"`    // and those that this very reading has swept before a crash
	Added   int64 `bun:"added"`   // by this reading
	Changed int64 `bun:"changed"` // by this reading
	Missed  int64 `bun:"missed"`  // live, but missed by an earlier reading
	Swept   int64 `bun:"swept"`
}

func (s *Sync) tally(ctx context.Context, r *reading) (t tally, err error) {
	err = s.db.reader.NewRaw("SELECT count(*) AS live, COALESCE(sum(CASE WHEN first_gen = ? THEN 1 ELSE 0 END), 0) AS added, "+
		"COALESCE(sum(CASE WHEN changed_gen = ? AND first_gen <> ? THEN 1 ELSE 0 END), 0) AS changed, "+
		"COALESCE(sum(CASE WHEN missed <> 0 THEN 1 ELSE 0 END), 0) AS missed, "+
		"COALESCE(sum(CASE WHEN gone_gen <> 0 THEN 1 ELSE 0 END), 0) AS swept FROM "+KindTable(r.Kind)+
		" WHERE stream_no = ? AND (gone_gen = 0 OR gone_gen = ?)", r.gen, r.gen, r.gen, r.no, r.gen).Scan(ctx, &t)
	return t, err
}

// absent finds the live rows of completely read partitions that the reading did not bring.
func (s *Sync) absent(ctx context.Context, r *reading, t tally) (a absence, err error) {
	seen, err := s.seenOf(ctx, r)
	if err != nil {
		return a, err
	}
	if t.Missed == 0 && t.Swept == 0 && seen.len()+t.Added+t.Changed >= t.Live {
		return a, nil
	}
	open, err := s.openParts(ctx, r)
	if err != nil {
		return a, err
	}
	var rows []struct {
		ID     int64 `bun:"id"`
		Part   int64 `bun:"part_no"`
		Missed int64 `bun:"missed"`
	}
	for last := int64(0); ; last = rows[len(rows)-1].ID {
		rows = rows[:0]
		err := s.db.reader.NewRaw("SELECT id, part_no, missed FROM "+KindTable(r.Kind)+" WHERE stream_no = ? AND gone_gen = 0 "+
			"AND changed_gen <> ? AND id > ? ORDER BY id LIMIT 10000", r.no, r.gen, last).Scan(ctx, &rows)
		if err != nil {
			return a, err
		}
		if len(rows) == 0 {
			return a, nil
		}
		for _, x := range rows {
			switch {
			case seen.has(x.ID):
				if x.Missed != 0 {
					a.back = append(a.back, x.ID)
				}
			case open[x.Part], x.Missed == keptByPerson: // nothing may be inferred
			case x.Missed != 0 && x.Missed != r.gen:
				a.again = append(a.again, x.ID)
			default:
				a.first = append(a.first, x.ID)
			}
		}
	}
}

// seenOf returns the rows that the reading saw again unchanged.
func (s *Sync) seenOf(ctx context.Context, r *reading) (*bitmap, error) {
	if r.seen != nil {
		return r.seen, nil
	}
	b := newBitmap()
	rows, err := s.db.reader.QueryContext(ctx, "SELECT ids FROM seen WHERE stream_no = ? AND gen = ?", r.no, r.gen)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var packed []byte
		if err := rows.Scan(&packed); err != nil {
			return nil, err
		}
		if err := b.addPacked(packed); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if r.phase != phaseReading {
		r.seen = b
	}
	return b, nil
}

// openParts returns the partitions from which nothing may be inferred: those not
// read to their end, and those not asked for, unless their parents were read completely.
func (s *Sync) openParts(ctx context.Context, r *reading) (map[int64]bool, error) {
	where := "complete_gen <> ?"
	args := []any{r.no, r.gen}
	if s.parentsComplete(r) {
		where += " AND read_gen = ?"
		args = append(args, r.gen)
	}
	var nos []int64
	err := s.db.reader.NewRaw("SELECT no FROM part WHERE stream_no = ? AND "+where, args...).Scan(ctx, &nos)
	if err != nil {
		return nil, err
	}
	open := make(map[int64]bool, len(nos))
	for _, no := range nos {
		open[no] = true
	}
	return open, nil
}

func (s *Sync) parentsComplete(r *reading) bool {
	if r.Parent == "" {
		return true // partitions of the manifest's own list: one that is no longer in it is gone
	}
	p, err := s.reading(r.Parent)
	return err == nil && p.ended && p.result.State == engine.Complete && p.result.Full
}

// sweep marks what is missing, unless so much is missing that a person must look.
func (s *Sync) sweep(ctx context.Context, r *reading, t tally, a absence, j *Judgment) error {
	leaving, err := s.leavingOf(ctx, r)
	if err != nil {
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
		return s.holdRemovals(ctx, r, missing, t.Live, why)
	}
	if err := s.closeHold(ctx, r, holdRemoval, ""); err != nil {
		return err
	}
	j.Confirm = len(a.first) > 0
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

func (s *Sync) leavingOf(ctx context.Context, r *reading) (ids []int64, err error) {
	err = s.db.reader.NewRaw("SELECT DISTINCT l.row_id FROM leaving l JOIN "+KindTable(r.Kind)+
		" k ON k.id = l.row_id WHERE l.stream_no = ? AND l.gen = ? AND k.gone_gen = 0 AND k.changed_gen <> ?", r.no, r.gen, r.gen).Scan(ctx, &ids)
	return ids, err
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

// close commits cursor, counts and state of the stream together.
func (s *Sync) close(ctx context.Context, r *reading, j *Judgment) error {
	now := s.db.options.Now().UnixMicro()
	scope, message, hint := "", "", ""
	if e := r.result.Err; e != nil {
		scope, message, hint = e.Scope, e.Error(), e.Hint
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		set, args := []string{"allowed = ''"}, []any{}
		switch r.result.State {
		case engine.Complete:
			set = append(set, "next_cursor = ?", "basis = ?", "complete_at = ?", "asked_at = 0")
			args = append(args, r.result.Cursor, r.Basis, now)
		case engine.NotOffered:
			set, args = append(set, "asked_at = ?"), append(args, now)
		}
		if _, err := tx.NewRaw("UPDATE stream SET "+strings.Join(set, ", ")+" WHERE no = ?", append(args, r.no)...).Exec(ctx); err != nil {
			return err
		}
		if r.Kind == purser.KindActivity && r.result.State == engine.Complete {
			if err := forgetEvents(ctx, tx, r.no); err != nil {
				return err
			}
		}
		err := tx.NewRaw(`UPDATE run_stream SET phase = ?, state = ?, scope = ?, message = ?, hint = ?, added = added + ?,
			changed = changed + ?, removed = ? WHERE run_no = ? AND stream_no = ? RETURNING added, changed, rejected`, phaseDone,
			string(r.result.State), scope, message, hint, j.Added, j.Changed, j.Removed, s.runNo, r.no).Scan(ctx, &j.Added, &j.Changed, &j.Rejected)
		if err != nil || !j.Held && r.heldFields == "" {
			return err
		}
		j.Held = true
		_, err = tx.NewRaw("UPDATE run SET held = 1 WHERE no = ?", s.runNo).Exec(ctx)
		return err
	})
}

// judged returns what was judged before the process was started again.
func (s *Sync) judged(ctx context.Context, r *reading) (j Judgment, err error) {
	err = s.db.reader.NewRaw(`SELECT added, changed, removed, rejected FROM run_stream WHERE run_no = ? AND stream_no = ?`,
		s.runNo, r.no).Scan(ctx, &j.Added, &j.Changed, &j.Removed, &j.Rejected)
	if err != nil || !r.Snapshot || r.Kind == purser.KindActivity {
		return j, err
	}
	var first int
	err = s.db.reader.NewRaw("SELECT count(*) FROM "+KindTable(r.Kind)+" WHERE stream_no = ? AND missed = ? AND gone_gen = 0", r.no, r.gen).Scan(ctx, &first)
	j.Confirm = first > 0
	return j, err
}

// Forget removes the seen sets of a run's streams once the run is over.
func (s *Sync) Forget(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, r := range s.readings {
			if r.Kind == purser.KindActivity {
				continue
			}
			if err := clearReading(ctx, tx, r.Kind, r.no); err != nil {
				return err
			}
		}
		return nil
	})
}
