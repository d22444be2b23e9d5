package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
)

// AccountQuery is the filter of lists and exports of accounts.
type AccountQuery struct {
	AnyOf
	Query       string   `query:"q" doc:"name, address or identifier"`
	Instance    []string `query:"instance" doc:"identifiers or names; any of them"`
	Connector   string   `query:"connector"`
	Application string   `query:"application" doc:"app_<number>"`
	Kind        []string `query:"kind" doc:"person, guest, robot, shared; any of them"`
	Status      []string `query:"status" doc:"any of them"`
	Use         []string `query:"use" doc:"active, inactive, never, unknown; any of them"`
	Days        int      `query:"days" minimum:"0" maximum:"730" doc:"the threshold of use in days, instead of that of each application"`
	Matched     string   `query:"matched" enum:"yes,no" doc:"linked to a person or not"`
	External    string   `query:"external" enum:"yes,no" doc:"address outside the organization's mail domains or inside"`
	Department  []string `query:"department" doc:"of the person; any of them"`
	ActiveDays  string   `query:"active_days" doc:"3-7: used on so many of the last thirty days"`
	Seat        bool     `query:"seat" doc:"those that hold a seat of a license plan"`
	GiveUp      []string `query:"give_up" doc:"left, idle, needed: what a renewal of the application makes of open accounts; any of them, with application"`
	Removed     bool     `query:"removed" doc:"those that are gone"`
	AsOf        string   `query:"as_of" doc:"YYYY-MM-DD: who had an account at the end of that day (UTC), with the status of that day; notes says what is not known"`
}

// Resolve checks the groups of conditions.
func (q *AccountQuery) Resolve(ctx huma.Context) []error { return q.of(ctx, table.Accounts().Name) }

func (q AccountQuery) filter() inventory.AccountFilter {
	f := inventory.AccountFilter{Query: q.Query, Instances: q.Instance, Connector: q.Connector, Application: q.Application,
		Kinds: q.Kind, Status: q.Status, Use: q.Use, Days: q.Days, Departments: q.Department, Seat: q.Seat, GiveUp: q.GiveUp, ActiveDays: q.ActiveDays, Removed: q.Removed, AsOf: q.AsOf,
		Any: table.AccountFilter(q.address).Any}
	if q.Matched != "" {
		yes := q.Matched == "yes"
		f.Matched = &yes
	}
	if q.External != "" {
		yes := q.External == "yes"
		f.External = &yes
	}
	return f
}

func (a *API) accounts() {
	add(a, call{method: "GET", path: "/accounts", tag: "Accounts", id: "listAccounts", does: "List accounts", op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			Paging
			AccountQuery
		}) (*body[purser.List[purser.Account]], error) {
			return listed(a.Inventory.Accounts(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "GET", path: "/accounts/{id}", tag: "Accounts", id: "getAccount", does: "Show an account", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[purser.Account], error) {
			return answer(a.Inventory.Account(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/accounts/{id}/changes", tag: "Accounts", id: "listAccountChanges", does: "List what changed on an account", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Change]], error) {
			return whole(a.Inventory.AccountChanges(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/accounts/{id}/timeline", tag: "Accounts", id: "listAccountTimeline", op: purser.OpAccountRead,
		does: "List everything that happened to an account, the newest first"},
		func(ctx context.Context, in *TimelineQuery) (*body[inventory.Timeline], error) {
			return listed(a.Inventory.AccountTimeline(ctx, in.ID, in.topics(), in.page()))
		})
	add(a, call{method: "GET", path: "/accounts/{id}/seats", tag: "Accounts", id: "listAccountSeats", does: "List the seats of an account and what they cost in a year", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[purser.PersonSeats], error) {
			return answer(a.Inventory.AccountSeats(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/accounts/{id}/groups", tag: "Accounts", id: "listAccountGroups", does: "List the groups of an account", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Group]], error) {
			return whole(a.Inventory.AccountGroups(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/accounts/{id}/activity", tag: "Accounts", id: "listAccountActivity", does: "List the use by an account, day by day", op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			ByID
			Paging
		}) (*body[purser.List[purser.Activity]], error) {
			return listed(a.Inventory.AccountActivity(ctx, in.ID, in.page()))
		})
	add(a, call{method: "GET", path: "/groups", tag: "Accounts", id: "listGroups", does: "List the groups of an instance", op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			Instance string `query:"instance" required:"true" doc:"identifier or name"`
		}) (*body[items[purser.Group]], error) {
			return whole(a.Inventory.Groups(ctx, in.Instance))
		})
}
