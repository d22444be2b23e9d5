package login

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/login/oidc"
	"purser/internal/store"
)

// enter begins a session for who the provider says that somebody is. Known is who
// is bound by issuer and subject; an address alone binds nobody.
func (s *Service) enter(ctx context.Context, id oidc.Identity, origin string) (cookie string, err error) {
	ctx = s.asProvider(ctx, origin)
	issuer := s.openID.Provider.Issuer()
	role, refused := s.openID.Admission.admit(id.Claims)
	var problem error // told, although what was written stays
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		bound, known, err := store.IdentityBySubject(ctx, tx, issuer, id.Subject)
		if err != nil {
			return err
		}
		if refused != nil {
			problem = refused
			if known {
				return s.shutOut(ctx, tx, bound.UserID)
			}
			return nil
		}
		userID := bound.UserID
		if !known {
			if userID, err = s.newcomer(ctx, tx, id, role); err != nil {
				return err
			}
		}
		if err := s.takeRole(ctx, tx, userID, role); err != nil {
			return err
		}
		row := store.Identity{Issuer: issuer, Subject: id.Subject, UserID: userID, Email: id.Email, LastUsedAt: purser.MicrosOf(s.now())}
		if err := store.TouchIdentity(ctx, tx, row); err != nil {
			return err
		}
		cookie, err = s.begin(ctx, tx, userID, origin, WayProvider)
		return err
	})
	return cookie, errors.Join(err, problem)
}

// newcomer makes the user for somebody whose groups have a role.
func (s *Service) newcomer(ctx context.Context, tx bun.Tx, id oidc.Identity, role purser.Role) (string, error) {
	if role == "" {
		return "", &purser.Problem{Kind: purser.ProblemForbidden, What: "your account at " + s.ProviderName() + " is not known here",
			Hint: "An admin of this Purser invites you. If you have a password here, sign in with it and connect the two under Settings, You"}
	}
	email, err := cleanEmail(id.Email)
	if err != nil || id.Claims["email_verified"] == false {
		return "", &purser.Problem{Kind: purser.ProblemForbidden, What: s.ProviderName() + " sent no e-mail address of yours that it has verified",
			Hint: "The client at the provider needs the scope email, and your account there an address"}
	}
	_, taken, err := store.UserByEmail(ctx, tx, email)
	if err != nil {
		return "", err
	}
	if taken {
		return "", &purser.Problem{Kind: purser.ProblemForbidden, What: "there is an account here with the address " + email + " that is not connected with " + s.ProviderName(),
			Hint: "Sign in with its password and connect the two under Settings, You"}
	}
	return s.insertBound(ctx, tx, id, email, role)
}

// insertBound makes a user who is bound from the start.
func (s *Service) insertBound(ctx context.Context, tx bun.Tx, id oidc.Identity, email string, role purser.Role) (string, error) {
	name, err := cleanName(id.Name, "name")
	if err != nil {
		name = email
	}
	userID, err := s.insertUser(ctx, tx, email, name, role, "")
	if err != nil {
		return "", err
	}
	return userID, s.bind(ctx, tx, store.User{ID: userID, Email: email}, id)
}

// bind binds a user to who they are at the provider.
func (s *Service) bind(ctx context.Context, tx bun.Tx, user store.User, id oidc.Identity) error {
	now := purser.MicrosOf(s.now())
	row := store.Identity{Issuer: s.openID.Provider.Issuer(), Subject: id.Subject, UserID: user.ID, Email: id.Email, CreatedAt: now, LastUsedAt: now}
	if err := store.InsertIdentity(ctx, tx, row); err != nil {
		return fmt.Errorf("binding the user: %w", err)
	}
	return s.noteIdentity(ctx, tx, user, "connected with the provider", map[string]any{"subject": id.Subject})
}

