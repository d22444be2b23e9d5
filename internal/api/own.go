package api

import (
	"context"

	"purser"
	"purser/internal/own"
)

// Own looks after connectors of the operator's own; package own does.
type Own interface {
	List(ctx context.Context) ([]own.Connector, error)
	Trust(ctx context.Context, name, digest string) error
}

func (a *API) ownConnectors() {
	add(a, call{method: "GET", path: "/own-connectors", tag: "Connectors", id: "listOwnConnectors",
		does: "List the connectors of the server's own folder: what they call and write, what changed since they were trusted", op: purser.OpCatalogRead},
		func(ctx context.Context, _ *none) (*body[items[own.Connector]], error) { return whole(a.Own.List(ctx)) })
	add(a, call{method: "POST", path: "/own-connectors/{name}/trust", tag: "Connectors", id: "trustOwnConnector",
		does: "Trust a connector as it was looked at", op: purser.OpConnectorTrust, status: 204},
		func(ctx context.Context, in *struct {
			Name string `path:"name"`
			Body struct {
				Digest string `json:"digest" doc:"of what was looked at"`
			}
		}) (*empty, error) {
			return done(a.Own.Trust(ctx, in.Name, in.Body.Digest))
		})
}
