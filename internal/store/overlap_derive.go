package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

// overlapRow is an account of somebody who uses another application of the same
// category that more people use: the one among those they use that most do.
type overlapRow struct {
	Account     int64 `bun:"account_id"`
	InstanceNo  int64 `bun:"instance_no"`
	Application int64 `bun:"saas_no"`
	Other       int64 `bun:"other_no"`
}

// KeepOverlap notes, of applications that do the same, the accounts without which
// somebody would still have what they use. Each list of alike is one category. It returns
// the applications of which that changed. What is kept of those that left is forgotten,
// and of those of no category any more where all is true.
func (db *DB) KeepOverlap(ctx context.Context, alike [][]int64, left []int64, at UseAt, all bool) (changed []int64, err error) {
	ids := slices.Concat(alike...)
	want := map[overlapRow]bool{}
	if len(ids) > 0 {
		if want, err = db.overlapping(ctx, alike, at); err != nil {
			return nil, fmt.Errorf("look for people who use several applications of a kind: %w", err)
		}
	}
	for _, together := range alike {
		if err := db.keepShared(ctx, together, at); err != nil {
			return nil, err
		}
	}
	where := ""
	if !all {
		where = ` WHERE saas_no IN (` + quotedNumbers(slices.Concat([]int64{0}, ids, left)) + `)`
	}
	var kept []overlapRow
	if err := db.reader.NewRaw(`SELECT account_id, instance_no, saas_no, other_no FROM overlap_account`+where).Scan(ctx, &kept); err != nil {
		return nil, err
	}
	touched := map[int64]bool{}
	var ended []int64
	for _, k := range kept {
		if want[k] {
			delete(want, k)
			continue
		}
		ended, touched[k.Application] = append(ended, k.Account), true
	}
	fresh := slices.SortedFunc(maps.Keys(want), func(a, b overlapRow) int { return int(min(max(a.Account-b.Account, -1), 1)) })
	for _, r := range fresh {
		touched[r.Application] = true
	}
	for part := range slices.Chunk(ended, findingSlice) {
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`DELETE FROM overlap_account WHERE account_id IN (?)`, bun.List(part)).Exec(ctx)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for part := range slices.Chunk(fresh, findingSlice) {
		var values []any
		for _, r := range part {
			values = append(values, r.Account, r.InstanceNo, r.Application, r.Other)
		}
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`INSERT INTO overlap_account (account_id, instance_no, saas_no, other_no) VALUES `+tuples("(?, ?, ?, ?)", len(part))+
				` ON CONFLICT (account_id) DO UPDATE SET instance_no = excluded.instance_no, saas_no = excluded.saas_no, other_no = excluded.other_no`, values...).Exec(ctx)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(touched)), nil
}

func (db *DB) overlapping(ctx context.Context, alike [][]int64, at UseAt) (map[overlapRow]bool, error) {
	ids := slices.Concat(alike...)
	by, err := feedsOf(ctx, db.reader, ids, at)
	if err != nil {
		return nil, err
	}
	var kinds []string
	for n, apps := range alike {
		for _, app := range apps {
			kinds = append(kinds, fmt.Sprintf("(%d, %d)", app, n))
		}
	}
	var rows []overlapRow
	// CROSS JOIN keeps SQLite from looking at every account of those people, wherever it is.
	err = db.reader.NewRaw(`WITH kind_of (app, kind) AS (VALUES `+strings.Join(kinds, ", ")+`),
			use_of AS MATERIALIZED (SELECT app, person FROM (`+by.peopleIn(at)+`) AS held WHERE used = 1),
			users_of AS (SELECT app, count(*) AS users FROM use_of GROUP BY app),
			ranked AS (SELECT u.app, u.person, row_number() OVER (PARTITION BY k.kind, u.person ORDER BY n.users DESC, u.app) AS place,
				first_value(u.app) OVER (PARTITION BY k.kind, u.person ORDER BY n.users DESC, u.app) AS other
				FROM use_of u JOIN kind_of k ON k.app = u.app JOIN users_of n ON n.app = u.app),
			spare AS MATERIALIZED (SELECT app, person, other FROM ranked WHERE place > 1)
		SELECT a.id AS account_id, a.instance_no, r.app AS saas_no, r.other AS other_no FROM instance i CROSS JOIN "account" AS a CROSS JOIN account_person ap
			CROSS JOIN spare r WHERE i.application_id IN (?) AND i.status <> 'deleting' AND a.instance_no = i.no AND a.gone_gen = 0
			AND ap.account_id = a.id AND r.app = i.application_id AND r.person = ap.person_id`, bun.List(ids)).Scan(ctx, &rows)
	out := make(map[overlapRow]bool, len(rows))
	for _, r := range rows {
		out[r] = true
	}
	return out, err
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
