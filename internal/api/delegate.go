package api

import (
	"context"

	"purser"
	"purser/internal/connect"
	"purser/internal/httpd"
)

// madeLink is a new link; its address is told this once.
type madeLink struct {
	connect.Delegation
	URL string `json:"url"`
}

func (a *API) delegations() {
	add(a, call{method: "POST", path: "/instances/{id}/delegations", tag: "Credentials", id: "createDelegation", status: 201, creates: true,
		does: "Make a one-time link with which a vendor's administrator completes this connection", op: purser.OpCredentialSet},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Note string `json:"note,omitempty" maxLength:"200" doc:"for whom it is"`
			}
		}) (*body[madeLink], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			path, d, err := a.Connect.Delegate(ctx, id, in.Body.Note)
			return answer(madeLink{Delegation: d, URL: httpd.PublicURL(ctx) + path}, err)
		})
	add(a, call{method: "GET", path: "/instances/{id}/delegations", tag: "Credentials", id: "listDelegations", does: "List the links that were made for a connection",
		op: purser.OpInstanceRead},
		func(ctx context.Context, in *ByID) (*body[items[connect.Delegation]], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return whole(a.Connect.Delegations(ctx, id))
		})
	add(a, call{method: "DELETE", path: "/delegations/{id}", tag: "Credentials", id: "revokeDelegation", does: "Take a link back", op: purser.OpCredentialSet, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) {
			return done(a.Connect.RevokeDelegation(ctx, in.ID))
		})
}
