package store

import (
	"context"
	"maps"
	"slices"

	"github.com/uptrace/bun"
)

// FindingCount is how many findings of a kind are in a state, and what they are
// worth in a year in one currency; Valued of them have a value.
type FindingCount struct {
	Kind     string `bun:"kind"`
	State    string `bun:"state"`
	Ended    string `bun:"ended"`
	Currency string `bun:"currency"`
	N        int64  `bun:"n"`
	Valued   int64  `bun:"valued"`
	Annual   int64  `bun:"annual"`
}

// CountFindings counts findings by kind, state and currency.
func CountFindings(ctx context.Context, db bun.IDB, f FindingFilter) (rows []FindingCount, err error) {
	p := &pager{}
	if f.onto(p); f.Text != "" {
		if _, err := f.search(ctx, db, p); err != nil {
			return nil, err
		}
		err = db.NewRaw(`SELECT f.kind, f.state, f.ended, f.currency, count(*) AS n, count(f.annual) AS valued, COALESCE(sum(f.annual), 0) AS annual FROM `+p.within+p.counted+
			p.clause(p.where)+` GROUP BY f.kind, f.state, f.ended, f.currency ORDER BY 1, 2, 3, 4`, p.args...).Scan(ctx, &rows)
		return rows, err
	}
	err = db.NewRaw(`SELECT f.kind, f.state, f.ended, f.currency, sum(f.n) AS n, sum(f.valued) AS valued, COALESCE(sum(f.annual), 0) AS annual FROM (`+f.counted()+`) AS f`+
		p.clause(p.where)+` GROUP BY f.kind, f.state, f.ended, f.currency ORDER BY 1, 2, 3, 4`, p.args...).Scan(ctx, &rows)
	return rows, err
}

// counted is what findings are counted from: what the database keeps of each application
// and instance, unless single accounts, plans or findings are asked for. Who looks
// after a renewal its contract says, so that those are counted one by one.
func (f FindingFilter) counted() string {
	const singly = `SELECT kind, state, ended, currency, saas_no, instance_no, account_id, plan_id, no, external_id, 1 AS n,
		CASE WHEN annual IS NULL THEN 0 ELSE 1 END AS valued, annual FROM finding`
	if f.single() {
		return singly
	}
	return `SELECT kind, state, ended, currency, saas_no, instance_no, 0 AS account_id, 0 AS plan_id, 0 AS no, '' AS external_id, n, valued, annual
		FROM finding_count WHERE kind <> 'renewal_due' AND n > 0 UNION ALL ` + singly + ` WHERE kind = 'renewal_due'`
}

// single reports whether the filter, or one of its groups, asks for findings one by one.
func (f FindingFilter) single() bool {
	return f.Account != 0 || len(f.Plans) > 0 || len(f.Nos) > 0 || slices.ContainsFunc(f.Any, FindingFilter.single)
}

// OpenFindings is how many findings of an application somebody should look at, and what
// they are worth in a year in one currency.
type OpenFindings struct {
	Application int64  `bun:"saas_no"`
	Currency    string `bun:"currency"`
	N           int64  `bun:"n"`
	Valued      int64  `bun:"valued"`
	Annual      int64  `bun:"annual"`
}

// openFindings selects what is kept of open findings.
const openFindings = `FROM finding_count f WHERE f.state = 'open' AND f.n > 0 AND f.saas_no`

// FindingsOfApplications counts the open findings of applications, each currency for itself.
func FindingsOfApplications(ctx context.Context, db bun.IDB, applications []int64) (rows []OpenFindings, err error) {
	err = db.NewRaw(`SELECT f.saas_no, f.currency, CAST(sum(f.n) AS BIGINT) AS n, CAST(sum(f.valued) AS BIGINT) AS valued, CAST(sum(f.annual) AS BIGINT) AS annual `+
		openFindings+` IN (?) GROUP BY f.saas_no, f.currency ORDER BY 1, 2`, bun.List(applications)).Scan(ctx, &rows)
	return rows, err
}

// fewFindings is up to how many findings are looked for where they are: to find them
// in the order of the list, nearly all that are there would be walked.
const fewFindings = 2000

// places counts the findings that a list will have, and tells the list where they are
// if they are few.
func (f FindingFilter) places(ctx context.Context, db bun.IDB, list *pager) (total int64, err error) {
	var rows []struct {
		Application int64  `bun:"saas_no"`
		Kind        string `bun:"kind"`
		N           int64  `bun:"n"`
	}
	p := &pager{}
	f.onto(p)
	err = db.NewRaw(`SELECT f.saas_no, f.kind, sum(f.n) AS n FROM (`+f.counted()+`) AS f`+p.clause(p.where)+` GROUP BY f.saas_no, f.kind`, p.args...).Scan(ctx, &rows)
	applications, kinds := map[int64]bool{}, map[string]bool{}
	for _, r := range rows {
		total += r.N
		applications[r.Application], kinds[r.Kind] = true, true
	}
	if err == nil && total > 0 && total <= fewFindings {
		list.within = "(SELECT no FROM finding WHERE saas_no IN (" + quotedNumbers(slices.Sorted(maps.Keys(applications))) + ") AND kind IN (" +
			quoted(slices.Sorted(maps.Keys(kinds))) + ")) AS few CROSS JOIN "
		list.and("f.no = few.no")
	}
	return total, err
}
