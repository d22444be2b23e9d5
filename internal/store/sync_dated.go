package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
)

// datedBy is the field that says when something was given, or in a record of its
// removal when it was taken away.
const datedBy = "assigned_at"

// leavingRow is a row that the source itself reports as gone, since when if it says so.
type leavingRow struct{ id, at int64 }

// date returns what a record says of when, 0 if nothing.
func (r *reading) date(row *engine.Row) int64 {
	if i := slices.IndexFunc(r.fields, func(f purser.Field) bool { return f.Name == datedBy }); i >= 0 && row.Values[r.at[i]].Known {
		return row.Values[r.at[i]].I
	}
	return 0
}

// forgetOlder drops from the stage of a log of what was given what is older than
// what is known: the log repeats what it told before, in any order.
func (s *Sync) forgetOlder(ctx context.Context, tx bun.Tx, r *reading) error {
	if r.Snapshot || r.Enrich || r.Kind != purser.KindAssignment || !slices.ContainsFunc(r.fields, func(f purser.Field) bool { return f.Name == datedBy }) {
		return nil
	}
	stage := stageTable(r.Kind)
	_, err := tx.NewRaw("DELETE FROM "+stage+" WHERE stream_no = ? AND seq IN (SELECT seq FROM (SELECT x.seq, x."+datedBy+" AS at, k."+datedBy+" AS known, COALESCE(k.gone_gen, 0) AS gone,"+
		" row_number() OVER (PARTITION BY x.external_id ORDER BY x."+datedBy+" DESC, x.seq) AS place FROM "+stage+" x LEFT JOIN "+KindTable(r.Kind)+
		" k ON k.instance_no = ? AND k.external_id = x.external_id WHERE x.stream_no = ?) AS told WHERE place > 1 OR at < known OR at = known AND gone <> 0)",
		r.no, s.instanceNo, r.no).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget what is older than what is known: %w", err)
	}
	return nil
}

// leavingOf returns the live rows that the source reports as gone, and those among
// them that this very run has brought. Where it does not say since when, what this
// run has brought or changed is there again.
func (s *Sync) leavingOf(ctx context.Context, r *reading) (leaving, passing []int64, err error) {
	later := "k.changed_gen <> ?"
	if r.Kind == purser.KindAssignment {
		later = "CASE WHEN l.at = 0 THEN k.changed_gen <> ? ELSE COALESCE(k." + datedBy + ", 0) <= l.at END"
	}
	var rows []struct {
		ID   int64 `bun:"row_id"`
		Born int64 `bun:"first_gen"`
	}
	err = s.db.reader.NewRaw("SELECT DISTINCT l.row_id, k.first_gen FROM leaving l JOIN "+KindTable(r.Kind)+
		" k ON k.id = l.row_id WHERE l.stream_no = ? AND l.gen = ? AND k.gone_gen = 0 AND "+later, r.no, r.gen, r.gen).Scan(ctx, &rows)
	for _, x := range rows {
		if x.Born == r.gen {
			passing = append(passing, x.ID)
		} else {
			leaving = append(leaving, x.ID)
		}
	}
	return leaving, passing, err
}
