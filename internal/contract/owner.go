package contract

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// mayNames: who people of the roster are is not for every role; users of Purser are
// known to each other.
func (s *Service) mayNames(ctx context.Context) bool {
	return s.Gate.Allow(ctx, purser.OpNameRead) == nil
}

// owner finds whom a text means. Who looks after the contract already may stay, also
// once nobody is there any more: no other change has to wait for that.
func (s *Service) owner(ctx context.Context, db bun.IDB, was purser.ContractOwner, text string) (purser.ContractOwner, error) {
	if text = strings.TrimSpace(text); text == "" {
		return purser.ContractOwner{}, nil
	}
	if text == was.ID || was.Email != "" && strings.EqualFold(text, was.Email) {
		return was, nil
	}
	o, ok, err := s.whom(ctx, db, text)
	if err == nil && !ok {
		p := purser.Invalid("owner", "nobody has the address %q", text)
		if p.Hint = "Name a user of Purser, or a person of the roster, by e-mail address"; !s.mayNames(ctx) {
			p.Hint = "Name a user of Purser by e-mail address, or a person of the roster by number, such as per_17: your role does not see addresses of people"
		}
		err = p
	}
	return o, err
}

// whom finds a user or a person. To those who may not see names no address tells
// whether there is such a person, and no number who it is.
func (s *Service) whom(ctx context.Context, db bun.IDB, text string) (purser.ContractOwner, bool, error) {
	names := s.mayNames(ctx)
	o, ok, err := store.ContractOwner(ctx, db, text, names)
	if !names {
		o = o.WithoutNames()
	}
	return o, ok, err
}

// ownerNames returns what may be told of the owners that a contract once had: all
// to those who may see names, else what users of Purser are called.
func (s *Service) ownerNames(ctx context.Context) (told func(name string) string, err error) {
	if s.mayNames(ctx) {
		return func(name string) string { return name }, nil
	}
	users, err := store.Users(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	known := map[string]bool{"": true}
	for _, u := range users {
		known[u.Name], known[u.Email] = true, true
	}
	return func(name string) string {
		if known[name] {
			return name
		}
		return "somebody"
	}, nil
}
