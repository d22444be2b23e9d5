package api

import (
	"context"

	"purser"
	"purser/internal/feed"
)

// Feeds is where the accounts of applications come from; package feed is one.
type Feeds interface {
	Integrated(ctx context.Context, instance string, f feed.Filter, p purser.Page) (purser.List[purser.IntegratedApplication], error)
	IntegratedByID(ctx context.Context, id string) (purser.IntegratedApplication, error)
	Suggest(ctx context.Context, id, query string) ([]feed.Candidate, error)
	Match(ctx context.Context, id string, in feed.MatchInput) (purser.IntegratedApplication, error)
	Manage(ctx context.Context, applications []string, why string) (feed.Managed, error)
	Unmanage(ctx context.Context, applications []string, why string) (feed.Managed, error)
	State(ctx context.Context, id string) (purser.FeedState, error)
	Choose(ctx context.Context, id string, c feed.Choice) (purser.FeedState, error)
	Differences(ctx context.Context, id, what string, p purser.Page) (feed.Differences, error)
}

// Chosen are applications that are to be managed, or no longer.
type Chosen struct {
	Body struct {
		Applications []string `json:"applications" minItems:"1" maxItems:"500" doc:"app_<number>"`
		Why          string   `json:"why,omitempty" maxLength:"2000" doc:"kept with the change"`
	}
}

func (a *API) integrated() {
	add(a, call{method: "GET", path: "/instances/{id}/integrated-applications", tag: "Applications", id: "listIntegratedApplications",
		does: "List what an instance of an identity provider serves, and what that is", op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			ByID
			Paging
			Query        string   `query:"q" doc:"name"`
			Status       []string `query:"status" doc:"of the application; any of them"`
			Managed      string   `query:"managed" enum:"yes,no" doc:"yes or no"`
			Unidentified bool     `query:"unidentified" doc:"only what nobody recognized"`
		}) (*body[purser.List[purser.IntegratedApplication]], error) {
			f := feed.Filter{Query: in.Query, Status: in.Status, Unidentified: in.Unidentified}
			if in.Managed != "" {
				f.Managed = new(in.Managed == "yes")
			}
			return listed(a.Feeds.Integrated(ctx, in.ID, f, in.page()))
		})
	add(a, call{method: "GET", path: "/integrated-applications/{id}", tag: "Applications", id: "getIntegratedApplication", op: purser.OpAccountRead,
		does: "Show one application that an identity provider serves"},
		func(ctx context.Context, in *ByID) (*body[purser.IntegratedApplication], error) {
			return answer(a.Feeds.IntegratedByID(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/integrated-applications/{id}/suggestions", tag: "Applications", id: "suggestMatch", op: purser.OpAccountRead,
		does: "List what an integrated application could be"},
		func(ctx context.Context, in *struct {
			ByID
			Query string `query:"q" doc:"part of a name"`
		}) (*body[items[feed.Candidate]], error) {
			return whole(a.Feeds.Suggest(ctx, in.ID, in.Query))
		})
	add(a, call{method: "PUT", path: "/integrated-applications/{id}/match", tag: "Applications", id: "matchIntegratedApplication", op: purser.OpApplicationSet,
		does: "Say what an integrated application is; it is remembered and wins for ever"},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Application string `json:"application,omitempty" doc:"app_<number>; one of the three is set"`
				Library     string `json:"library,omitempty" doc:"a name of the library"`
				Name        string `json:"name,omitempty" maxLength:"200" doc:"an application of its own"`
			}
		}) (*body[purser.IntegratedApplication], error) {
			return answer(a.Feeds.Match(ctx, in.ID, feed.MatchInput{Application: in.Body.Application, Library: in.Body.Library, Name: in.Body.Name}))
		})
	add(a, call{method: "POST", path: "/applications/manage", tag: "Applications", id: "manageApplications", op: purser.OpApplicationSet,
		does: "Manage applications: identity providers that serve them feed them from now on"},
		func(ctx context.Context, in *Chosen) (*body[feed.Managed], error) {
			return answer(a.Feeds.Manage(ctx, in.Body.Applications, in.Body.Why))
		})
	add(a, call{method: "POST", path: "/applications/unmanage", tag: "Applications", id: "unmanageApplications", op: purser.OpApplicationSet,
		does: "Manage applications no longer: what was read stays as history and is in no count"},
		func(ctx context.Context, in *Chosen) (*body[feed.Managed], error) {
			return answer(a.Feeds.Unmanage(ctx, in.Body.Applications, in.Body.Why))
		})
}
