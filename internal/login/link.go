package login

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Purpose of a one-time link.
type Purpose string

// The purposes.
const (
	PurposeFirstAdmin Purpose = "first_admin" // while there is no admin
	PurposeAdmin      Purpose = "admin"       // the way back in, made on the host
	PurposeInvite     Purpose = "invite"      // makes the user it names
	PurposeSignIn     Purpose = "sign_in"     // signs the user in that it names
)

// Link says what a one-time link is for.
type Link struct {
	Purpose   Purpose     `json:"purpose"`
	Email     string      `json:"email,omitempty"` // "" where the one who opens it says it
	Role      purser.Role `json:"role"`
	ExpiresAt time.Time   `json:"expires_at"`
}

// FirstAdminLink returns the path of the link that makes the first admin, and ""
// once there is one. Earlier such links end. Only Purser's own start asks for it.
func (s *Service) FirstAdminLink(ctx context.Context) (path string, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		admins, err := store.CountUsers(ctx, tx, purser.RoleAdmin)
		if err != nil || admins > 0 {
			return err
		}
		if _, err := store.DeleteInvitations(ctx, tx, string(PurposeFirstAdmin), ""); err != nil {
			return err
		}
		path, _, err = s.link(ctx, tx, PurposeFirstAdmin, "", purser.RoleAdmin, AdminLinkLife)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("making the link for the first admin: %w", err)
	}
	return path, nil
}

// AdminLink returns the path of a link that makes a new admin, or makes an
// existing user an admin with a new password. Only a user of the host may ask.
func (s *Service) AdminLink(ctx context.Context) (path string, err error) {
	if err := s.hostOnly(ctx, "admin links are"); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := store.DeleteInvitations(ctx, tx, string(PurposeAdmin), ""); err != nil {
			return err
		}
		path, _, err = s.link(ctx, tx, PurposeAdmin, "", purser.RoleAdmin, AdminLinkLife)
		return err
	})
	return path, err
}

// OneTimeSignIn returns the path of a link that signs in as the user with that
// address, who is made with that name and role if there is none.
func (s *Service) OneTimeSignIn(ctx context.Context, email, name string, role purser.Role) (path string, err error) {
	if err := s.hostOnly(ctx, "sign-in links are"); err != nil {
		return "", err
	}
	if email, err = cleanEmail(email); err != nil {
		return "", err
	}
	if err := checkRole(role); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, ok, err := store.UserByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		if !ok {
			if _, err := s.insertUser(ctx, tx, email, name, role, ""); err != nil {
				return err
			}
		}
		path, _, err = s.link(ctx, tx, PurposeSignIn, email, role, AdminLinkLife)
		return err
	})
	return path, err
}

func (s *Service) hostOnly(ctx context.Context, what string) error {
	actor, ok := purser.ActorFrom(ctx)
	if ok && (actor.Kind == purser.ActorHost || actor.Kind == purser.ActorSystem) {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemForbidden, What: what + " made on the server itself",
		Hint: "Run `purser admin link` there, as the user that Purser runs as"}
}

// link keeps a new one-time link and notes it in the audit log.
func (s *Service) link(ctx context.Context, tx bun.Tx, p Purpose, email string, role purser.Role, life time.Duration) (path string, row store.Invitation, err error) {
	secret, err := newSecret(s.rand)
	if err != nil {
		return "", row, err
	}
	actor, _ := purser.ActorFrom(ctx)
	row = store.Invitation{Hash: digest(secret), ID: s.ids.New(purser.PrefixInvitation), Purpose: string(p), Email: email, Role: role,
		InvitedBy: me(actor), CreatedAt: purser.MicrosOf(s.now()), ExpiresAt: purser.MicrosOf(s.now().Add(life))}
	if err := store.InsertInvitation(ctx, tx, row); err != nil {
		return "", row, err
	}
	err = audit.Append(ctx, tx, audit.Entry{Operation: purser.OpUserWrite, Object: row.ID, ObjectName: email, At: s.now(),
		After: map[string]any{"event": "one-time link made", "purpose": string(p), "role": string(role), "expires_at": row.ExpiresAt.Time()}})
	return "/setup?token=" + url.QueryEscape(secret), row, err
}

// Link returns what the link with that token is for, without using it up.
func (s *Service) Link(ctx context.Context, token string) (Link, error) {
	row, ok, err := store.InvitationByHash(ctx, s.db.Read(), digest(token))
	if err != nil {
		return Link{}, fmt.Errorf("looking up the link: %w", err)
	}
	if !ok || s.now().After(row.ExpiresAt.Time()) {
		return Link{}, s.linkOver()
	}
	return Link{Purpose: Purpose(row.Purpose), Email: row.Email, Role: row.Role, ExpiresAt: row.ExpiresAt.Time()}, nil
}

func (s *Service) linkOver() *purser.Problem {
	return &purser.Problem{Kind: purser.ProblemForbidden, Field: "token", What: "this link was used already, or it is too old",
		Hint: "Ask for a new one: an admin invites, and `purser admin link` on the server makes an admin's"}
}
