package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// UseRow is how an application is used.
type UseRow struct {
	Application int64         `bun:"application_id"`
	Accounts    int64         `bun:"accounts"` // live ones; those that are closed are in no class of use
	People      int64         `bun:"people"`
	Active      int64         `bun:"active"`
	Inactive    int64         `bun:"inactive"`
	Never       int64         `bun:"never"`
	Unknown     int64         `bun:"unknown"`
	DataAsOf    purser.Micros `bun:"data_as_of"`
}

// DirectUse returns the use of applications by the live accounts of their own
// instances, by application.
func DirectUse(ctx context.Context, db bun.IDB, applications []int64, at UseAt) (map[int64]UseRow, error) {
	return useOf(ctx, db, 1, applications, at)
}

// DiscoveredUse returns the use of applications as identity providers see it: by
// the accounts that they are assigned to. A provider that reads sign-ins, or a
// date of last use, knows; without either the use is unknown.
func DiscoveredUse(ctx context.Context, db bun.IDB, applications []int64, at UseAt) (map[int64]UseRow, error) {
	return useOf(ctx, db, 0, applications, at)
}

// summed adds up the classes of rows x of class and accounts.
const summed = `COALESCE(sum(CASE WHEN x.class = 'active' THEN x.accounts ELSE 0 END), 0) AS active,
	COALESCE(sum(CASE WHEN x.class = 'inactive' THEN x.accounts ELSE 0 END), 0) AS inactive,
	COALESCE(sum(CASE WHEN x.class = 'never' THEN x.accounts ELSE 0 END), 0) AS never,
	COALESCE(sum(CASE WHEN x.class = 'unknown' THEN x.accounts ELSE 0 END), 0) AS unknown`

// classedDays are the sums by day with their class of use.
func classedDays(at UseAt) string {
	return `SELECT d.application_id, d.direct, CASE WHEN d.class = 'closed' THEN 'closed' ELSE ` + summedUse().class(at) + ` END AS class, d.accounts
		FROM application_day d LEFT JOIN saas_application k ON k.id = d.application_id LEFT JOIN ` + useSource + ` AS w ON w.instance_no = d.source_no`
}

func useOf(ctx context.Context, db bun.IDB, direct int, applications []int64, at UseAt) (map[int64]UseRow, error) {
	var rows []UseRow
	err := db.NewRaw(`SELECT c.application_id, c.accounts, c.people, `+summed+` FROM application_count c
		LEFT JOIN (`+classedDays(at)+` WHERE d.application_id IN (?)) AS x ON x.application_id = c.application_id AND x.direct = c.direct
		WHERE c.direct = ? AND c.application_id IN (?) GROUP BY c.application_id, c.accounts, c.people`,
		bun.List(applications), direct, bun.List(applications)).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]UseRow, len(rows))
	for _, r := range rows {
		out[r.Application] = r
	}
	return out, nil
}

// dayMicros is a day in microseconds.
const dayMicros = 86_400_000_000

// assignedUse is the live assignments of applications to accounts, with the last
// use of the application by the account: NULL unknown, 0 never; whether the
// provider told it, and when the assignment was made. Both lists are
// read once each and grouped. CROSS JOIN keeps SQLite from reading the
// assignments again for every application. It has one argument, twice.
const assignedUse = `SELECT application_id, instance_no, account, max(used) AS used, max(told) AS told, max(born) AS born FROM (
	SELECT s.application_id, g.instance_no, g.account, 1 AS assigned, g.last_used_at AS used,
		CASE WHEN g.last_used_at IS NULL THEN 0 ELSE 1 END AS told, g.assigned_at AS born FROM "assignment" AS g
	CROSS JOIN application_source s
	WHERE s.instance_no = g.instance_no AND s.external_id = g.application AND g.gone_gen = 0 AND s.application_id IN (?)
	UNION ALL
	SELECT s.application_id, v.instance_no, v.account, 0, v.last_at, 0, NULL FROM activity v CROSS JOIN application_source s
	WHERE s.instance_no = v.instance_no AND s.external_id = v.application AND s.application_id IN (?)) AS seen
	GROUP BY application_id, instance_no, account HAVING max(assigned) = 1`

// usedRow is a number of accounts of an application that were last used on a
// day, by where they come from; of class people the number of people.
type usedRow struct {
	Application int64  `bun:"application_id"`
	Source      int64  `bun:"source_no"`
	Told        int64  `bun:"told"`
	Born        int64  `bun:"born"`
	Class       string `bun:"class"`
	Day         int64  `bun:"day"`
	N           int64  `bun:"n"`
}

// AffectedApplications returns the applications whose use may have changed with
// the rows of an instance: all of them if the instance is no longer there.
func AffectedApplications(ctx context.Context, db bun.IDB, instanceNo int64) (ids []int64, err error) {
	err = db.NewRaw(`SELECT application_id FROM instance WHERE no = ? UNION SELECT application_id FROM application_source WHERE instance_no = ?
		UNION SELECT id FROM saas_application WHERE NOT EXISTS (SELECT 1 FROM instance WHERE no = ?) ORDER BY 1`, instanceNo, instanceNo, instanceNo).Scan(ctx, &ids)
	return ids, err
}

// countedAtOnce is how many applications' use is added up by one reading, and
// writtenAtOnce how many of them one transaction writes.
const (
	countedAtOnce = 500
	writtenAtOnce = 20
)

