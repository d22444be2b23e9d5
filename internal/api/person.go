package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
)

// PersonQuery is the filter of lists and exports of people.
type PersonQuery struct {
	AnyOf
	Query      string   `query:"q" doc:"name or address"`
	Instance   string   `query:"instance" doc:"identifier or name"`
	Employment []string `query:"employment" doc:"any of them"`
	Department []string `query:"department" doc:"any of them"`
	Leavers    bool     `query:"leavers_with_access" doc:"those who left and still have accounts"`
	Removed    bool     `query:"removed" doc:"those that are gone from their source"`
	Has        []string `query:"has" doc:"app_<number>: those with an open account in each of them, of their own or through an identity provider"`
	Uses       []string `query:"uses" doc:"app_<number>: those who use each of them, within its threshold"`
	Disputed   bool     `query:"disputed" doc:"those of whom sources say different things"`
}

// Resolve checks the groups of conditions.
func (q *PersonQuery) Resolve(ctx huma.Context) []error { return q.of(ctx, table.People().Name) }

func (q PersonQuery) filter() inventory.PersonFilter {
	return inventory.PersonFilter{Query: q.Query, InstanceID: q.Instance, Employment: q.Employment, Department: q.Department,
		LeaversWithAccess: q.Leavers, Removed: q.Removed, Disputed: q.Disputed, Has: q.Has, Uses: q.Uses, Any: table.PersonFilter(q.address).Any}
}

// RecentQuery is the filter of what changed lately.
type RecentQuery struct {
	AnyOf
	What        []string `query:"what" doc:"joined, left, employment, account_added, account_gone, account_returned, account_status, seat_given, seat_taken; any of them"`
	Instance    []string `query:"instance" doc:"identifiers or names; any of them"`
	Application string   `query:"application" doc:"app_<number>"`
	From        string   `query:"from" doc:"found from this day on (UTC); the last seven days if no day is named"`
	To          string   `query:"to" doc:"found up to this day (UTC)"`
}

// Resolve checks the groups of conditions.
func (q *RecentQuery) Resolve(ctx huma.Context) []error { return q.of(ctx, table.Changes().Name) }

func (q RecentQuery) filter() (f inventory.RecentFilter, err error) {
	f = inventory.RecentFilter{What: q.What, Instances: q.Instance, Application: q.Application, Any: table.ChangeFilter(q.address, time.UTC).Any}
	f.From, f.To, err = purser.Days(q.From, q.To, time.UTC)
	return f, err
}

func (a *API) people() {
	add(a, call{method: "GET", path: "/people", tag: "People", id: "listPeople", does: "List people", op: purser.OpPersonRead},
		func(ctx context.Context, in *struct {
			Paging
			PersonQuery
		}) (*body[purser.List[purser.Person]], error) {
			return listed(a.Inventory.People(ctx, in.filter(), in.page()))
		})
	a.accessMatrix()
	add(a, call{method: "GET", path: "/changes", tag: "People", id: "listRecentChanges", op: purser.OpPersonRead,
		does: "List what readings found to be otherwise of people, accounts and seats, the newest first, with counts by day"},
		func(ctx context.Context, in *struct {
			Paging
			RecentQuery
		}) (*body[inventory.Recent], error) {
			f, err := in.filter()
			if err != nil {
				return nil, err
			}
			return answer(a.Inventory.Recent(ctx, f, in.page()))
		})
	add(a, call{method: "GET", path: "/people/{id}", tag: "People", id: "getPerson", does: "Show a person", op: purser.OpPersonRead},
		func(ctx context.Context, in *ByID) (*body[purser.Person], error) {
			return answer(a.Inventory.Person(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/people/{id}/accounts", tag: "People", id: "listPersonAccounts", does: "List the accounts of a person", op: purser.OpPersonRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Account]], error) {
			return whole(a.Inventory.PersonAccounts(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/people/{id}/seats", tag: "People", id: "listPersonSeats", does: "List the seats of a person and what they cost in a year", op: purser.OpPersonRead},
		func(ctx context.Context, in *ByID) (*body[purser.PersonSeats], error) {
			return answer(a.Inventory.PersonSeats(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/people/{id}/changes", tag: "People", id: "listPersonChanges", does: "List what changed about a person", op: purser.OpPersonRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Change]], error) {
			return whole(a.Inventory.PersonChanges(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/people/{id}/timeline", tag: "People", id: "listPersonTimeline", op: purser.OpPersonRead,
		does: "List everything that happened to a person and the accounts of the person, the newest first"},
		func(ctx context.Context, in *TimelineQuery) (*body[inventory.Timeline], error) {
			return listed(a.Inventory.PersonTimeline(ctx, in.ID, in.topics(), in.page()))
		})
}

// TimelineQuery asks for a part of a timeline.
type TimelineQuery struct {
	ByID
	Paging
	Topic []string `query:"topic" doc:"account, status, group, seat, application, employment, manager, department, detail; any of them"`
}

func (q TimelineQuery) topics() []purser.Topic {
	out := make([]purser.Topic, len(q.Topic))
	for i, t := range q.Topic {
		out[i] = purser.Topic(t)
	}
	return out
}
