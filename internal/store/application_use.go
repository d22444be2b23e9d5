package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// UseRow is how an application is used.
type UseRow struct {
	Application int64         `bun:"application_id"`
	Accounts    int64         `bun:"accounts"`
	People      int64         `bun:"people"`
	Active      int64         `bun:"active"`
	Inactive    int64         `bun:"inactive"`
	Never       int64         `bun:"never"`
	Unknown     int64         `bun:"unknown"`
	DataAsOf    purser.Micros `bun:"data_as_of"`
}

// useClasses counts the four classes of use over the column used: NULL is
// unknown, a class of its own, and 0 never.
const useClasses = `sum(CASE WHEN used >= ? THEN 1 ELSE 0 END) AS active, sum(CASE WHEN used > 0 AND used < ? THEN 1 ELSE 0 END) AS inactive,
	sum(CASE WHEN used = 0 THEN 1 ELSE 0 END) AS never, sum(CASE WHEN used IS NULL THEN 1 ELSE 0 END) AS unknown`

// DirectUse returns the use of applications by the live accounts of their own
// instances, by application. since parts active from inactive.
func DirectUse(ctx context.Context, db bun.IDB, applications []int64, since purser.Micros) (map[int64]UseRow, error) {
	return useBy(ctx, db, `SELECT application_id, count(*) AS accounts, count(DISTINCT person_id) AS people, `+useClasses+` FROM (
		SELECT i.application_id, ap.person_id, `+lastUse+` AS used FROM `+accountFrom+`
		WHERE a.gone_gen = 0 AND COALESCE(a.status, 'unknown') <> 'deactivated' AND i.application_id IN (?)) AS used
		GROUP BY application_id`, int64(since), int64(since), bun.List(applications))
}

// DiscoveredUse returns the use of applications as identity providers see it: by
// the accounts that they are assigned to. A provider that reads sign-ins, or a
// date of last use, knows; without either the use is unknown.
//
// Both lists are read once each and grouped. CROSS JOIN keeps SQLite from reading
// the assignments again for every application.
func DiscoveredUse(ctx context.Context, db bun.IDB, applications []int64, since purser.Micros) (map[int64]UseRow, error) {
	return useBy(ctx, db, `SELECT application_id, count(*) AS accounts, count(DISTINCT person_id) AS people, `+useClasses+` FROM (
		SELECT x.application_id, ap.person_id, x.used FROM (
			SELECT application_id, instance_no, account, max(used) AS used FROM (
				SELECT s.application_id, g.instance_no, g.account, 1 AS assigned, g.last_used_at AS used FROM "assignment" AS g
				CROSS JOIN application_source s
				WHERE s.instance_no = g.instance_no AND s.external_id = g.application AND g.gone_gen = 0 AND s.application_id IN (?)
				UNION ALL
				SELECT s.application_id, v.instance_no, v.account, 0, v.last_at FROM activity v CROSS JOIN application_source s
				WHERE s.instance_no = v.instance_no AND s.external_id = v.application AND s.application_id IN (?)) AS seen
			GROUP BY application_id, instance_no, account HAVING max(assigned) = 1) AS x
		LEFT JOIN "account" AS a ON a.instance_no = x.instance_no AND a.external_id = x.account
		LEFT JOIN account_person ap ON ap.account_id = a.id) AS used GROUP BY application_id`,
		int64(since), int64(since), bun.List(applications), bun.List(applications))
}

func useBy(ctx context.Context, db bun.IDB, query string, args ...any) (map[int64]UseRow, error) {
	var rows []UseRow
	if err := db.NewRaw(query, args...).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	out := make(map[int64]UseRow, len(rows))
	for _, r := range rows {
		out[r.Application] = r
	}
	return out, nil
}

// UseOfAccounts returns the four classes of use over all live accounts.
func UseOfAccounts(ctx context.Context, db bun.IDB, since purser.Micros) (r UseRow, err error) {
	err = db.NewRaw(`SELECT count(*) AS accounts, COALESCE(sum(CASE WHEN used >= ? THEN 1 ELSE 0 END), 0) AS active,
		COALESCE(sum(CASE WHEN used > 0 AND used < ? THEN 1 ELSE 0 END), 0) AS inactive, COALESCE(sum(CASE WHEN used = 0 THEN 1 ELSE 0 END), 0) AS never,
		COALESCE(sum(CASE WHEN used IS NULL THEN 1 ELSE 0 END), 0) AS unknown
		FROM (SELECT `+lastUse+` AS used FROM "account" AS a LEFT JOIN account_use u ON u.account_id = a.id
			WHERE a.gone_gen = 0 AND COALESCE(a.status, 'unknown') <> 'deactivated') AS used`, int64(since), int64(since)).Scan(ctx, &r)
	return r, err
}

// SourceRow says through which instance an application is known.
type SourceRow struct {
	Application int64  `bun:"application_id"`
	InstanceID  string `bun:"instance_id"`
	Name        string `bun:"name"`
	Connector   string `bun:"connector"`
	Status      string `bun:"status"`
	Direct      bool   `bun:"direct"`
}

// ApplicationSources returns the instances through which applications are known:
// their own, and those of identity providers that report them.
func ApplicationSources(ctx context.Context, db bun.IDB, applications []int64) (rows []SourceRow, err error) {
	err = db.NewRaw(`SELECT i.application_id, i.id AS instance_id, i.name, i.connector, i.status, TRUE AS direct FROM instance i
		WHERE i.status <> 'deleting' AND i.application_id IN (?)
		UNION ALL SELECT DISTINCT s.application_id, i.id, i.name, i.connector, i.status, FALSE FROM application_source s
		JOIN instance i ON i.no = s.instance_no JOIN "application" AS k ON k.instance_no = s.instance_no AND k.external_id = s.external_id
		WHERE k.gone_gen = 0 AND s.application_id IN (?) ORDER BY 6 DESC, 3`, bun.List(applications), bun.List(applications)).Scan(ctx, &rows)
	return rows, err
}
