package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/login/oidc"
	"purser/internal/store"
)

// Identity is who the asker is at the provider.
type Identity struct {
	Issuer     string    `json:"issuer"`
	Email      string    `json:"email,omitempty"` // as the provider last said
	CreatedAt  time.Time `json:"created_at"`
	LastUsedAt time.Time `json:"last_used_at"`
	Current    bool      `json:"current"` // of the provider that is configured now
}

// Identities returns who the asker is at providers.
func (s *Service) Identities(ctx context.Context) ([]Identity, error) {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := store.Identities(ctx, s.db.Read(), actor.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the identities: %w", err)
	}
	all := make([]Identity, len(rows))
	for i, r := range rows {
		all[i] = Identity{Issuer: r.Issuer, Email: r.Email, CreatedAt: r.CreatedAt.Time(), LastUsedAt: r.LastUsedAt.Time(),
			Current: s.openID != nil && s.openID.Provider.Issuer() == r.Issuer}
	}
	return all, nil
}

// bindAsker binds the one who is signed in to who they have just shown to be at
// the provider.
func (s *Service) bindAsker(ctx context.Context, actor purser.Actor, id oidc.Identity) error {
	if _, err := s.openID.Admission.admit(id.Claims); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		user, ok, err := store.UserByID(ctx, tx, actor.ID)
		if err != nil || !ok {
			return errors.Join(err, missing(ok, actor.ID))
		}
		bound, known, err := store.IdentityBySubject(ctx, tx, s.openID.Provider.Issuer(), id.Subject)
		if err != nil {
			return err
		}
		switch {
		case known && bound.UserID == actor.ID:
			return nil
		case known:
			return &purser.Problem{Kind: purser.ProblemConflict, What: "that account at " + s.ProviderName() + " belongs to another user here",
				Hint: "Sign in there with your own account"}
		}
		return s.bind(ctx, tx, user, id)
	})
}

// Unbind ends the asker's sign-in by that issuer, if another way in is left.
func (s *Service) Unbind(ctx context.Context, issuer string) error {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		user, ok, err := store.UserByID(ctx, tx, actor.ID)
		if err != nil || !ok {
			return errors.Join(err, missing(ok, actor.ID))
		}
		if user.Password == "" {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "this is your only way to sign in", Hint: "Set a password first"}
		}
		n, err := store.DeleteIdentities(ctx, tx, actor.ID, issuer)
		if err != nil {
			return err
		}
		if n == 0 {
			return purser.NotFound("identity", issuer)
		}
		return s.noteUnbound(ctx, tx, user, issuer)
	})
}

func (s *Service) noteUnbound(ctx context.Context, tx bun.Tx, user store.User, issuer string) error {
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSessionOwn, Object: user.ID, ObjectName: user.Email,
		Before: map[string]any{"event": "disconnected from the provider", "issuer": issuer}, At: s.now()})
}

// connected says who can sign in by the provider that is configured.
func (s *Service) connected(ctx context.Context) (map[string]bool, error) {
	bound := map[string]bool{}
	if s.openID == nil {
		return bound, nil
	}
	rows, err := store.Identities(ctx, s.db.Read(), "")
	if err != nil {
		return nil, fmt.Errorf("reading the identities: %w", err)
	}
	for _, r := range rows {
		bound[r.UserID] = bound[r.UserID] || r.Issuer == s.openID.Provider.Issuer()
	}
	return bound, nil
}
