package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// ContractFilter selects contracts; zero fields select every one.
type ContractFilter struct {
	Query        string
	Standings    []purser.ContractStanding
	Decisions    []purser.Decision
	OwnerID      string
	Applications []int64 // about one of them
	From, Until  string  // of the day that the list is ordered by, both inclusive
	Today        string
	Ended        bool             // those that were canceled and are over, too
	Any          []ContractFilter // groups of conditions, of which a row meets one
}

// standingOf is purser.ContractTerms.StandingOn as SQL: its arguments are today
// three times, and today with the days that count as near.
const standingOf = `(CASE WHEN c.end_on <> '' AND c.end_on < ? THEN CASE WHEN c.decision = 'cancel' THEN 'ended' ELSE 'over' END
	WHEN c.decision <> 'undecided' THEN 'decided' WHEN c.due_on < ? THEN 'overdue' WHEN c.due_on <= ? THEN 'due' ELSE 'running' END)`

// Contracts returns one page of contracts, those first of which the deadline is
// longest past or comes next.
func Contracts(ctx context.Context, db bun.IDB, f ContractFilter, page purser.Page, count bool) (purser.List[ContractRow], error) {
	p := &pager{id: "c.no", from: "contract c", first: "due", columns: contractColumns,
		orders: map[string]order{"due": {expr: "c.due_on"}, "name": {expr: "c.name_key"}, "end": {expr: "c.end_on"}}}
	asked := len(f.Standings) > 0 || slices.ContainsFunc(f.Any, func(g ContractFilter) bool { return len(g.Standings) > 0 })
	if !f.Ended && !asked {
		p.and("NOT (c.decision = 'cancel' AND c.end_on <> '' AND c.end_on < ?)", f.Today)
	}
	f.narrow(p)
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g) })
	return fetch(ctx, db, p, page, count, func(r ContractRow) ContractRow { return r })
}

// narrow adds the conditions that may also stand in a group.
func (f ContractFilter) narrow(p *pager) {
	p.contains(f.Query, "c.name", "c.vendor", "c.po_number")
	soon := purser.AddDays(f.Today, purser.DueDays)
	if len(f.Standings) > 0 {
		p.and(standingOf+" IN (?)", f.Today, f.Today, soon, bun.List(f.Standings))
	}
	if len(f.Decisions) > 0 {
		p.and("c.decision IN (?)", bun.List(f.Decisions))
	}
	if f.OwnerID != "" {
		p.and("c.owner_id = ?", f.OwnerID)
	}
	if len(f.Applications) > 0 {
		p.and("c.no IN (SELECT x.contract_no FROM contract_application x WHERE x.saas_no IN (?))", bun.List(f.Applications))
	}
	if f.From != "" {
		p.and("c.due_on >= ?", f.From)
	}
	if f.Until != "" {
		p.and("c.due_on <= ?", f.Until)
	}
}

// ContractsToRemind returns undecided contracts whose notice deadline lies from one
// day to another, at most limit of them after a number.
func ContractsToRemind(ctx context.Context, db bun.IDB, from, until string, after int64, limit int) (rows []ContractRow, err error) {
	err = db.NewRaw("SELECT "+contractColumns+` FROM contract c WHERE c.decision = 'undecided' AND c.notice_on <> '' AND c.due_on >= ? AND c.due_on <= ?
		AND c.no > ? ORDER BY c.no LIMIT ?`, from, until, after, limit).Scan(ctx, &rows)
	return rows, err
}
