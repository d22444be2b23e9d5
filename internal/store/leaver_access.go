package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// LeaverAccessFilter selects accounts of people who left; the zero value selects all.
type LeaverAccessFilter struct {
	Query       string // in the names and addresses of account and person
	InstanceNos []int64
	Status      []string
	Departments []string // of the person; "" where none is known
	Admin       []string // yes, no, unknown
	Local       *bool    // a sign-in of its own, or given by an identity provider
	Checklist   *bool    // one that is not closed, or none
	Any         []LeaverAccessFilter
}

// localSignIn: no identity provider that is read gives the person this application.
const localSignIn = `NOT EXISTS (SELECT 1 FROM account_person gp JOIN "account" AS ga ON ga.id = gp.account_id
		JOIN sso_account g ON g.instance_no = ga.instance_no AND g.account = ga.external_id AND g.gone_at = 0 AND g.way > 0
		WHERE gp.person_id = f.person_id AND g.application_id = f.saas_no)`

// openChecklist is the checklist of the person that is not closed, "" if there is none.
const openChecklist = `COALESCE((SELECT min(l.id) FROM leaver_list l WHERE l.person_source = pi.id AND l.person_key = p.external_id AND l.closed_at = 0), '')`

// narrow adds the conditions, which may also stand in a group.
func (f LeaverAccessFilter) narrow(p *pager) {
	p.contains(f.Query, slices.Concat(accountTexts(), personTexts())...)
	if len(f.InstanceNos) > 0 {
		p.and("a.instance_no IN (?)", bun.List(f.InstanceNos))
	}
	if len(f.Status) > 0 {
		p.and("COALESCE(a.status, 'unknown') IN (?)", bun.List(f.Status))
	}
	if len(f.Departments) > 0 {
		p.and(counts("department")+" IN (?)", bun.List(f.Departments))
	}
	if len(f.Admin) > 0 {
		p.and(threeValued("a.admin")+" IN (?)", bun.List(f.Admin))
	}
	for _, x := range []struct {
		asked *bool
		where string
	}{{f.Local, localSignIn}, {f.Checklist, openChecklist + " <> ''"}} {
		if x.asked != nil && *x.asked {
			p.and(x.where)
		} else if x.asked != nil {
			p.and("NOT (" + x.where + ")")
		}
	}
}

// LeaversAccess returns one page of the accounts of people who left that still let
// somebody in: administrators' with a sign-in of their own first, then those of
// administrators, then those with a sign-in of their own. It rests on the findings.
func LeaversAccess(ctx context.Context, db bun.IDB, f LeaverAccessFilter, page purser.Page, count bool) (purser.List[LeaverAccessRow], error) {
	ended := ofPersonInstance(endedOn)
	p := &pager{id: "f.no", first: "urgency", late: true, orders: map[string]order{
		"urgency": {expr: `(CASE WHEN a.admin = 1 THEN 0 ELSE 2 END + CASE WHEN ` + localSignIn + ` THEN 0 ELSE 1 END)`, number: true}, "age": {expr: "f.found_at", number: true},
		"person": {expr: "lower(COALESCE(" + personName + ", ''))"}, "left": {expr: ended}},
		from: `finding f JOIN "account" AS a ON a.id = f.account_id JOIN instance i ON i.no = a.instance_no LEFT JOIN account_use u ON u.account_id = a.id
			JOIN "person" AS p ON p.id = f.person_id LEFT JOIN instance pi ON pi.no = p.instance_no`,
		columns: `a.id AS acc_no, ` + accountName + ` AS name, i.id AS source, i.name AS source_name, p.id AS per_no, ` + personName + ` AS person_name, ` + ended + ` AS ended_on,
			` + counts("department") + ` AS department, COALESCE(a.status, 'unknown') AS status, a.admin, ` + localSignIn + ` AS is_local, ` + lastUse + ` AS last_active_at, f.found_at,
			` + openChecklist + ` AS list`}
	p.and("f.kind = 'leaver_access' AND f.state <> 'verified'")
	if f.narrow(p); len(p.where) == 1 && len(f.Any) == 0 {
		p.alone = "finding f" // goes with its account and with its person
	}
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g) })
	return fetch(ctx, db, p, page, count, func(r LeaverAccessRow) LeaverAccessRow { return r })
}
