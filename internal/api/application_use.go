package api

import (
	"context"

	"purser"
	"purser/internal/inventory"
)

// applicationUse has a name of its own in the API's description: accounts have a use, too.
type applicationUse inventory.Use

func (a *API) applicationUse() {
	add(a, call{method: "GET", path: "/applications/{id}/use", tag: "Applications", id: "getApplicationUse", op: purser.OpAccountRead,
		does: "Say how an application is used, how that is known, and what other thresholds would select"},
		func(ctx context.Context, in *struct {
			ByID
			Days int `query:"days" doc:"a threshold to look at beside the usual ones, in days; nothing changes" minimum:"0" maximum:"730"`
		}) (*body[applicationUse], error) {
			use, err := a.Inventory.ApplicationUse(ctx, in.ID, in.Days)
			return answer(applicationUse(use), err)
		})
	add(a, call{method: "PUT", path: "/applications/{id}/threshold", tag: "Applications", id: "setApplicationThreshold", op: purser.OpApplicationSet, status: 204,
		does: "Set after how many days without use an account is inactive"},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Days int `json:"days" minimum:"1" maximum:"730"`
			}
		}) (*empty, error) {
			return done(a.Inventory.SetThreshold(ctx, in.ID, in.Body.Days))
		})
}
