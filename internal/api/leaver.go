package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/leaver"
	"purser/internal/table"
)

// Leavers keeps checklists of people who leave; package leaver does.
type Leavers interface {
	Access(ctx context.Context, f leaver.AccessFilter, p purser.Page) (purser.List[purser.LeaverAccess], error)
	List(ctx context.Context, f leaver.Filter, p purser.Page) (purser.List[purser.LeaverChecklist], error)
	Checklist(ctx context.Context, id string) (purser.LeaverChecklist, error)
	Start(ctx context.Context, person string) (purser.LeaverChecklist, error)
	Set(ctx context.Context, id string, c leaver.Change) (purser.LeaverChecklist, error)
}

// LeaverQuery selects accounts of people who left.
type LeaverQuery struct {
	AnyOf
	Query      string   `query:"q" doc:"name or address of the account or the person"`
	Instance   []string `query:"instance" doc:"identifiers or names; any of them"`
	Status     []string `query:"status" doc:"of the account; any of them"`
	Department []string `query:"department" doc:"of the person; any of them"`
	Admin      []string `query:"admin" enum:"yes,no,unknown" doc:"administrators' accounts, the others, or those of which nobody knows; any of them"`
	Local      string   `query:"local" enum:"yes,no" doc:"with a sign-in of their own, or given by an identity provider"`
	Checklist  string   `query:"checklist" enum:"yes,no" doc:"with a checklist that is not closed, or without"`
}

// Resolve checks the groups of conditions.
func (q *LeaverQuery) Resolve(ctx huma.Context) []error { return q.of(ctx, table.Leavers().Name) }

func (q LeaverQuery) filter() leaver.AccessFilter {
	f := leaver.AccessFilter{Query: q.Query, Instances: q.Instance, Status: q.Status, Departments: q.Department, Admin: q.Admin, Any: table.LeaverFilter(q.address).Any}
	for _, x := range []struct {
		asked string
		to    **bool
	}{{q.Local, &f.Local}, {q.Checklist, &f.Checklist}} {
		if x.asked != "" {
			yes := x.asked == "yes"
			*x.to = &yes
		}
	}
	return f
}

func (a *API) leavers() {
	const tag = "Leavers"
	add(a, call{method: "GET", path: "/leavers", tag: tag, id: "listLeaversAccess", op: purser.OpNameRead,
		does: "List the accounts of people who left that still let somebody in: administrators and sign-ins of their own first"},
		func(ctx context.Context, in *struct {
			Paging
			LeaverQuery
		}) (*body[purser.List[purser.LeaverAccess]], error) {
			return listed(a.Leavers.Access(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "GET", path: "/leaver-checklists", tag: tag, id: "listLeaverChecklists", does: "List checklists of people who leave, the newest first", op: purser.OpNameRead},
		func(ctx context.Context, in *struct {
			Paging
			State    string `query:"state" enum:"open,closed," doc:"all if it is left out"`
			Assignee string `query:"assignee" doc:"usr_…, or me"`
			Person   string `query:"person" doc:"per_<number>"`
		}) (*body[purser.List[purser.LeaverChecklist]], error) {
			return listed(a.Leavers.List(ctx, leaver.Filter{State: in.State, Assignee: in.Assignee, Person: in.Person}, in.page()))
		})
	add(a, call{method: "GET", path: "/leaver-checklists/{id}", tag: tag, id: "getLeaverChecklist", does: "Show a checklist: what is open, said to be done, and verified by later data", op: purser.OpNameRead},
		func(ctx context.Context, in *ByID) (*body[purser.LeaverChecklist], error) {
			return answer(a.Leavers.Checklist(ctx, in.ID))
		})
	add(a, call{method: "POST", path: "/people/{id}/leaver-checklist", tag: tag, id: "startLeaverChecklist", op: purser.OpLeaverWrite,
		does: "Start the checklist of a person, or show the one that is not closed yet"},
		func(ctx context.Context, in *ByID) (*body[purser.LeaverChecklist], error) {
			return answer(a.Leavers.Start(ctx, in.ID))
		})
	add(a, call{method: "POST", path: "/leaver-checklists/{id}/items", tag: tag, id: "setLeaverItems", does: "Say whose task accounts are, and that they are done or not", op: purser.OpLeaverWrite},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Items    []string `json:"items" minItems:"1" maxItems:"1000" doc:"lvi_<number>"`
				Done     *bool    `json:"done,omitempty" doc:"said to be done; only data verifies it"`
				Assignee *string  `json:"assignee,omitempty" doc:"usr_… or an address; empty: nobody"`
				Note     *string  `json:"note,omitempty" maxLength:"1000"`
			}
		}) (*body[purser.LeaverChecklist], error) {
			b := in.Body
			return answer(a.Leavers.Set(ctx, in.ID, leaver.Change{Items: b.Items, Done: b.Done, Assignee: b.Assignee, Note: b.Note}))
		})
}
