package api

import (
	"context"

	"purser"
	"purser/internal/connect"
)

func (a *API) instanceCalls() {
	add(a, call{method: "GET", path: "/instances/{id}/calls", tag: "Instances", id: "listCalls", does: "List every host and path that was asked, with counts", op: purser.OpRunRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Call]], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return whole(a.Connect.Calls(ctx, id))
		})
	add(a, call{method: "GET", path: "/instances/{id}/permissions", tag: "Instances", id: "getPermissions",
		does: "Show what was granted, and what of it nothing used in 90 days", op: purser.OpInstanceRead},
		func(ctx context.Context, in *ByID) (*body[connect.Permissions], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return answer(a.Connect.Permissions(ctx, id))
		})
}
