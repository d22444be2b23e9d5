package connect

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Owner is a user of Purser who can look after an instance.
type Owner struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Owners returns the users to whom an instance can be given.
func (s *Service) Owners(ctx context.Context) ([]Owner, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return nil, err
	}
	users, err := store.Users(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	out := make([]Owner, 0, len(users))
	for _, u := range users {
		out = append(out, Owner{ID: u.ID, Name: orElse(u.Name, u.Email), Email: u.Email})
	}
	return out, nil
}

// give makes somebody else the owner.
func give(ctx context.Context, tx bun.Tx, i *purser.Instance, owner *string) error {
	if owner == nil || *owner == i.OwnerID {
		return nil
	}
	u, ok, err := store.UserByID(ctx, tx, *owner)
	if err == nil && !ok {
		u, ok, err = store.UserByEmail(ctx, tx, strings.ToLower(strings.TrimSpace(*owner)))
	}
	if err != nil {
		return err
	}
	if !ok {
		p := purser.Invalid("owner", "there is no such user of Purser")
		p.Hint = "Name a user by e-mail address; invite the person first under Settings, Users"
		return p
	}
	i.OwnerID, i.OwnerName = u.ID, orElse(u.Name, u.Email)
	return nil
}
