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

// ownUser returns the signed-in user that asks about what is their own.
func (s *Service) ownUser(ctx context.Context) (purser.Actor, error) {
	if err := s.Allow(ctx, purser.OpSessionOwn); err != nil {
		return purser.Actor{}, err
	}
	actor, _ := purser.ActorFrom(ctx)
	if actor.Kind != purser.ActorUser {
		return actor, &purser.Problem{Kind: purser.ProblemForbidden, What: "only a person who is signed in has sessions and a password",
			Hint: "Sign in with a browser"}
	}
	return actor, nil
}

// ChangePassword replaces the asker's password and ends their other sessions.
func (s *Service) ChangePassword(ctx context.Context, current, next string) error {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return err
	}
	user, err := s.userOf(ctx, actor)
	if err != nil {
		return err
	}
	if user.Password == "" { // a first password needs none before
		if err := s.Proven(ctx, purser.OpSessionOwn, true, true); err != nil {
			return err
		}
		if err := s.mayHavePassword(ctx, actor); err != nil {
			return err
		}
	} else {
		if err := s.checkOwnPassword(ctx, user, current, "current", actor.Origin); err != nil {
			return err
		}
	}
	if err := checkPassword(next, user.Email); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		user, ok, err := store.UserByID(ctx, tx, actor.ID)
		if err != nil || !ok {
			return errors.Join(err, missing(ok, actor.ID))
		}
		user.Password, user.UpdatedAt = hash, purser.MicrosOf(s.now())
		if err := store.UpdateUser(ctx, tx, user); err != nil {
			return err
		}
		if err := store.DeleteSessionsOf(ctx, tx, user.ID, actor.Session); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSessionOwn, Object: user.ID, ObjectName: user.Email,
			After: map[string]any{"event": "password changed, other sessions ended"}, At: s.now()})
	})
}

// mayHavePassword refuses a first password to those who came by the provider: it
// would let them in still after the provider has shut them out.
func (s *Service) mayHavePassword(ctx context.Context, actor purser.Actor) error {
	bound, err := s.connected(ctx)
	if err != nil || !bound[actor.ID] {
		return err
	}
	return &purser.Problem{Kind: purser.ProblemConflict, What: "you sign in with " + s.ProviderName() + ", and a password beside it would outlive it",
		Hint: "On the server itself, `purser admin link` gives an admin a password"}
}

func (s *Service) userOf(ctx context.Context, actor purser.Actor) (store.User, error) {
	user, ok, err := store.UserByID(ctx, s.db.Read(), actor.ID)
	if err != nil || !ok {
		return user, fmt.Errorf("looking up the user: %w", errors.Join(err, missing(ok, actor.ID)))
	}
	return user, nil
}

// checkOwnPassword refuses a wrong password of the asker, naming its field.
func (s *Service) checkOwnPassword(ctx context.Context, user store.User, password, field, origin string) error {
	keys := triesOf(user.Email, origin)
	wait, err := s.limiter.begin(ctx, keys)
	if err != nil {
		return err
	}
	if wait > 0 {
		p := tooMany("too many wrong passwords", wait)
		p.Field = field
		return p
	}
	right, err := s.hasher.matches(ctx, user.Password, password)
	if err != nil {
		return fmt.Errorf("checking the password: %w", err)
	}
	if !right {
		return purser.Invalid(field, "the password is wrong")
	}
	return s.limiter.succeed(ctx, keys)
}

func missing(ok bool, id string) error {
	if ok {
		return nil
	}
	return purser.NotFound("user", id)
}

// paused reports whether the database could not be written to for now.
func paused(err error) bool {
	p, ok := errors.AsType[*purser.Problem](err)
	return ok && p.Kind == purser.ProblemPaused
}
