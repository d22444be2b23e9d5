package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// planUse is how the seats of a plan are used, as it is kept; see plan_use.
type planUse struct {
	Plan     string `bun:"plan"`
	Active   int64  `bun:"active"`
	Inactive int64  `bun:"inactive"`
	Never    int64  `bun:"never"`
	Unknown  int64  `bun:"unknown"`
	Closed   int64  `bun:"closed"`
}

// selectPlanUse adds up the live seats of an instance by the classes that are kept of
// their accounts: what is open and in none of them is active.
const selectPlanUse = `SELECT x.plan, ` + summed + `, CAST(sum(CASE WHEN x.class = 'closed' THEN 1 ELSE 0 END) AS BIGINT) AS closed
	FROM (SELECT s.plan, 1 AS accounts, CASE WHEN a.id IS NULL THEN 'unknown' WHEN a.gone_gen <> 0 OR NOT (` + openStatus + `) THEN 'closed' ELSE COALESCE(c.class, 'active') END AS class
		FROM "seat" AS s LEFT JOIN "account" AS a ON a.instance_no = s.instance_no AND a.external_id = s.account LEFT JOIN account_class c ON c.account_id = a.id
		WHERE s.instance_no = ? AND s.gone_gen = 0 AND s.plan IS NOT NULL) AS x GROUP BY x.plan ORDER BY x.plan`

// keepPlanUse keeps how the seats of an instance's plans are used, after seats were read or
// the classes of their accounts decided. Before those are decided nothing is kept.
func (db *DB) keepPlanUse(ctx context.Context, instanceNo int64) error {
	undecided, err := anyOf(ctx, db.reader, `count(*) FROM (`+undecided+fmt.Sprintf(` AND i.no = %d) AS x`, instanceNo))
	if err != nil || undecided {
		return err
	}
	var now, kept []planUse
	if err := db.reader.NewRaw(selectPlanUse, instanceNo).Scan(ctx, &now); err != nil {
		return fmt.Errorf("add up how the seats of instance %d are used: %w", instanceNo, err)
	}
	err = db.reader.NewRaw(`SELECT plan, active, inactive, never, unknown, closed FROM plan_use WHERE instance_no = ? ORDER BY plan`, instanceNo).Scan(ctx, &kept)
	if err != nil || slices.Equal(now, kept) {
		return err
	}
	return db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw(`DELETE FROM plan_use WHERE instance_no = ?`, instanceNo).Exec(ctx); err != nil {
			return err
		}
		for part := range slices.Chunk(now, derivationSlice) {
			values := make([]any, 0, 7*len(part))
			for _, u := range part {
				values = append(values, instanceNo, u.Plan, u.Active, u.Inactive, u.Never, u.Unknown, u.Closed)
			}
			if _, err := tx.NewRaw(`INSERT INTO plan_use (instance_no, plan, active, inactive, never, unknown, closed) VALUES `+tuples("(?, ?, ?, ?, ?, ?, ?)", len(part)), values...).Exec(ctx); err != nil {
				return fmt.Errorf("keep how the seats of instance %d are used: %w", instanceNo, err)
			}
		}
		return nil
	})
}

// PlanUses returns how the live seats of plans are used, by their identifiers: as it is
// kept where that holds at a moment, else as they are judged now.
func PlanUses(ctx context.Context, db bun.IDB, plans []purser.Plan, at UseAt) (map[string]UseRow, error) {
	out := map[string]UseRow{}
	if len(plans) == 0 {
		return out, nil
	}
	nos := make([]int64, len(plans))
	for n, p := range plans {
		nos[n] = KeyOf("pln_", p.ID)
	}
	hold, err := classesHold(ctx, db, at)
	if err != nil {
		return nil, err
	}
	if hold {
		var rows []struct {
			No int64 `bun:"no"`
			UseRow
		}
		err := db.NewRaw(`SELECT l.id AS no, u.active + u.inactive + u.never + u.unknown + u.closed AS accounts, u.active, u.inactive, u.never, u.unknown
			FROM "plan" AS l JOIN plan_use u ON u.instance_no = l.instance_no AND u.plan = l.external_id WHERE l.id IN (?)`, bun.List(nos)).Scan(ctx, &rows)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[RowID("pln_", r.No)] = r.UseRow
		}
	}
	for n, p := range plans {
		if _, known := out[p.ID]; !known {
			if out[p.ID], err = PlanUse(ctx, db, nos[n], at); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
