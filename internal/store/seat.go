package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// SeatRow is one seat of a plan with its account.
type SeatRow struct {
	sorted
	PlanID       int64         `bun:"plan_id"`
	PlanName     string        `bun:"plan_name"`
	InstanceName string        `bun:"instance_name"`
	ExternalID   string        `bun:"external_id"`
	AccountID    int64         `bun:"account_id"`
	AccountName  string        `bun:"account_name"`
	Email        string        `bun:"email"`
	PersonID     int64         `bun:"person_id"`
	PersonName   string        `bun:"person_name"`
	Department   string        `bun:"department"`
	Active       *int64        `bun:"active"`
	AssignedAt   purser.Micros `bun:"assigned_at"`
	LastActiveAt *int64        `bun:"last_active_at"`
	Use          string        `bun:"use_class"`
}

// SeatFilter selects live seats.
type SeatFilter struct {
	Plans []int64  // none: of every plan
	Uses  []string // active, inactive, never, unknown, closed, or needed; any of them
	Query string   // in the names and addresses of account and person
	At    UseAt
}

// Seats returns one page of live seats.
func Seats(ctx context.Context, db bun.IDB, f SeatFilter, page purser.Page) (purser.List[SeatRow], error) {
	from := seatFrom
	if len(f.Plans) == 0 { // seats in their order, each with its plan
		from = `"seat" AS s CROSS JOIN ` + planFrom + seatHolder
	}
	p := &pager{id: "s.id", first: "added", folds: !isPostgres(db),
		orders: map[string]order{"added": {expr: "s.id", number: true}, "name": {expr: "COALESCE(" + accountName + ", s.account)"}, "last_active": {expr: "COALESCE(" + lastUse + ", -1)", number: true}},
		from:   from + ` LEFT JOIN account_person ap ON ap.account_id = a.id LEFT JOIN "person" AS p ON p.id = ap.person_id`,
		columns: `l.id AS plan_id, ` + planName + ` AS plan_name, i.name AS instance_name, s.external_id, COALESCE(a.id, 0) AS account_id, COALESCE(` + accountName + `, s.account) AS account_name,
			COALESCE(a.email, '') AS email, COALESCE(p.id, 0) AS person_id, COALESCE(` + personName + `, '') AS person_name, COALESCE(p.true_department, p.department, '') AS department,
			s.active, COALESCE(s.assigned_at, 0) AS assigned_at, ` + lastUse + ` AS last_active_at, ` + seatClass(f.At) + ` AS use_class`}
	if len(f.Plans) == 0 {
		p.and("s.gone_gen = 0 AND l.instance_no = s.instance_no AND l.external_id = s.plan")
	} else {
		p.and("l.id IN (?)", bun.List(f.Plans))
	}
	p.searchAccounts(f.Query, personTexts()...)
	switch {
	case slices.Contains(f.Uses, "needed"):
		p.and("(("+seatClass(f.At)+") IN (?) OR ("+seatNeeded(f.At)+"))", bun.List(f.Uses))
	case len(f.Uses) > 0:
		p.and("("+seatClass(f.At)+") IN (?)", bun.List(f.Uses))
	}
	return fetch(ctx, db, p, page, true, func(r SeatRow) SeatRow { return r })
}

// InUse says whether the vendor counts the seat as used.
func (r SeatRow) InUse() purser.Tristate { return tristate(r.Active) }
