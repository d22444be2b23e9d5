package store

import (
	"context"

	"purser"
	"purser/internal/engine"
)

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
