package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// RecentFilter selects what happened from one moment up to another.
type RecentFilter struct {
	From, To    purser.Micros
	What        []string
	InstanceNos []int64
	Application int64
	Any         []RecentFilter // groups of conditions
}

// narrow adds the conditions that may also stand in a group.
func (f RecentFilter) narrow(p *pager) {
	if len(f.What) > 0 {
		p.and(recentWhat+" IN (?)", bun.List(f.What))
	}
	if len(f.InstanceNos) > 0 {
		p.and("i.no IN (?)", bun.List(f.InstanceNos))
	}
	if f.Application != 0 {
		p.and("i.application_id = ?", f.Application)
	}
}

// looksUp reports whether it must be known of which instance a change is.
func (f RecentFilter) looksUp() bool {
	return len(f.InstanceNos) > 0 || f.Application != 0 || slices.ContainsFunc(f.Any, RecentFilter.looksUp)
}

// RecentRow is one thing that happened.
type RecentRow struct {
	sorted
	No              int64         `bun:"no"`
	At              purser.Micros `bun:"at"`
	What            string        `bun:"what"`
	Before          string        `bun:"before"`
	After           string        `bun:"after"`
	MissingSince    purser.Micros `bun:"missing_since"`
	Person          int64         `bun:"per_no"`
	PersonName      string        `bun:"person_name"`
	Department      string        `bun:"department"`
	Account         int64         `bun:"acc_no"`
	AccountName     string        `bun:"account_name"`
	Plan            int64         `bun:"pln_no"`
	PlanName        string        `bun:"plan_name"`
	Instance        string        `bun:"instance_id"`
	InstanceName    string        `bun:"instance_name"`
	Application     int64         `bun:"saas_no"`
	ApplicationName string        `bun:"application_name"`
	Run             string        `bun:"run_id"`
}

// employmentThen is the employment that a person p had at a change c of its row: what
// the first change of it in that reading or since was from, or what it is.
const employmentThen = `COALESCE((SELECT COALESCE(x.before, 'unknown') FROM change x WHERE x.kind = 'person' AND x.row_id = c.row_id AND x.field = 'employment' AND x.at >= c.at ORDER BY x.no LIMIT 1),
	p.employment, 'unknown')`

// recentWhat says of a change c what happened, as purser.RecentClasses name it; NULL
// where nothing is told: of a roster that is no HR source nobody leaves, and whoever
// was with the organization no more neither leaves nor joins by being listed or not.
const recentWhat = `CASE
	WHEN c.kind = 'person' AND c.field = 'employment' AND c.after = 'ended' AND ` + hrSource + ` THEN 'left'
	WHEN c.kind = 'person' AND c.field = 'employment' AND c.before = 'ended' AND ` + hrSource + ` THEN 'joined'
	WHEN c.kind = 'person' AND c.field = 'employment' THEN 'employment'
	WHEN c.kind = 'person' AND c.field = 'removed' AND c.after IS NOT NULL AND NOT ` + hrSource + ` THEN NULL
	WHEN c.kind = 'person' AND ` + employmentThen + ` = 'ended' THEN NULL
	WHEN c.kind = 'person' AND c.field = 'removed' AND c.after IS NOT NULL THEN 'left'
	WHEN c.kind = 'person' THEN 'joined'
	WHEN c.kind = 'seat' AND c.field = 'removed' AND c.after IS NOT NULL THEN 'seat_taken'
	WHEN c.kind = 'seat' THEN 'seat_given'
	WHEN c.field = 'status' THEN 'account_status'
	WHEN c.field = 'added' THEN 'account_added'
	WHEN c.after IS NOT NULL THEN 'account_gone' ELSE 'account_returned' END`

// recentFrom joins a change c with the row that it is of. Of people those count whom
// an HR source lists, or any roster where none is marked; a row that another roster's
// row stands for is not told a second time.
const recentFrom = `change c
	LEFT JOIN "seat" AS s ON c.kind = 'seat' AND s.id = c.row_id
	LEFT JOIN "account" AS a ON a.id = CASE WHEN c.kind = 'account' THEN c.row_id
		WHEN c.kind = 'seat' THEN (SELECT x.id FROM "account" AS x WHERE x.instance_no = s.instance_no AND x.external_id = s.account) END
	LEFT JOIN account_person ap ON ap.account_id = a.id
	LEFT JOIN "person" AS p ON p.id = CASE WHEN c.kind = 'person' THEN c.row_id ELSE ap.person_id END
	LEFT JOIN instance i ON i.no = COALESCE(s.instance_no, a.instance_no, p.instance_no)`

