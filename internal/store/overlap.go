package store

import (
	"context"

	"github.com/uptrace/bun"
)

// SharedPeople is how many people have live accounts in two applications.
type SharedPeople struct {
	A      int64 `bun:"a"` // numbers of applications, the smaller first
	B      int64 `bun:"b"`
	People int64 `bun:"people"`
}

// SharedByApplications returns for each two of some applications how many people
// have an account of the applications' own instances in both; those without are left
// out.
func SharedByApplications(ctx context.Context, db bun.IDB, ids []int64) (rows []SharedPeople, err error) {
	if len(ids) < 2 {
		return nil, nil
	}
	err = db.NewRaw(`WITH held AS (SELECT DISTINCT i.application_id AS app, w.person_id AS person FROM instance i
			JOIN "account" AS a ON a.instance_no = i.no JOIN account_person w ON w.account_id = a.id
			WHERE i.application_id IN (?) AND a.gone_gen = 0 AND COALESCE(a.status, 'unknown') <> 'deactivated')
		SELECT x.app AS a, y.app AS b, count(*) AS people FROM held x JOIN held y ON y.person = x.person AND x.app < y.app
		GROUP BY x.app, y.app ORDER BY 1, 2`, bun.List(ids)).Scan(ctx, &rows)
	return rows, err
}

// SeatsOfApplications returns how many live seats the plans of applications' own
// instances have; those without a plan are left out.
func SeatsOfApplications(ctx context.Context, db bun.IDB, ids []int64) (map[int64]int64, error) {
	var rows []struct {
		Application int64 `bun:"app"`
		Seats       int64 `bun:"seats"`
	}
	out := map[int64]int64{}
	if len(ids) == 0 {
		return out, nil
	}
	err := db.NewRaw(`SELECT i.application_id AS app, count(*) AS seats FROM instance i JOIN "seat" AS s ON s.instance_no = i.no
		WHERE i.application_id IN (?) AND s.gone_gen = 0 GROUP BY i.application_id`, bun.List(ids)).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.Application] = r.Seats
	}
	return out, err
}
