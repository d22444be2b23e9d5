package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// FedFilter selects accounts that identity providers tell of.
type FedFilter struct {
	Query        string
	Applications []int64 // that identity providers feed now; none: nothing
	Instances    []int64 // providers; any of them
	Ways         []string
	Status       []string // of the account at the provider
	Used         []string // within thirty days of Recent: recent, earlier, never, unknown; any of them
	Recent       purser.Micros
	Matched      *bool
	PersonID     int64
	Any          []FedFilter // groups of conditions; their applications are among those of the filter
}

// narrow adds the conditions that may also stand in a group.
func (f FedFilter) narrow(p *pager) {
	if len(f.Applications) > 0 {
		p.and("x.application_id IN (?)", bun.List(f.Applications))
	}
	if f.PersonID != 0 {
		p.and("ap.person_id = ?", f.PersonID)
	}
	if len(f.Instances) > 0 {
		p.and("x.instance_no IN (?)", bun.List(f.Instances))
	}
	if len(f.Ways) > 0 {
		p.and("x.way IN (?)", bun.List(waysOf(f.Ways)))
	}
	if len(f.Status) > 0 {
		p.and("COALESCE(a.status, 'unknown') IN (?)", bun.List(f.Status))
	}
	if len(f.Used) > 0 {
		p.and("CASE WHEN x.used_at IS NULL THEN 'unknown' WHEN x.used_at = 0 THEN 'never' WHEN x.used_at >= ? THEN 'recent' ELSE 'earlier' END IN (?)", int64(f.Recent), bun.List(f.Used))
	}
	if f.Matched != nil && *f.Matched {
		p.and("p.id IS NOT NULL")
	}
	if f.Matched != nil && !*f.Matched {
		p.and("p.id IS NULL")
	}
}

type fedRow struct {
	sorted
	Application  int64         `bun:"application_id"`
	Name         string        `bun:"application"`
	AccountID    int64         `bun:"account_id"`
	AccountName  string        `bun:"account_name"`
	Email        string        `bun:"email"`
	UserName     string        `bun:"user_name"`
	InstanceID   string        `bun:"instance_id"`
	InstanceName string        `bun:"instance_name"`
	PersonID     int64         `bun:"person_id"`
	PersonName   string        `bun:"person_name"`
	Status       string        `bun:"status"`
	Way          int64         `bun:"way"`
	UsedAt       *int64        `bun:"used_at"`
	FirstSeenAt  purser.Micros `bun:"first_seen_at"`
}

// FedCandidates returns the managed applications that have accounts through
// identity providers.
func FedCandidates(ctx context.Context, db bun.IDB) (ids []int64, err error) {
	err = db.NewRaw(`SELECT s.id FROM saas_application s WHERE s.status IN ('managed', 'closing')
		AND EXISTS (SELECT 1 FROM sso_account x WHERE x.application_id = s.id) ORDER BY s.id`).Scan(ctx, &ids)
	return ids, err
}

// NamedApplications returns some applications with their names alone, in their order.
func NamedApplications(ctx context.Context, db bun.IDB, ids []int64) (out []purser.Application, err error) {
	var rows []struct {
		ID   int64  `bun:"id"`
		Name string `bun:"name"`
	}
	err = db.NewRaw(`SELECT id, name FROM saas_application WHERE id IN (?) ORDER BY lower(name)`, bun.List(append([]int64{0}, ids...))).Scan(ctx, &rows)
	for _, r := range rows {
		out = append(out, purser.Application{ID: ApplicationID(r.ID), Name: r.Name})
	}
	return out, err
}

// FeedingInstances returns the identity providers through which somebody has one of
// the applications, with their names alone.
func FeedingInstances(ctx context.Context, db bun.IDB, applications []int64) (out []purser.Instance, err error) {
	var rows []struct {
		ID   string `bun:"id"`
		Name string `bun:"name"`
	}
	err = db.NewRaw(`SELECT i.id, i.name FROM instance i WHERE EXISTS (SELECT 1 FROM sso_account x WHERE x.instance_no = i.no AND x.application_id IN (?))
		ORDER BY lower(i.name)`, bun.List(append([]int64{0}, applications...))).Scan(ctx, &rows)
	for _, r := range rows {
		out = append(out, purser.Instance{ID: r.ID, Name: r.Name})
	}
	return out, err
}

// FedAccounts returns one page of who has applications through identity providers,
// in the order in which it was first seen, or of the last sign-in; count asks for the total as well.
func FedAccounts(ctx context.Context, db bun.IDB, f FedFilter, page purser.Page, count bool) (purser.List[purser.FedAccount], error) {
	if len(f.Applications) == 0 {
		return purser.List[purser.FedAccount]{Items: []purser.FedAccount{}}, nil
	}
	// Each order has an index.
	p := &pager{id: "x.id", first: "added", orders: map[string]order{"added": {expr: "x.id", number: true}, "used": {expr: "COALESCE(x.used_at, -1)", number: true}},
		from: `sso_account x JOIN "account" AS a ON a.instance_no = x.instance_no AND a.external_id = x.account AND a.gone_gen = 0
			JOIN saas_application s ON s.id = x.application_id JOIN instance i ON i.no = x.instance_no
			LEFT JOIN account_person ap ON ap.account_id = a.id LEFT JOIN "person" AS p ON p.id = ap.person_id`,
		columns: `x.application_id, s.name AS application, a.id AS account_id, ` + accountName + ` AS account_name, COALESCE(a.email, '') AS email, x.user_name,
			i.id AS instance_id, i.name AS instance_name, COALESCE(p.id, 0) AS person_id, COALESCE(` + personName + `, '') AS person_name,
			COALESCE(a.status, 'unknown') AS status, x.way, x.used_at, x.first_seen_at`}
	p.and("x.gone_at = 0")
	f.narrow(p)
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g) })
	p.contains(f.Query, "a.email", "a.display_name", "x.user_name", "s.name")
	return fetch(ctx, db, p, page, count, fedRow.account)
}

func (r fedRow) account() purser.FedAccount {
	a := purser.FedAccount{ApplicationID: ApplicationID(r.Application), Application: r.Name, Source: "integrated via " + r.InstanceName, AccountID: RowID("acc_", r.AccountID),
		AccountName: r.AccountName, Email: r.Email, UserName: r.UserName, InstanceID: r.InstanceID, InstanceName: r.InstanceName, PersonID: RowID("per_", r.PersonID),
		PersonName: r.PersonName, Status: r.Status, Way: WayWord(r.Way), Since: r.FirstSeenAt.Time()}
	switch {
	case r.UsedAt != nil && *r.UsedAt == 0:
		a.LastActive = purser.LastUse{Never: true}
	case r.UsedAt != nil:
		a.LastActive = purser.LastUse{At: purser.Micros(*r.UsedAt).Time()}
	}
	return a
}
