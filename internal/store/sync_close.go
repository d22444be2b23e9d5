package store

import (
	"context"
	"errors"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
)

// close commits cursor, counts and state of the stream together.
func (s *Sync) close(ctx context.Context, r *reading, j *Judgment) error {
	now := s.db.options.Now().UnixMicro()
	scope, message, hint := "", "", ""
	if e := r.result.Err; e != nil {
		scope, message, hint = e.Scope, e.Error(), e.Hint
	}
	came, err := s.added(ctx, r, j.Added)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := s.noteAdded(ctx, tx, r.Kind, came, now); err != nil {
			return err
		}
		set, args := []string{"allowed = ''"}, []any{}
		switch r.result.State {
		case engine.Complete:
			set = append(set, "next_cursor = ?", "basis = ?", "complete_at = ?", "asked_at = 0",
				"first_complete_gen = CASE WHEN first_complete_at = 0 THEN ? ELSE first_complete_gen END",
				"first_complete_at = CASE WHEN first_complete_at = 0 THEN ? ELSE first_complete_at END")
			args = append(args, r.result.Cursor, r.Basis, now, r.gen, now)
		case engine.NotOffered:
			if r.result.Err != nil { // without a reason it was left alone, and not asked
				set, args = append(set, "asked_at = ?"), append(args, now)
			}
		}
		if _, err := tx.NewRaw("UPDATE stream SET "+strings.Join(set, ", ")+" WHERE no = ?", append(args, r.no)...).Exec(ctx); err != nil {
			return err
		}
		if r.Kind == purser.KindActivity && r.result.State == engine.Complete {
			if err := forgetEvents(ctx, tx, r.no); err != nil {
				return err
			}
			if covers(r.result) {
				if err := s.widenWindow(ctx, tx, r); err != nil {
					return err
				}
			}
		}
		if err := MarkDerivation(ctx, tx, s.instanceNo, s.since, r.Kind); err != nil {
			return err
		}
		err := tx.NewRaw(`UPDATE run_stream SET phase = ?, state = ?, scope = ?, message = ?, hint = ?, added = added + ?,
			changed = changed + ?, removed = ? WHERE run_no = ? AND stream_no = ? RETURNING added, changed, rejected`, phaseDone,
			string(r.result.State), scope, message, hint, j.Added, j.Changed, j.Removed, s.runNo, r.no).Scan(ctx, &j.Added, &j.Changed, &j.Rejected)
		if err == nil && !j.Held && r.heldFields != "" {
			// A change that a person has rejected is held for good, and waits for nobody.
			err = tx.NewRaw("SELECT count(*) > 0 FROM hold WHERE stream_no = ? AND decided_at = 0", r.no).Scan(ctx, &j.Held)
		}
		if err != nil || !j.Held {
			return err
		}
		_, err = tx.NewRaw("UPDATE run SET held = 1 WHERE no = ?", s.runNo).Exec(ctx)
		return err
	})
}

// judged returns what was judged before the process was started again.
func (s *Sync) judged(ctx context.Context, r *reading) (j Judgment, err error) {
	err = s.db.reader.NewRaw(`SELECT added, changed, removed, rejected FROM run_stream WHERE run_no = ? AND stream_no = ?`,
		s.runNo, r.no).Scan(ctx, &j.Added, &j.Changed, &j.Removed, &j.Rejected)
	if err != nil || !r.Snapshot || r.Kind == purser.KindActivity || !confirmed(r.Kind) {
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

// Close frees what an interrupted reading holds. What was committed stays.
func (s *Sync) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, r := range s.readings {
		errs = append(errs, r.toTable.close(), r.toStage.close())
	}
	return errors.Join(errs...)
}
