package api

import (
	"context"

	"purser"
	"purser/internal/feed"
)

func (a *API) feeds() {
	add(a, call{method: "GET", path: "/applications/{id}/feed", tag: "Applications", id: "getApplicationFeed", op: purser.OpAccountRead,
		does: "Show where the accounts of an application come from, each source, and what was decided"},
		func(ctx context.Context, in *ByID) (*body[purser.FeedState], error) {
			return answer(a.Feeds.State(ctx, in.ID))
		})
	add(a, call{method: "PUT", path: "/applications/{id}/feed", tag: "Applications", id: "chooseApplicationFeed", op: purser.OpApplicationSet,
		does: "Say when an application's own instances replace the identity providers, or go back"},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Feed         string `json:"feed,omitempty" enum:"sso,direct" doc:"sso keeps or goes back to the identity providers, direct ends a parallel run; without it the first complete roster decides"`
				ParallelDays int64  `json:"parallel_days,omitempty" minimum:"0" maximum:"90" doc:"after the first complete roster both are read for so long"`
				Why          string `json:"why,omitempty" maxLength:"2000"`
			}
		}) (*body[purser.FeedState], error) {
			return answer(a.Feeds.Choose(ctx, in.ID, feed.Choice{Feed: purser.Feed(in.Body.Feed), ParallelDays: in.Body.ParallelDays, Why: in.Body.Why}))
		})
	add(a, call{method: "GET", path: "/applications/{id}/feed/differences", tag: "Applications", id: "compareApplicationFeeds", op: purser.OpAccountRead,
		does: "Compare what identity providers say of an application with what its own instances say"},
		func(ctx context.Context, in *struct {
			ByID
			What  string `query:"what" enum:"only_sso,only_direct,status,last_use" doc:"which differences are listed"`
			After string `query:"after" doc:"cursor of the page before"`
			Limit int    `query:"limit" minimum:"1" maximum:"1000" doc:"rows of a page"`
		}) (*body[feed.Differences], error) {
			return answer(a.Feeds.Differences(ctx, in.ID, in.What, purser.Page{After: in.After, Limit: in.Limit}))
		})
}
