package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Factor is the asker's second factor.
type Factor struct {
	On        bool      `json:"on"`
	Since     time.Time `json:"since,omitzero"`
	CodesLeft int       `json:"recovery_codes_left"`
	Secret    string    `json:"secret,omitempty"` // while it is being set up: for the app, base32
	Account   string    `json:"account"`          // whose it is: the address
	Required  bool      `json:"required"`         // every local account must have one
	Password  bool      `json:"password"`         // the account has a password: without one there is nothing to add to
}

// SecondFactor returns the asker's second factor, or that there is none.
func (s *Service) SecondFactor(ctx context.Context) (f Factor, err error) {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return f, err
	}
	user, err := s.userOf(ctx, actor)
	if err != nil {
		return f, err
	}
	policy, err := s.policy(ctx)
	if err != nil {
		return f, err
	}
	f = Factor{Account: user.Email, Required: policy.RequireTOTP, Password: user.Password != ""}
	row, ok, err := store.TOTPOf(ctx, s.db.Read(), actor.ID)
	if err != nil || !ok {
		return f, err
	}
	if row.ConfirmedAt == 0 {
		secret, err := s.opened(row)
		if err == nil { // one that does not open is begun again
			f.Secret = secretText(secret)
		}
		return f, nil
	}
	f.On, f.Since = true, row.ConfirmedAt.Time()
	f.CodesLeft, err = store.CountRecoveryCodes(ctx, s.db.Read(), actor.ID)
	return f, err
}

// BeginTOTP makes a secret for the asker's authenticator app. It counts once a
// code has shown that the app has it.
func (s *Service) BeginTOTP(ctx context.Context) error {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return err
	}
	if s.sealer == nil {
		return errors.New("login: a second factor needs Options.Sealer")
	}
	user, err := s.userOf(ctx, actor)
	if err != nil {
		return err
	}
	if user.Password == "" {
		return &purser.Problem{Kind: purser.ProblemConflict, What: "this account has no password that a second factor could stand beside",
			Hint: "Set a password first"}
	}
	secret := make([]byte, totpSecret)
	if _, err := io.ReadFull(s.rand, secret); err != nil {
		return fmt.Errorf("no randomness for a second factor: %w", err)
	}
	sealed, err := s.sealer.Seal(secret, actor.ID, "totp")
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, ok, err := store.TOTPOf(ctx, tx, actor.ID)
		if err != nil {
			return err
		}
		if ok && row.ConfirmedAt > 0 {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "there is a second factor already", Hint: "Remove it first"}
		}
		return store.PutTOTP(ctx, tx, store.TOTP{UserID: actor.ID, Sealed: sealed, CreatedAt: purser.MicrosOf(s.now())})
	})
}

// ConfirmTOTP turns the second factor on: code shows that the app has the secret.
// It returns the recovery codes, this one time.
func (s *Service) ConfirmTOTP(ctx context.Context, code string) (codes []string, err error) {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return nil, err
	}
	codes, hashes, err := s.newCodes(actor.ID)
	if err != nil {
		return nil, err
	}
	err = s.limited(ctx, actor.ID, func(ctx context.Context, tx bun.Tx) error {
		row, ok, err := store.TOTPOf(ctx, tx, actor.ID)
		if err != nil {
			return err
		}
		if !ok || row.ConfirmedAt > 0 {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "no second factor is being set up", Hint: "Begin again"}
		}
		if row.LastStep, err = s.stepFor(row, code); err != nil {
			return err
		}
		row.ConfirmedAt = purser.MicrosOf(s.now())
		return errors.Join(store.PutTOTP(ctx, tx, row), store.PutRecoveryCodes(ctx, tx, actor.ID, hashes),
			s.noteFactor(ctx, tx, actor, "second factor turned on"))
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RemoveTOTP turns the asker's second factor off.
func (s *Service) RemoveTOTP(ctx context.Context, password, code string) error {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return err
	}
	user, err := s.userOf(ctx, actor)
	if err != nil {
		return err
	}
	if err := s.checkOwnPassword(ctx, user, password, "password", actor.Origin); err != nil {
		return err
	}
	return s.limited(ctx, actor.ID, func(ctx context.Context, tx bun.Tx) error {
		if err := s.useCode(ctx, tx, user, code); err != nil {
			return err
		}
		_, err := store.DeleteTOTP(ctx, tx, actor.ID)
		return errors.Join(err, s.noteFactor(ctx, tx, actor, "second factor removed"))
	})
}

// NewRecoveryCodes replaces the asker's recovery codes and returns the new ones,
// this one time.
func (s *Service) NewRecoveryCodes(ctx context.Context, code string) (codes []string, err error) {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return nil, err
	}
	user, err := s.userOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	codes, hashes, err := s.newCodes(actor.ID)
	if err != nil {
		return nil, err
	}
	err = s.limited(ctx, actor.ID, func(ctx context.Context, tx bun.Tx) error {
		return errors.Join(s.useCode(ctx, tx, user, code), store.PutRecoveryCodes(ctx, tx, actor.ID, hashes),
			s.noteFactor(ctx, tx, actor, "new recovery codes made"))
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// ResetTOTP removes somebody's second factor: they lost app and codes.
func (s *Service) ResetTOTP(ctx context.Context, userID string) error {
	if err := s.Allow(ctx, purser.OpUserWrite); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		user, ok, err := store.UserByID(ctx, tx, userID)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("user", userID)
		}
		if ok, err = store.DeleteTOTP(ctx, tx, userID); err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: user.Email + " has no second factor"}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpUserWrite, Object: userID, ObjectName: user.Email,
			After: map[string]any{"event": "second factor reset"}, At: s.now()})
	})
}

func (s *Service) newCodes(userID string) (codes, hashes []string, err error) {
	for range recoveryCodes {
		code, err := newRecoveryCode(s.rand)
		if err != nil {
			return nil, nil, err
		}
		codes, hashes = append(codes, code), append(hashes, recoveryHash(userID, code))
	}
	return codes, hashes, nil
}

func (s *Service) noteFactor(ctx context.Context, tx bun.Tx, actor purser.Actor, event string) error {
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSessionOwn, Object: actor.ID, ObjectName: actor.Name,
		After: map[string]any{"event": event}, At: s.now()})
}
