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

// Names of the settings.
const (
	settingRequireTOTP = "login.require_totp"
	settingNoPasswords = "login.no_passwords"
)

// Policy is how people may sign in.
type Policy struct {
	RequireTOTP bool `json:"require_totp"` // every local account needs a second factor
	NoPasswords bool `json:"no_passwords"` // people sign in by the provider only, or by a link made on the host
}

// Policy returns how people may sign in.
func (s *Service) Policy(ctx context.Context) (Policy, error) {
	if err := s.Allow(ctx, purser.OpSettingRead); err != nil {
		return Policy{}, err
	}
	return s.policy(ctx)
}

func (s *Service) policy(ctx context.Context) (Policy, error) { return s.policyIn(ctx, s.db.Read()) }

func (s *Service) policyIn(ctx context.Context, db bun.IDB) (p Policy, err error) {
	if p.RequireTOTP, err = s.switched(ctx, db, settingRequireTOTP); err != nil {
		return p, err
	}
	p.NoPasswords, err = s.switched(ctx, db, settingNoPasswords)
	return p, err
}

func (s *Service) switched(ctx context.Context, db bun.IDB, name string) (bool, error) {
	value, _, err := store.Setting(ctx, db, name)
	if err != nil {
		return false, fmt.Errorf("reading how people sign in: %w", err)
	}
	return value == "on", nil
}

// SetPolicy changes how people may sign in.
func (s *Service) SetPolicy(ctx context.Context, p Policy) error {
	if err := s.Allow(ctx, purser.OpSettingWrite); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		before, err := s.policyIn(ctx, tx)
		if err != nil {
			return err
		}
		if p.NoPasswords && !before.NoPasswords {
			if err := s.adminComesIn(ctx, tx); err != nil {
				return err
			}
		}
		now := purser.MicrosOf(s.now())
		return errors.Join(store.PutSetting(ctx, tx, settingRequireTOTP, onOff(p.RequireTOTP), now),
			store.PutSetting(ctx, tx, settingNoPasswords, onOff(p.NoPasswords), now),
			audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: "sign-in", ObjectName: "Sign-in", At: s.now(),
				Before: before.facts(), After: p.facts()}))
	})
}

// adminComesIn sees that an admin can sign in by the provider before passwords are
// turned off.
func (s *Service) adminComesIn(ctx context.Context, tx bun.Tx) error {
	if s.openID == nil {
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "no_passwords", What: "no provider of OpenID Connect is configured: nobody could sign in",
			Hint: "Configure one first (--oidc-issuer)"}
	}
	bound, err := store.Identities(ctx, tx, "")
	if err != nil {
		return err
	}
	for _, i := range bound {
		user, ok, err := store.UserByID(ctx, tx, i.UserID)
		if err != nil {
			return err
		}
		if ok && user.Role == purser.RoleAdmin && i.Issuer == s.openID.Provider.Issuer() {
			return nil
		}
	}
	return &purser.Problem{Kind: purser.ProblemConflict, Field: "no_passwords", What: "no admin is connected with " + s.ProviderName() + " yet",
		Hint: "Connect your own account under Settings, You, and try the sign-in"}
}

// facts are what the audit log says of it.
func (p Policy) facts() map[string]any {
	return map[string]any{"second_factor_required": p.RequireTOTP, "local_sign_in": onOff(!p.NoPasswords)}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// unfinished reports whether that session may do nothing but set up the second
// factor that every local account must have.
func (s *Service) unfinished(ctx context.Context, session store.Session) (bool, error) {
	if Way(session.Way) == WayProvider { // which has factors of its own
		return false, nil
	}
	p, err := s.policy(ctx)
	if err != nil || !p.RequireTOTP {
		return false, err
	}
	row, ok, err := store.TOTPOf(ctx, s.db.Read(), session.UserID)
	if err != nil {
		return false, fmt.Errorf("looking up the second factor: %w", err)
	}
	return !ok || row.ConfirmedAt == 0, nil
}

// passwordsOn refuses where people sign in by the provider only.
func (s *Service) passwordsOn(ctx context.Context) error {
	p, err := s.policy(ctx)
	if err != nil || !p.NoPasswords {
		return err
	}
	return &purser.Problem{Kind: purser.ProblemForbidden, What: "this Purser does not accept passwords",
		Hint: "Sign in with " + s.ProviderName() + ". On the server itself, `purser admin link` is the way back in"}
}

// Doors says what the page for signing in offers.
type Doors struct {
	Passwords bool
	Provider  string // "" if none is configured
}

// Doors returns what the page for signing in offers to whoever opens it.
func (s *Service) Doors(ctx context.Context) (Doors, error) {
	p, err := s.policy(ctx)
	return Doors{Passwords: !p.NoPasswords, Provider: s.ProviderName()}, err
}