// recentAt is when something was found that is told here, NULL of all other changes;
// the index change_told has the same expression.
const recentAt = `CASE WHEN c.kind IN ('account', 'person', 'seat') AND c.field IN ('added', 'removed', 'status', 'employment') THEN c.at END`

// recentWhere says who counts as a person, and that something is told.
const recentWhere = recentWhat + ` IS NOT NULL AND (c.kind <> 'seat' OR c.field <> 'status') AND (c.kind <> 'person' OR (i.hr OR NOT EXISTS (SELECT 1 FROM instance h WHERE h.hr)) AND ` + stands + `)`

func (f RecentFilter) onto(p *pager) {
	p.and(recentWhere)
	p.and(recentAt+" >= ?", int64(f.From))
	p.and(recentAt+" < ?", int64(f.To))
	f.narrow(p)
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g) })
}

// Recent returns one page of what happened, the newest first.
func Recent(ctx context.Context, db bun.IDB, f RecentFilter, page purser.Page, count bool) (purser.List[RecentRow], error) {
	p := &pager{id: "c.no", first: "at", newest: true, orders: map[string]order{"at": {expr: recentAt, number: true}},
		from: recentFrom + ` LEFT JOIN "plan" AS l ON l.instance_no = s.instance_no AND l.external_id = s.plan
			LEFT JOIN saas_application k ON k.id = i.application_id AND c.kind <> 'person' LEFT JOIN run r ON r.no = c.run_no`,
		columns: `c.no, c.at, ` + recentWhat + ` AS what, CASE WHEN c.field IN ('status', 'employment') THEN COALESCE(c.before, '') ELSE '' END AS before,
			CASE WHEN c.field IN ('status', 'employment') THEN COALESCE(c.after, '') ELSE '' END AS after,
			CASE WHEN c.field = 'removed' AND c.after IS NOT NULL THEN CAST(c.after AS BIGINT) ELSE 0 END AS missing_since,
			COALESCE(p.id, 0) AS per_no, COALESCE(` + personName + `, '') AS person_name, COALESCE(p.true_department, p.department, '') AS department,
			COALESCE(a.id, 0) AS acc_no, COALESCE(` + accountName + `, s.account, '') AS account_name, COALESCE(l.id, 0) AS pln_no, COALESCE(l.name, s.plan, '') AS plan_name,
			COALESCE(i.id, '') AS instance_id, COALESCE(i.name, '') AS instance_name, COALESCE(k.id, 0) AS saas_no, COALESCE(k.name, '') AS application_name, COALESCE(r.id, '') AS run_id`}
	f.onto(p)
	return fetch(ctx, db, p, page, count, func(r RecentRow) RecentRow { return r })
}

// RecentCount is how much of a class happened in a quarter of an hour: every zone's
// day begins with one.
type RecentCount struct {
	Quarter int64  `bun:"quarter"` // since 1970
	What    string `bun:"what"`
	N       int64  `bun:"n"`
}

// At is when the quarter began.
func (c RecentCount) At() purser.Micros { return purser.Micros(c.Quarter * quarterMicros) }

const quarterMicros = 15 * 60 * 1_000_000

// CountRecent counts what happened, a quarter of an hour at a time.
func CountRecent(ctx context.Context, db bun.IDB, f RecentFilter) (rows []RecentCount, err error) {
	p, from := &pager{}, recentFrom
	if !f.looksUp() { // of accounts and seats nothing need be looked up
		from = `change c LEFT JOIN "person" AS p ON c.kind = 'person' AND p.id = c.row_id LEFT JOIN instance i ON i.no = p.instance_no`
	}
	f.onto(p)
	args := append([]any{quarterMicros}, p.args...)
	err = db.NewRaw(`SELECT c.at / ? AS quarter, `+recentWhat+` AS what, count(*) AS n FROM `+from+p.clause(p.where)+` GROUP BY 1, 2 ORDER BY 1, 2`, args...).Scan(ctx, &rows)
	return rows, err
}