// DeriveUse notes who has applications, and adds up anew how they are used.
func (db *DB) DeriveUse(ctx context.Context, applications []int64) error {
	if err := db.DeriveFeeds(ctx, applications); err != nil {
		return err
	}
	_, err := db.CountUse(ctx, applications)
	return err
}

// CountUse adds up anew how applications are used. It counts through the readers,
// row by row, and writes those that differ, some of them a transaction. It returns
// what it counted on its way for DeriveServed.
func (db *DB) CountUse(ctx context.Context, applications []int64) (Reach, error) {
	reach := Reach{}
	for part := range slices.Chunk(applications, countedAtOnce) {
		if err := db.deriveUse(ctx, part, reach); err != nil {
			return nil, fmt.Errorf("add up the use of applications: %w", err)
		}
	}
	return reach, nil
}

func (db *DB) deriveUse(ctx context.Context, ids []int64, reach Reach) error {
	feeds, err := Feeds(ctx, db.reader, ids)
	if err != nil {
		return err
	}
	var fed, seen []int64 // those that identity providers ever fed, and those that they merely list
	for _, id := range ids {
		if feeds[id].Fed {
			fed = append(fed, id)
		} else {
			seen = append(seen, id)
		}
	}
	want, err := db.countUse(ctx, ids, seen, reach)
	if err != nil {
		return err
	}
	if err := db.countFed(ctx, fed, want); err != nil {
		return err
	}
	var have []struct {
		usedRow
		Direct int `bun:"direct"`
	}
	err = db.reader.NewRaw(`SELECT application_id, direct, source_no, told, born, class, day, accounts AS n FROM application_day WHERE application_id IN (?)
		UNION ALL SELECT application_id, direct, 0, 0, 0, 'people', 0, people FROM application_count WHERE application_id IN (?)`, bun.List(ids), bun.List(ids)).Scan(ctx, &have)
	if err != nil {
		return err
	}
	present := map[useOfKey][]usedRow{}
	for _, r := range have {
		gather(present, r.Direct, []usedRow{r.usedRow})
	}
	var changed []useOfKey
	for _, id := range ids {
		for direct := range 2 {
			if k := (useOfKey{id, direct}); !sameUse(want[k], present[k]) {
				changed = append(changed, k)
			}
		}
	}
	for part := range slices.Chunk(changed, writtenAtOnce) {
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			for _, k := range part {
				if err := putUse(ctx, tx, k, want[k]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// DeriveFeeds notes who has those of the applications that identity providers feed.
func (db *DB) DeriveFeeds(ctx context.Context, applications []int64) error {
	at := purser.MicrosOf(db.options.Now())
	for part := range slices.Chunk(applications, countedAtOnce) {
		feeds, err := Feeds(ctx, db.reader, part)
		if err != nil {
			return fmt.Errorf("look for what feeds applications: %w", err)
		}
		var on []int64
		for _, id := range part {
			if feeds[id].Feed(at) == purser.FeedSSO {
				on = append(on, id)
			}
		}
		if err := db.DeriveAccounts(ctx, on, at); err != nil {
			return err
		}
	}
	return nil
}

// useOfKey is one of the two ways in which an application is used.
type useOfKey struct {
	application int64
	direct      int
}

func gather(by map[useOfKey][]usedRow, direct int, rows []usedRow) {
	for _, r := range rows {
		k := useOfKey{r.Application, direct}
		by[k] = append(by[k], r)
	}
}

func sameUse(a, b []usedRow) bool {
	for _, rows := range [][]usedRow{a, b} {
		slices.SortFunc(rows, func(x, y usedRow) int {
			return cmp.Or(cmp.Compare(x.Class, y.Class), cmp.Compare(x.Day, y.Day), cmp.Compare(x.Source, y.Source), cmp.Compare(x.Told, y.Told), cmp.Compare(x.Born, y.Born))
		})
	}
	return slices.Equal(a, b)
}

func putUse(ctx context.Context, tx bun.Tx, k useOfKey, rows []usedRow) error {
	for _, table := range []string{"application_count", "application_day"} {
		if _, err := tx.NewRaw(`DELETE FROM `+table+` WHERE application_id = ? AND direct = ?`, k.application, k.direct).Exec(ctx); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	var days []any
	var accounts, people int64
	for _, r := range rows {
		if r.Class == "people" {
			people = r.N
			continue
		}
		accounts += r.N
		days = append(days, k.application, k.direct, r.Source, r.Told, r.Born, r.Class, r.Day, r.N)
	}
	_, err := tx.NewRaw(`INSERT INTO application_count (application_id, direct, accounts, people) VALUES (?, ?, ?, ?)`, k.application, k.direct, accounts, people).Exec(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(days, 8*1000) {
		_, err = tx.NewRaw(`INSERT INTO application_day (application_id, direct, source_no, told, born, class, day, accounts) VALUES `+
			tuples("(?, ?, ?, ?, ?, ?, ?, ?)", len(part)/8), part...).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// UseOfAccounts returns the four classes of use over all live accounts of
// applications' own instances.
func UseOfAccounts(ctx context.Context, db bun.IDB, at UseAt) (r UseRow, err error) {
	err = db.NewRaw(`SELECT COALESCE(sum(x.accounts), 0) AS accounts, `+summed+` FROM (`+classedDays(at)+` WHERE d.direct = 1 AND d.class <> 'closed') AS x`).Scan(ctx, &r)
	return r, err
}
