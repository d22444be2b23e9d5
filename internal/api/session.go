package api

import (
	"context"

	"purser"
	"purser/internal/login"
)

// me is who asks.
type me struct {
	Kind purser.ActorKind   `json:"kind"`
	ID   string             `json:"id"`
	Name string             `json:"name"`
	Role purser.Role        `json:"role"`
	May  []purser.Operation `json:"may"` // what the one who asks may do
}

func (a *API) sessions() {
	add(a, call{method: "GET", path: "/me", tag: "Sessions", id: "me", does: "Say who asks and what they may do", op: purser.OpCatalogRead},
		func(ctx context.Context, _ *none) (*body[me], error) {
			actor, _ := purser.ActorFrom(ctx)
			return answer(me{Kind: actor.Kind, ID: actor.ID, Name: actor.Name, Role: actor.Role, May: a.Login.May(actor)}, nil)
		})
	add(a, call{method: "GET", path: "/sessions", tag: "Sessions", id: "listSessions", does: "List one's own sessions", op: purser.OpSessionOwn},
		func(ctx context.Context, _ *none) (*body[items[login.Session]], error) {
			return whole(a.Login.Sessions(ctx))
		})
	add(a, call{method: "DELETE", path: "/sessions/{id}", tag: "Sessions", id: "revokeSession", does: "End one of one's own sessions",
		op: purser.OpSessionOwn, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Login.RevokeSession(ctx, in.ID)) })
	add(a, call{method: "DELETE", path: "/sessions", tag: "Sessions", id: "revokeOtherSessions", does: "End one's other sessions",
		op: purser.OpSessionOwn, status: 204},
		func(ctx context.Context, _ *none) (*empty, error) { return done(a.Login.RevokeOtherSessions(ctx)) })
	add(a, call{method: "GET", path: "/identities", tag: "Sessions", id: "listIdentities", does: "List who one is at providers of OpenID Connect", op: purser.OpSessionOwn},
		func(ctx context.Context, _ *none) (*body[items[login.Identity]], error) {
			return whole(a.Login.Identities(ctx))
		})
	add(a, call{method: "DELETE", path: "/identities", tag: "Sessions", id: "disconnectIdentity", does: "End one's sign-in by a provider",
		op: purser.OpSessionOwn, status: 204, proof: true},
		func(ctx context.Context, in *struct {
			Issuer string `query:"issuer" required:"true"`
		}) (*empty, error) {
			return done(a.Login.Unbind(ctx, in.Issuer))
		})
	add(a, call{method: "PUT", path: "/password", tag: "Sessions", id: "changePassword", does: "Change one's own password; other sessions end",
		op: purser.OpSessionOwn, status: 204},
		func(ctx context.Context, in *struct {
			Body struct {
				Current string `json:"current"`
				Next    string `json:"next" minLength:"12"`
			}
		}) (*empty, error) {
			return done(a.Login.ChangePassword(ctx, in.Body.Current, in.Body.Next))
		})
}
