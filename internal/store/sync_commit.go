package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
)

// maxRejects is how many rejects of a stream are kept with their reason.
const maxRejects = 100

// Commit stores rows and checkpoint together, or neither.
func (s *Sync) Commit(ctx context.Context, c engine.Commit) error {
	r, err := s.reading(c.Stream)
	if err != nil {
		return err
	}
	if r.phase != phaseReading {
		return fmt.Errorf("stream %s was already read to its end", c.Stream)
	}
	if err := s.ready(ctx, r); err != nil {
		return fmt.Errorf("make ready to store %s: %w", c.Stream, err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.commit(ctx, tx, r, c) })
	if err != nil {
		// Numbers of partitions that were given in a lost transaction mean nothing.
		clear(r.parts)
		return fmt.Errorf("store a page of %s: %w", c.Stream, err)
	}
	return nil
}

// ready does before the first page what would hold the writer for long.
func (s *Sync) ready(ctx context.Context, r *reading) error {
	if r.Kind == purser.KindActivity || r.prints != nil {
		return nil
	}
	for _, in := range []*insert{r.toTable, r.toStage} {
		if err := in.prepare(ctx, s.db); err != nil {
			return err
		}
	}
	var err error
	r.prints, err = s.loadPrints(ctx, r)
	return err
}

func (s *Sync) commit(ctx context.Context, tx bun.Tx, r *reading, c engine.Commit) error {
	var rejects int64
	for i := range c.Parts {
		p := &c.Parts[i]
		no, err := r.partNo(ctx, tx, p.Partition)
		if err != nil {
			return fmt.Errorf("note the partition: %w", err)
		}
		if err := s.commitPart(ctx, tx, r, no, p); err != nil {
			return err
		}
		if err := r.reject(ctx, tx, s.runNo, p.Rejects); err != nil {
			return err
		}
		rejects += int64(len(p.Rejects))
	}
	res, err := tx.NewRaw(`UPDATE run_stream SET checkpoint = ?, pages = pages + ?, items = items + ?, rejected = rejected + ?
		WHERE run_no = ? AND stream_no = ? AND phase = 'reading'`, string(c.Checkpoint), c.Pages, c.Read, rejects,
		s.runNo, r.no).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note the checkpoint: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(errors.New("the run is no longer there"), err)
	}
	return nil
}

// partNo returns the number of a partition and notes that this run asks for it.
func (r *reading) partNo(ctx context.Context, tx bun.Tx, name string) (no int64, err error) {
	if no, ok := r.parts[name]; ok {
		return no, nil
	}
	err = tx.NewRaw(`INSERT INTO part (stream_no, name, read_gen) VALUES (?, ?, ?)
		ON CONFLICT (stream_no, name) DO UPDATE SET read_gen = excluded.read_gen RETURNING no`, r.no, name, r.gen).Scan(ctx, &no)
	if err != nil {
		return 0, err
	}
	if len(r.parts) > 4096 {
		clear(r.parts)
	}
	r.parts[name] = no
	return no, nil
}

func (s *Sync) commitPart(ctx context.Context, tx bun.Tx, r *reading, partNo int64, p *engine.Part) error {
	if p.Restart {
		if _, err := tx.NewRaw("DELETE FROM seen WHERE stream_no = ? AND part_no = ?", r.no, partNo).Exec(ctx); err != nil {
			return fmt.Errorf("forget what was seen of the partition: %w", err)
		}
	}
	if len(p.Rows) > 0 {
		var err error
		if r.Kind == purser.KindActivity {
			err = s.commitEvents(ctx, tx, r, p.Rows)
		} else {
			err = s.commitRows(ctx, tx, r, partNo, p.Rows)
		}
		if err != nil {
			return err
		}
	}
	if p.Complete || p.Gone {
		if _, err := tx.NewRaw("UPDATE part SET complete_gen = ? WHERE no = ?", r.gen, partNo).Exec(ctx); err != nil {
			return fmt.Errorf("note the end of the partition: %w", err)
		}
	}
	return nil
}

// commitRows adds what is new, stages what changed, and notes what was seen again.
func (s *Sync) commitRows(ctx context.Context, tx bun.Tx, r *reading, partNo int64, rows []engine.Row) error {
	all := make([]staged, len(rows))
	for i := range rows {
		all[i] = staged{row: &rows[i], part: partNo, print: printOf(&rows[i])}
	}
	fresh := all
	var changed []staged
	var seen []int64
	var leaving []leavingRow
	if r.live > 0 || r.Enrich {
		var err error
		if fresh, changed, seen, leaving, err = s.sort(ctx, tx, r, all); err != nil {
			return fmt.Errorf("look up known rows: %w", err)
		}
	} else if r.Removals {
		fresh = slices.DeleteFunc(fresh, func(x staged) bool { return x.row.Removed })
	}
	if err := s.add(ctx, tx, r, fresh); err != nil {
		return err
	}
	if err := s.decideAdded(ctx, tx, r, fresh); err != nil {
		return err
	}
	if err := r.stage(ctx, tx, changed); err != nil {
		return err
	}
	if len(seen) > 0 {
		_, err := tx.Tx.ExecContext(ctx, rebind(tx, "INSERT INTO seen (stream_no, gen, part_no, ids) VALUES (?, ?, ?, ?)"),
			r.no, r.gen, partNo, packIDs(seen))
		if err != nil {
			return fmt.Errorf("note what was seen: %w", err)
		}
	}
	for _, x := range leaving {
		if _, err := tx.NewRaw("INSERT INTO leaving (stream_no, gen, row_id, at) VALUES (?, ?, ?, ?)", r.no, r.gen, x.id, x.at).Exec(ctx); err != nil {
			return fmt.Errorf("note what leaves: %w", err)
		}
	}
	return nil
}

func (r *reading) reject(ctx context.Context, tx bun.Tx, runNo int64, rejects []engine.Reject) error {
	if len(rejects) == 0 {
		return nil
	}
	var have int
	err := tx.NewRaw("SELECT count(*) FROM reject WHERE run_no = ? AND stream_no = ?", runNo, r.no).Scan(ctx, &have)
	if err != nil {
		return fmt.Errorf("count the rejects: %w", err)
	}
	for _, x := range rejects[:max(0, min(len(rejects), maxRejects-have))] {
		_, err := tx.NewRaw("INSERT INTO reject (run_no, stream_no, external_id, reason) VALUES (?, ?, ?, ?)",
			runNo, r.no, cleanText(x.ExternalID), cleanText(x.Reason)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("keep a reject: %w", err)
		}
	}
	return nil
}
