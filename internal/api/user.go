package api

import (
	"context"
	"time"

	"purser"
	"purser/internal/httpd"
	"purser/internal/login"
)

func (a *API) users() {
	add(a, call{method: "GET", path: "/users", tag: "Users", id: "listUsers", does: "List the users of Purser", op: purser.OpUserRead},
		func(ctx context.Context, _ *none) (*body[items[login.User]], error) { return whole(a.Login.Users(ctx)) })
	add(a, call{method: "PATCH", path: "/users/{id}", tag: "Users", id: "setUserRole", does: "Give a user another role", op: purser.OpUserWrite, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Role purser.Role `json:"role" enum:"admin,operator,finance,auditor"`
			}
		}) (*empty, error) {
			return done(a.Login.SetRole(ctx, in.ID, in.Body.Role))
		})
	add(a, call{method: "DELETE", path: "/users/{id}", tag: "Users", id: "removeUser", does: "Remove a user with their sessions and tokens",
		op: purser.OpUserWrite, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Login.RemoveUser(ctx, in.ID)) })
	add(a, call{method: "POST", path: "/admin-link", tag: "Users", id: "makeAdminLink",
		does: "Make a one-time link that makes an admin (over the server's own socket only)", op: purser.OpUserWrite, status: 201},
		func(ctx context.Context, _ *none) (*body[link], error) {
			path, err := a.Login.AdminLink(ctx)
			return answer(link{URL: httpd.PublicURL(ctx) + path, ExpiresAt: a.now().Add(login.AdminLinkLife)}, err)
		})
}

// link is a one-time link.
type link struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// invited is an invitation with the link to hand on, shown this once.
type invited struct {
	login.Invitation
	URL string `json:"url"`
}

func (a *API) invitations() {
	add(a, call{method: "GET", path: "/invitations", tag: "Users", id: "listInvitations", does: "List open invitations", op: purser.OpUserRead},
		func(ctx context.Context, _ *none) (*body[items[login.Invitation]], error) {
			return whole(a.Login.Invitations(ctx))
		})
	add(a, call{method: "POST", path: "/invitations", tag: "Users", id: "invite", does: "Invite somebody; the answer holds the link, once",
		op: purser.OpUserWrite, status: 201},
		func(ctx context.Context, in *struct {
			Body struct {
				Email string      `json:"email" format:"email" maxLength:"200"`
				Role  purser.Role `json:"role" enum:"admin,operator,finance,auditor"`
			}
		}) (*body[invited], error) {
			path, inv, err := a.Login.Invite(ctx, in.Body.Email, in.Body.Role)
			return answer(invited{Invitation: inv, URL: httpd.PublicURL(ctx) + path}, err)
		})
	add(a, call{method: "DELETE", path: "/invitations/{id}", tag: "Users", id: "withdrawInvitation", does: "Withdraw an invitation",
		op: purser.OpUserWrite, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Login.Withdraw(ctx, in.ID)) })
}
