package api

import (
	"context"

	"purser"
	"purser/internal/inventory"
)

// PersonQuery is the filter of lists and exports of people.
type PersonQuery struct {
	Query      string   `query:"q" doc:"name or address"`
	Instance   string   `query:"instance" doc:"identifier or name"`
	Employment []string `query:"employment" doc:"any of them"`
	Department []string `query:"department" doc:"any of them"`
	Leavers    bool     `query:"leavers_with_access" doc:"those who left and still have accounts"`
	Removed    bool     `query:"removed" doc:"those that are gone from their source"`
	Disputed   bool     `query:"disputed" doc:"those of whom sources say different things"`
}

func (q PersonQuery) filter() inventory.PersonFilter {
	return inventory.PersonFilter{Query: q.Query, InstanceID: q.Instance, Employment: q.Employment, Department: q.Department,
		LeaversWithAccess: q.Leavers, Removed: q.Removed, Disputed: q.Disputed}
}

func (a *API) people() {
	add(a, call{method: "GET", path: "/people", tag: "People", id: "listPeople", does: "List people", op: purser.OpPersonRead},
		func(ctx context.Context, in *struct {
			Paging
			PersonQuery
		}) (*body[purser.List[purser.Person]], error) {
			return listed(a.Inventory.People(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "GET", path: "/access-matrix", tag: "People", id: "accessMatrix", op: purser.OpPersonRead,
		does: "Show who has an account where: a page of people by applications, at most twelve of them"},
		func(ctx context.Context, in *struct {
			Paging
			PersonQuery
			Application []string `query:"application" maxItems:"12" doc:"app_<number>; those that most people have if none"`
		}) (*body[inventory.AccessMatrix], error) {
			return answer(a.Inventory.Access(ctx, inventory.AccessFilter{People: in.filter(), Applications: in.Application}, in.page()))
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
