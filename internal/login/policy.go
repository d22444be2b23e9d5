package login

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Names of the settings.
const settingRequireTOTP = "login.require_totp"

// Policy is how people may sign in.
type Policy struct {
	RequireTOTP bool `json:"require_totp"` // every local account needs a second factor
}

// Policy returns how people may sign in.
func (s *Service) Policy(ctx context.Context) (Policy, error) {
	if err := s.Allow(ctx, purser.OpSettingRead); err != nil {
		return Policy{}, err
	}
	return s.policy(ctx)
}

func (s *Service) policy(ctx context.Context) (p Policy, err error) {
	p.RequireTOTP, err = s.switched(ctx, s.db.Read(), settingRequireTOTP)
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
		before, err := s.switched(ctx, tx, settingRequireTOTP)
		if err != nil {
			return err
		}
		if err := store.PutSetting(ctx, tx, settingRequireTOTP, onOff(p.RequireTOTP), purser.MicrosOf(s.now())); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: "sign-in", ObjectName: "Sign-in", At: s.now(),
			Before: map[string]any{"require_totp": before}, After: map[string]any{"require_totp": p.RequireTOTP}})
	})
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
