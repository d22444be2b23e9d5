package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// PlanFilter selects license plans.
type PlanFilter struct {
	Query       string
	InstanceNos []int64
	Application int64
	ID          int64
	Seats       []string     // idle, unknown, closed: plans with such seats, as it is kept; any of them
	Any         []PlanFilter // groups of conditions, of which a row meets one
}

type planRow struct {
	sorted
	ID           int64         `bun:"id"`
	InstanceID   string        `bun:"instance_id"`
	InstanceName string        `bun:"instance_name"`
	ExternalID   string        `bun:"external_id"`
	Name         string        `bun:"name"`
	Bought       *int64        `bun:"bought"`
	Used         *int64        `bun:"used"`
	Assigned     int64         `bun:"assigned"`
	Price        *int64        `bun:"price"`
	Currency     string        `bun:"currency"`
	RenewsAt     purser.Micros `bun:"renews_at"`
	Application  int64         `bun:"saas_no"`
	EndsOn       string        `bun:"ends_on"`
}

const planName = `COALESCE(l.name, l.external_id)`

// Plans returns one page of license plans with their live seats.
func Plans(ctx context.Context, db bun.IDB, f PlanFilter, page purser.Page, count bool) (purser.List[purser.Plan], error) {
	p := &pager{id: "l.id", from: `"plan" AS l JOIN instance i ON i.no = l.instance_no
		LEFT JOIN license_term t ON t.source = i.id AND t.external_id = l.external_id LEFT JOIN plan_use u ON u.instance_no = l.instance_no AND u.plan = l.external_id`, first: "name",
		orders: map[string]order{"name": {expr: planName}, "idle": {expr: "COALESCE(u.inactive + u.never, 0)", number: true}},
		columns: `l.id, i.id AS instance_id, i.name AS instance_name, l.external_id, ` + planName + ` AS name, l.bought, l.used, l.price,
		COALESCE(l.currency, '') AS currency, COALESCE(l.renews_at, 0) AS renews_at, i.application_id AS saas_no, COALESCE(t.ends_on, '') AS ends_on, (SELECT count(*) FROM "seat" AS s
			WHERE s.instance_no = l.instance_no AND s.plan = l.external_id AND s.gone_gen = 0) AS assigned`}
	p.and("l.gone_gen = 0")
	p.contains(f.Query, "l.name", "l.external_id")
	if f.Application != 0 {
		p.and("i.application_id = ?", f.Application)
	}
	if f.ID != 0 {
		p.and("l.id = ?", f.ID)
	}
	f.narrow(p)
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g) })
	return fetch(ctx, db, p, page, count, planRow.plan)
}

// narrow adds the conditions that may also stand in a group.
func (f PlanFilter) narrow(p *pager) {
	if len(f.InstanceNos) > 0 {
		p.and("l.instance_no IN (?)", bun.List(f.InstanceNos))
	}
	var some []string
	for _, of := range f.Seats {
		some = append(some, map[string]string{"idle": "u.inactive + u.never > 0", "unknown": "u.unknown > 0", "closed": "u.closed > 0"}[of])
	}
	if len(some) > 0 {
		p.and("(" + strings.Join(some, " OR ") + ")")
	}
}

func (r planRow) plan() purser.Plan {
	p := purser.Plan{ID: RowID("pln_", r.ID), InstanceID: r.InstanceID, InstanceName: r.InstanceName, ExternalID: r.ExternalID, Name: r.Name,
		Bought: r.Bought, Assigned: r.Assigned, Used: r.Used, RenewsAt: r.RenewsAt.Time(),
		ApplicationID: ApplicationID(r.Application), EndsOn: r.EndsOn}
	if r.Price != nil && r.Currency != "" {
		p.Price = &purser.Money{Minor: *r.Price, Currency: r.Currency}
	}
	return p
}

// seatFrom are the seats s of plans l with the accounts a that hold them, if they are in a roster.
const seatFrom = planFrom + `
	JOIN "seat" AS s ON s.instance_no = l.instance_no AND s.plan = l.external_id AND s.gone_gen = 0` + seatHolder

const planFrom = `"plan" AS l JOIN instance i ON i.no = l.instance_no LEFT JOIN saas_application k ON k.id = i.application_id`

const seatHolder = `
	LEFT JOIN "account" AS a ON a.instance_no = s.instance_no AND a.external_id = s.account
	LEFT JOIN account_use u ON u.account_id = a.id LEFT JOIN ` + useSource + ` AS w ON w.instance_no = i.no`

// seatClass is how a seat of seatFrom is used: of an account that is in no roster nobody knows.
func seatClass(at UseAt) string {
	return `CASE WHEN a.id IS NULL THEN 'unknown' WHEN ` + openStatus + ` AND a.gone_gen = 0 THEN ` + ownUse().class(at) + ` ELSE 'closed' END`
}

// seatNeeded: nothing says of a seat of seatFrom that it can be given up, or somebody accepted
// what does; see SeatUse.
func seatNeeded(at UseAt) string {
	found := func(accepted string) string {
		return `EXISTS (SELECT 1 FROM finding f WHERE f.source = i.id AND f.external_id = s.external_id AND f.kind IN (` + quoted(giveUpSeats()) + `) AND f.gone_at = 0 AND f.state ` + accepted + `)`
	}
	return `NOT ` + found(`NOT IN ('accepted', 'verified')`) + ` AND ((` + seatClass(at) + `) <> 'closed' OR ` + found(`= 'accepted'`) + `)`
}