// takeRole gives a user the role of their groups; a narrower one ends what was
// begun with the wider one.
func (s *Service) takeRole(ctx context.Context, tx bun.Tx, userID string, role purser.Role) error {
	user, ok, err := store.UserByID(ctx, tx, userID)
	if err != nil || !ok {
		return errors.Join(err, missing(ok, userID))
	}
	if role == "" && user.Role == "" { // mapped once, and no longer: nobody has said what they may do
		return &purser.Problem{Kind: purser.ProblemForbidden, What: "your account here has no role", Hint: "An admin of this Purser gives you one"}
	}
	if role == "" || role == user.Role {
		return nil
	}
	if slices.Index(purser.Roles(), role) > slices.Index(purser.Roles(), user.Role) {
		if err := store.DeleteSessionsOf(ctx, tx, userID, ""); err != nil {
			return err
		}
	}
	return s.changeRole(ctx, tx, user, role, "role by groups at the provider")
}

// shutOut ends the sessions of a user whom the provider's word no longer admits.
// Where groups give the roles, theirs is taken, too, and with it what their API
// tokens may do; but the last admin keeps it, lest nobody can mend the settings.
func (s *Service) shutOut(ctx context.Context, tx bun.Tx, userID string) error {
	user, ok, err := store.UserByID(ctx, tx, userID)
	if err != nil || !ok {
		return err
	}
	if err := store.DeleteSessionsOf(ctx, tx, userID, ""); err != nil {
		return err
	}
	admins, err := store.CountUsers(ctx, tx, purser.RoleAdmin)
	if err != nil {
		return err
	}
	if len(s.openID.Admission.Roles) == 0 || user.Role == "" || user.Role == purser.RoleAdmin && admins < 2 {
		return s.noteIdentity(ctx, tx, user, "not admitted, sessions ended", nil)
	}
	return s.changeRole(ctx, tx, user, "", "not admitted, role taken and sessions ended")
}

func (s *Service) changeRole(ctx context.Context, tx bun.Tx, user store.User, role purser.Role, event string) error {
	before := user.Role
	user.Role, user.UpdatedAt = role, purser.MicrosOf(s.now())
	if err := store.UpdateUser(ctx, tx, user); err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpUserWrite, Object: user.ID, ObjectName: user.Email, At: s.now(),
		Before: map[string]any{"role": string(before)}, After: map[string]any{"role": string(role), "event": event}})
}

// enterInvited uses an invitation up for who the provider says that somebody is:
// the address must be the invited one, and verified.
func (s *Service) enterInvited(ctx context.Context, id oidc.Identity, token, origin string) (cookie string, err error) {
	link, err := s.Link(ctx, token)
	if err != nil {
		return "", err
	}
	role, err := s.openID.Admission.admit(id.Claims)
	if err != nil {
		return "", err
	}
	if role == "" {
		role = link.Role
	}
	email, err := cleanEmail(id.Email)
	if err != nil || !id.EmailVerified || email != link.Email || link.Purpose != PurposeInvite {
		return "", &purser.Problem{Kind: purser.ProblemForbidden, What: s.ProviderName() + " does not say that you are " + link.Email,
			Hint: "Sign in there with the account of that address, which must be verified; or choose a password instead"}
	}
	ctx = s.asProvider(ctx, origin)
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		mine, err := store.TakeInvitation(ctx, tx, digest(token))
		if err != nil {
			return fmt.Errorf("using up the link: %w", err)
		}
		if !mine {
			return s.linkOver()
		}
		_, known, err := store.UserByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		_, bound, err := store.IdentityBySubject(ctx, tx, s.openID.Provider.Issuer(), id.Subject)
		if err != nil {
			return err
		}
		if known || bound {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "there is a user with this address or this account already", Hint: "Sign in"}
		}
		userID, err := s.insertBound(ctx, tx, id, email, role)
		if err != nil {
			return err
		}
		cookie, err = s.begin(ctx, tx, userID, origin, WayProvider)
		return err
	})
	return cookie, err
}

// asProvider is the context in which what the provider says is noted.
func (s *Service) asProvider(ctx context.Context, origin string) context.Context {
	return purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "openid_connect", Name: s.ProviderName(), Origin: origin})
}
