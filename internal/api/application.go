package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
)

// ApplicationQuery is the filter of lists and exports of applications.
type ApplicationQuery struct {
	AnyOf
	Query    string   `query:"q" doc:"name"`
	Status   []string `query:"status" doc:"new, in_review, managed, accepted, ignored, closing, closed; any of them"`
	Read     []string `query:"read" doc:"how it is read: direct (an instance of its own), sso (an identity provider serves it); any of them"`
	Category []string `query:"category" doc:"of the library, such as Communication; any of them"`
}

// Resolve checks the groups of conditions.
func (q *ApplicationQuery) Resolve(ctx huma.Context) []error {
	return q.of(ctx, table.Applications().Name)
}

func (q ApplicationQuery) filter() inventory.ApplicationFilter {
	return inventory.ApplicationFilter{Query: q.Query, Status: q.Status, Read: q.Read, Category: q.Category, Any: table.ApplicationFilter(q.address).Any}
}

func (a *API) applications() {
	add(a, call{method: "GET", path: "/applications", tag: "Applications", id: "listApplications", does: "List applications with their use", op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			Paging
			ApplicationQuery
		}) (*body[purser.List[purser.Application]], error) {
			return listed(a.Inventory.Applications(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "GET", path: "/applications/{id}", tag: "Applications", id: "getApplication", does: "Show an application", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[purser.Application], error) {
			return answer(a.Inventory.Application(ctx, in.ID))
		})
	add(a, call{method: "PATCH", path: "/applications/{id}", tag: "Applications", id: "setApplication", does: "Set status, owner and note of an application; what is not sent stays",
		op: purser.OpApplicationSet, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Status *string `json:"status,omitempty" enum:"new,in_review,managed,accepted,ignored,closing,closed"`
				Owner  *string `json:"owner,omitempty" maxLength:"200" doc:"a user's id, empty for nobody"`
				Note   *string `json:"note,omitempty" maxLength:"2000"`
				Why    string  `json:"why,omitempty" maxLength:"2000" doc:"kept with the change of status"`
			}
		}) (*empty, error) {
			return done(a.Inventory.SetApplication(ctx, in.ID, inventory.ApplicationChange{Status: in.Body.Status, Owner: in.Body.Owner, Note: in.Body.Note, Why: in.Body.Why}))
		})
	add(a, call{method: "GET", path: "/applications/{id}/timeline", tag: "Applications", id: "listApplicationTimeline", op: purser.OpAccountRead,
		does: "List the latest hundred changes of an application's accounts"},
		func(ctx context.Context, in *ByID) (*body[items[purser.TimelineEntry]], error) {
			return whole(a.Inventory.ApplicationTimeline(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/applications/{id}/activity", tag: "Applications", id: "listApplicationActivity", does: "List the use of an application, day by day",
		op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			ByID
			Paging
			From string `query:"from" doc:"from this day on (UTC)"`
			To   string `query:"to" doc:"up to this day (UTC)"`
		}) (*body[purser.List[purser.Activity]], error) {
			return listed(a.Inventory.ApplicationActivity(ctx, in.ID, inventory.DaySpan{From: in.From, Until: in.To}, in.page()))
		})
}
