package login

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Redeem uses a one-time link up and returns the cookie of a new session. Name
// and password are for links that make a user; email only where the link does not
// name it; a sign-in link needs none of them.
func (s *Service) Redeem(ctx context.Context, token, name, email, password, origin string) (cookie string, err error) {
	link, err := s.Link(ctx, token)
	if err != nil {
		return "", err
	}
	if link.Purpose == PurposeInvite { // what was made on the host works whatever the policy says
		if err := s.passwordsOn(ctx); err != nil {
			return "", err
		}
	}
	if link.Email != "" {
		email = link.Email
	}
	if email, err = cleanEmail(email); err != nil {
		return "", err
	}
	var hash string
	if link.Purpose != PurposeSignIn {
		if name, err = cleanName(name, "name"); err != nil {
			return "", err
		}
		if err := checkPassword(password, email); err != nil {
			return "", err
		}
		if hash, err = s.hasher.hash(ctx, password); err != nil {
			return "", err
		}
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		mine, err := store.TakeInvitation(ctx, tx, digest(token))
		if err != nil {
			return fmt.Errorf("using up the link: %w", err)
		}
		if !mine {
			return s.linkOver()
		}
		userID, err := s.redeemed(ctx, tx, link, email, name, hash, origin)
		if err != nil {
			return err
		}
		cookie, err = s.begin(ctx, tx, userID, origin, WayLink)
		return err
	})
	return cookie, err
}

// AcceptInvitation is Redeem for an invitation.
func (s *Service) AcceptInvitation(ctx context.Context, token, name, password, origin string) (cookie string, err error) {
	return s.Redeem(ctx, token, name, "", password, origin)
}

// redeemed makes or changes the user that the link is for.
func (s *Service) redeemed(ctx context.Context, tx bun.Tx, link Link, email, name, hash, origin string) (string, error) {
	user, known, err := store.UserByEmail(ctx, tx, email)
	if err != nil {
		return "", err
	}
	ctx = purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "link", Name: "one-time link", Origin: origin})
	switch link.Purpose {
	case PurposeSignIn:
		return user.ID, missing(known, email)
	case PurposeFirstAdmin:
		admins, err := store.CountUsers(ctx, tx, purser.RoleAdmin)
		if err != nil {
			return "", err
		}
		if admins > 0 {
			return "", s.linkOver()
		}
	case PurposeInvite:
		if known {
			return "", &purser.Problem{Kind: purser.ProblemConflict, What: "there is a user with this address already", Hint: "Sign in"}
		}
	case PurposeAdmin:
	}
	if !known {
		return s.insertUser(ctx, tx, email, name, link.Role, hash)
	}
	before := map[string]any{"name": user.Name, "role": string(user.Role)}
	user.Name, user.Role, user.Password, user.UpdatedAt = name, link.Role, hash, purser.MicrosOf(s.now())
	if err := store.UpdateUser(ctx, tx, user); err != nil {
		return "", err
	}
	// Whoever had the old password is out.
	err = store.DeleteSessionsOf(ctx, tx, user.ID, "")
	return user.ID, errors.Join(err, audit.Append(ctx, tx, audit.Entry{Operation: purser.OpUserWrite, Object: user.ID, ObjectName: user.Email,
		Before: before, After: map[string]any{"name": user.Name, "role": string(user.Role), "event": "password set by link"}, At: s.now()}))
}

func (s *Service) insertUser(ctx context.Context, tx bun.Tx, email, name string, role purser.Role, hash string) (string, error) {
	now := purser.MicrosOf(s.now())
	user := store.User{ID: s.ids.New(purser.PrefixUser), Email: email, Name: name, Role: role, Password: hash, CreatedAt: now, UpdatedAt: now}
	if err := store.InsertUser(ctx, tx, user); err != nil {
		return "", fmt.Errorf("adding the user: %w", err)
	}
	return user.ID, audit.Append(ctx, tx, audit.Entry{Operation: purser.OpUserWrite, Object: user.ID, ObjectName: email,
		After: map[string]any{"email": email, "name": name, "role": string(role)}, At: s.now()})
}
