package store

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"
)

// overlapRow is an account of somebody who uses another application of the same
// category that more people use: the one among those they use that most do.
type overlapRow struct {
	Account, InstanceNo, Application, Other int64
}

// KeepOverlap notes, of applications that do the same, the accounts without which
// somebody would still have what they use. Each list of alike is one category. It returns
// the applications of which that changed. What is kept of those that left is forgotten,
// and of those of no category any more where wholly is true.
func (db *DB) KeepOverlap(ctx context.Context, alike [][]int64, left []int64, at UseAt, wholly bool) (changed []int64, err error) {
	touched := map[int64]bool{}
	for _, together := range alike {
		if len(together) == 0 {
			continue
		}
		all, err := heldIn(ctx, db.reader, together, at)
		if err != nil {
			return nil, fmt.Errorf("look for people who use several applications of a kind: %w", err)
		}
		want, err := db.overlapping(ctx, together, spareOf(all))
		if err != nil {
			return nil, fmt.Errorf("look for accounts that somebody could do without: %w", err)
		}
		if err := db.keepOverlap(ctx, "saas_no IN ("+quotedNumbers(together)+")", want, touched); err != nil {
			return nil, err
		}
		if err := db.keepShared(ctx, together, sharedBy(all), at); err != nil {
			return nil, err
		}
	}
	rest := "saas_no IN (" + quotedNumbers(append(left, 0)) + ")"
	if wholly {
		rest = "saas_no NOT IN (" + quotedNumbers(append(slices.Concat(alike...), 0)) + ")"
	}
	if err := db.keepOverlap(ctx, rest, nil, touched); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(touched)), nil
}

// keepOverlap makes what is kept where a condition holds what is wanted, and notes the
// applications of which that changed.
func (db *DB) keepOverlap(ctx context.Context, where string, want map[overlapRow]bool, touched map[int64]bool) error {
	var ended []int64
	err := db.eachRow(ctx, func(row []driver.Value) error {
		k := overlapRowOf(row)
		if want[k] {
			delete(want, k)
			return nil
		}
		ended, touched[k.Application] = append(ended, k.Account), true
		return nil
	}, `SELECT account_id, instance_no, saas_no, other_no FROM overlap_account WHERE `+where)
	if err != nil {
		return err
	}
	fresh := slices.SortedFunc(maps.Keys(want), func(a, b overlapRow) int { return cmp.Compare(a.Account, b.Account) })
	for part := range slices.Chunk(ended, findingSlice) {
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`DELETE FROM overlap_account WHERE account_id IN (?)`, bun.List(part)).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	for part := range slices.Chunk(fresh, findingSlice) {
		var values []any
		for _, r := range part {
			touched[r.Application] = true
			values = append(values, r.Account, r.InstanceNo, r.Application, r.Other)
		}
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`INSERT INTO overlap_account (account_id, instance_no, saas_no, other_no) VALUES `+tuples("(?, ?, ?, ?)", len(part))+
				` ON CONFLICT (account_id) DO UPDATE SET instance_no = excluded.instance_no, saas_no = excluded.saas_no, other_no = excluded.other_no`, values...).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// overlapping returns the accounts of people in applications that they could do without.
func (db *DB) overlapping(ctx context.Context, ids []int64, spare map[[2]int64]int64) (map[overlapRow]bool, error) {
	want := map[overlapRow]bool{}
	if len(spare) == 0 {
		return want, nil
	}
	err := db.eachRow(ctx, func(row []driver.Value) error {
		r := overlapRowOf(row)
		if r.Other = spare[[2]int64{r.Other, r.Application}]; r.Other != 0 { // the last column is the person
			want[r] = true
		}
		return nil
	}, `SELECT a.id, a.instance_no, i.application_id, ap.person_id FROM instance i CROSS JOIN "account" AS a CROSS JOIN account_person ap
		WHERE i.application_id IN (`+quotedNumbers(ids)+`) AND i.status <> 'deleting' AND a.instance_no = i.no AND a.gone_gen = 0 AND ap.account_id = a.id`)
	return want, err
}

func overlapRowOf(row []driver.Value) (r overlapRow) {
	r.Account, _ = row[0].(int64)
	r.InstanceNo, _ = row[1].(int64)
	r.Application, _ = row[2].(int64)
	r.Other, _ = row[3].(int64)
	return r
}

// OverlapCandidate is an application with name and connector alone.
type OverlapCandidate struct {
	ID        int64  `bun:"id"`
	Name      string `bun:"name"`
	Connector string `bun:"connector"`
	Used      bool   `bun:"used"` // neither ignored nor closed: somebody looks after it, or may
}

// OverlapCandidates returns all applications.
func OverlapCandidates(ctx context.Context, db bun.IDB) (rows []OverlapCandidate, err error) {
	err = db.NewRaw(`SELECT id, name, connector, status NOT IN ('ignored', 'closed') AS used FROM saas_application ORDER BY id`).Scan(ctx, &rows)
	return rows, err
}

// ApplicationsToldBy returns the applications of which some instances tell who uses
// them: their own, and those that they list as identity providers.
func ApplicationsToldBy(ctx context.Context, db bun.IDB, instances []int64) (ids []int64, err error) {
	err = db.NewRaw(`SELECT application_id FROM instance WHERE no IN (?) UNION SELECT application_id FROM application_source WHERE instance_no IN (?) ORDER BY 1`,
		bun.List(instances), bun.List(instances)).Scan(ctx, &ids)
	return ids, err
}
