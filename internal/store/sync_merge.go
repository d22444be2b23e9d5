package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
)

// mergeSlice is how many staged rows one transaction merges: small enough that
// nobody waits long for the writer.
const mergeSlice = 4000

// Judgment says what a reading meant once it was merged.
type Judgment struct {
	Added, Changed, Removed, Rejected int64
	Held                              bool // removals or a mass change wait for a person
	Confirm                           bool // things are missing for the first time: read again soon
}

// Finish merges what was read, judges what is missing if the reading allows it,
// and commits cursor, counts and state together. It goes on where a killed
// process stopped; result is ignored then.
func (s *Sync) Finish(ctx context.Context, stream string, result engine.Result) (Judgment, error) {
	r, err := s.reading(stream)
	if err != nil {
		return Judgment{}, err
	}
	if !r.ended {
		r.result, r.ended = result, true
	}
	if r.phase == phaseReading {
		if err := s.endReading(ctx, r); err != nil {
			return Judgment{}, fmt.Errorf("note the end of the reading of %s: %w", stream, err)
		}
	}
	if r.phase == phaseMerging {
		if err := s.merge(ctx, r); err != nil {
			return Judgment{}, fmt.Errorf("merge %s: %w", stream, err)
		}
	}
	j, err := s.judge(ctx, r)
	if err != nil {
		return j, fmt.Errorf("judge what is missing from %s: %w", stream, err)
	}
	return j, nil
}

// Ended returns how a resumed reading had ended; ok is false if it had not.
func (s *Sync) Ended(stream string) (result engine.Result, ok bool) {
	r, err := s.reading(stream)
	if err != nil {
		return result, false
	}
	return r.result, r.ended
}

// endReading notes how the reading ended, and which mass changes are held.
func (s *Sync) endReading(ctx context.Context, r *reading) error {
	kept := r.result
	if e := kept.Err; e != nil {
		told := *e
		if told.Err != nil { // a cause has no form in which it could be kept
			told.What, told.Err = told.What+": "+told.Err.Error(), nil
		}
		kept.Err = &told
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	held := ""
	if err := errors.Join(r.toTable.close(), r.toStage.close()); err != nil {
		return err
	}
	r.prints = nil
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := s.forgetOlder(ctx, tx, r); err != nil {
			return err
		}
		fields, err := s.holdChanges(ctx, tx, r)
		if err != nil {
			return err
		}
		held = strings.Join(fields, ",")
		_, err = tx.NewRaw("UPDATE run_stream SET phase = ?, result = ?, held_fields = ? WHERE run_no = ? AND stream_no = ?",
			phaseMerging, string(text), held, s.runNo, r.no).Exec(ctx)
		return err
	})
	if err != nil {
		return err
	}
	r.heldFields, r.phase = held, phaseMerging
	return nil
}

func (s *Sync) merge(ctx context.Context, r *reading) error {
	if r.Kind == purser.KindActivity {
		return s.phase(ctx, r, phaseJudging)
	}
	for {
		var next int64
		err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			err := tx.NewRaw("SELECT COALESCE(max(seq), 0) FROM (SELECT seq FROM "+stageTable(r.Kind)+
				" WHERE stream_no = ? AND seq > ? ORDER BY seq LIMIT ?) AS slice", r.no, r.mergedSeq, mergeSlice).Scan(ctx, &next)
			if err != nil {
				return err
			}
			if next == 0 {
				if _, err := tx.NewRaw("UPDATE run_stream SET phase = ? WHERE run_no = ? AND stream_no = ?", phaseJudging,
					s.runNo, r.no).Exec(ctx); err != nil {
					return err
				}
				return clearStage(ctx, tx, r.Kind, r.no)
			}
			if err := s.mergeSlice(ctx, tx, r, next); err != nil {
				return err
			}
			if err := s.decideMerged(ctx, tx, r, next); err != nil {
				return err
			}
			_, err = tx.NewRaw("UPDATE run_stream SET merged_seq = ? WHERE run_no = ? AND stream_no = ?", next, s.runNo, r.no).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
		if next == 0 {
			r.phase = phaseJudging
			return nil
		}
		r.mergedSeq = next
	}
}

func (s *Sync) phase(ctx context.Context, r *reading, phase string) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE run_stream SET phase = ? WHERE run_no = ? AND stream_no = ?", phase, s.runNo, r.no).Exec(ctx)
		return err
	})
	if err == nil {
		r.phase = phase
	}
	return err
}

// mergeSlice brings staged rows up to seq into the kind's table: history first,
// as it compares with what stands there.
func (s *Sync) mergeSlice(ctx context.Context, tx bun.Tx, r *reading, upTo int64) error {
	now := s.db.options.Now().UnixMicro()
	held := r.held()
	if r.live > 0 {
		if err := s.keepHistory(ctx, tx, r, upTo, now, held); err != nil {
			return err
		}
	}
	if r.Enrich {
		return s.enrich(ctx, tx, r, upTo, now, held)
	}
	table := KindTable(r.Kind)
	distinct, order := "", "external_id, seq"
	if isPostgres(tx) { // which refuses to update a row twice in one statement
		distinct, order = "DISTINCT ON (external_id) ", "external_id, seq DESC"
	}
	set := []string{"stream_no = excluded.stream_no", "part_no = excluded.part_no", "changed_gen = excluded.changed_gen",
		"changed_at = excluded.changed_at", "missed = 0", "missed_at = 0", "gone_gen = 0", "removed_at = 0"}
	same := []string{}
	for _, f := range r.fields {
		c := column(f.Name)
		if slices.Contains(held, f.Name) {
			// A held value stays, and the old digest: the next reading brings the change again.
			kept := keptByHold("excluded.stream_no", table+".id", f.Name)
			same = append(same, "("+table+"."+c+" IS NOT DISTINCT FROM excluded."+c+" OR NOT "+kept+")")
			set = append(set, c+" = CASE WHEN "+kept+" THEN "+table+"."+c+" ELSE excluded."+c+" END")
			continue
		}
		set = append(set, c+" = excluded."+c)
	}
	digest := "digest = excluded.digest"
	if len(same) > 0 {
		digest = "digest = CASE WHEN " + strings.Join(same, " AND ") + " THEN excluded.digest ELSE " + table + ".digest END"
	}
	query := "INSERT INTO " + table + " (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at" +
		fieldsAfterComma(r.fields) + ") SELECT " + distinct + "CAST(? AS BIGINT), external_id, stream_no, part_no, digest, CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT)" +
		fieldsAfterComma(r.fields) + " FROM " + stageTable(r.Kind) + " WHERE stream_no = ? AND seq > ? AND seq <= ? ORDER BY " + order +
		" ON CONFLICT (instance_no, external_id) DO UPDATE SET " + digest + ", " + strings.Join(set, ", ")
	_, err := tx.Tx.ExecContext(ctx, rebind(tx, query), s.instanceNo, r.gen, r.gen, now, now, r.no, r.mergedSeq, upTo)
	if err != nil {
		return fmt.Errorf("merge a slice: %w", err)
	}
	return nil
}

func fieldsAfterComma(fields []purser.Field) string {
	if len(fields) == 0 {
		return ""
	}
	return ", " + fieldList(fields, "")
}

func (r *reading) held() []string {
	if r.heldFields == "" {
		return nil
	}
	return strings.Split(r.heldFields, ",")
}
