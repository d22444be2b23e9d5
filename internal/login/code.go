package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// stepLife is how long a sign-in waits for its code.
const stepLife = 10 * time.Minute

// CodeDue says that the password was right and a code of the second factor is
// due. Step goes to SignInCode with it.
type CodeDue struct{ Step string }

// Error says so.
func (*CodeDue) Error() string { return "a code of the second factor is due" }

// awaitCode begins the second step of a sign-in; it is nil if the user has no
// second factor.
func (s *Service) awaitCode(ctx context.Context, tx bun.Tx, userID string) (*CodeDue, error) {
	row, ok, err := store.TOTPOf(ctx, tx, userID)
	if err != nil || !ok || row.ConfirmedAt == 0 {
		return nil, err
	}
	step, err := newSecret(s.rand)
	if err != nil {
		return nil, err
	}
	return &CodeDue{Step: step}, store.PutSignInStep(ctx, tx, digest(step), userID, purser.MicrosOf(s.now().Add(stepLife)), purser.MicrosOf(s.now()))
}

// SignInCode is the second step of a sign-in: a code of the app, or a recovery
// code. It returns the session's cookie.
func (s *Service) SignInCode(ctx context.Context, step, code, origin string) (cookie string, err error) {
	over := &purser.Problem{Kind: purser.ProblemSignIn, What: "this sign-in waited too long, or it is done already", Hint: "Begin again with your password"}
	userID, ok, err := store.SignInStep(ctx, s.db.Read(), digest(step), purser.MicrosOf(s.now()))
	if err != nil {
		return "", fmt.Errorf("looking up the sign-in: %w", err)
	}
	if !ok {
		return "", over
	}
	user, err := s.userOf(ctx, purser.Actor{ID: userID})
	if err != nil {
		return "", err
	}
	err = s.limited(purser.WithActor(ctx, actorOf(user, origin)), userID, func(ctx context.Context, tx bun.Tx) error {
		if err := s.useCode(ctx, tx, user, code); err != nil {
			return err
		}
		mine, err := store.TakeSignInStep(ctx, tx, digest(step))
		if err != nil {
			return err
		}
		if !mine {
			return over
		}
		cookie, err = s.begin(ctx, tx, userID, origin, WayPassword)
		return err
	})
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		if refused := s.noteRefusal(ctx, user, origin); refused != nil {
			return "", refused
		}
	}
	return cookie, err
}

// limited runs a check of a code with the tries of that user counted.
func (s *Service) limited(ctx context.Context, userID string, check func(ctx context.Context, tx bun.Tx) error) error {
	wait, err := s.limiter.begin(ctx, codeTries(userID))
	if err != nil {
		return err
	}
	if wait > 0 {
		p := tooMany("too many wrong codes", wait)
		p.Field = "code"
		return p
	}
	if err := s.db.Write(ctx, check); err != nil {
		return err
	}
	return s.limiter.succeed(ctx, codeTries(userID))
}

// useCode accepts a code of the app that was not used before, or uses a recovery
// code up.
func (s *Service) useCode(ctx context.Context, tx bun.Tx, user store.User, code string) error {
	row, ok, err := store.TOTPOf(ctx, tx, user.ID)
	if err != nil {
		return err
	}
	if !ok || row.ConfirmedAt == 0 {
		return &purser.Problem{Kind: purser.ProblemConflict, What: "there is no second factor"}
	}
	if len(bare(code)) > totpDigits {
		taken, err := store.TakeRecoveryCode(ctx, tx, user.ID, recoveryHash(user.ID, code))
		if err != nil {
			return err
		}
		if !taken {
			return purser.Invalid("code", "this is no recovery code of yours, or it was used already")
		}
		left, err := store.CountRecoveryCodes(ctx, tx, user.ID)
		return errors.Join(err, audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSessionOwn, Object: user.ID, ObjectName: user.Email,
			After: map[string]any{"event": "recovery code used", "left": left}, At: s.now()}))
	}
	if row.LastStep, err = s.stepFor(row, code); err != nil {
		return err
	}
	return store.PutTOTP(ctx, tx, row)
}

// stepFor returns the step of a good code.
func (s *Service) stepFor(row store.TOTP, code string) (int64, error) {
	secret, err := s.opened(row)
	if err != nil {
		return 0, err
	}
	step := stepMatching(secret, bare(code), s.now())
	switch {
	case step == 0:
		return 0, purser.Invalid("code", "the code is wrong; take the one that the app shows now, and see that the clocks of phone and server are right")
	case step <= row.LastStep:
		return 0, purser.Invalid("code", "this code was used already; wait for the next")
	}
	return step, nil
}

func (s *Service) opened(row store.TOTP) ([]byte, error) {
	if s.sealer == nil {
		return nil, errors.New("login: a second factor needs Options.Sealer")
	}
	return s.sealer.Open(row.Sealed, row.UserID, "totp")
}
