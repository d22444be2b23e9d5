// Package match says whose account it is: it links accounts to people by e-mail
// address and aliases, with the reason, and derives from what was read what the
// lists need: the last use of accounts, and the applications that an identity
// provider knows. Links by hand always win. Names are never compared.
//
// Everything is written in slices, each a short transaction. What is to be
// derived stands in the database until all of it is written: a derivation that
// is killed is called again, and finds what is left.
package match

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Deriver derives what follows from the rows that runs have written. It is safe
// for concurrent use.
type Deriver struct {
	db  *store.DB
	now func() time.Time
	mu  sync.Mutex // one derivation at a time: two would undo each other's links
}

// New returns a Deriver.
func New(db *store.DB, now func() time.Time) *Deriver { return &Deriver{db: db, now: now} }

// Derive writes what follows from the rows of an instance, 0 for every one, that
// were written and not yet derived from. After people have changed the accounts
// of every instance are matched anew; otherwise those that were written. With
// nobody known there is nobody to match and nothing is read.
func (d *Deriver) Derive(ctx context.Context, instanceNo int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.db.Deriving(ctx, func(ctx context.Context) error {
		due, err := store.DueDerivations(ctx, d.db.Read(), instanceNo)
		if err != nil {
			return fmt.Errorf("look for what is to be derived: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		if err := d.derive(ctx, due); err != nil {
			return err
		}
		return d.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.DerivationDone(ctx, tx, due) })
	})
}

func (d *Deriver) derive(ctx context.Context, due []store.DueDerivation) error {
	at := purser.MicrosOf(d.now())
	if err := d.match(ctx, due, at); err != nil {
		return err
	}
	used := map[int64]bool{}
	for _, x := range due {
		if (x.Kind == purser.KindActivity || x.Kind == purser.KindAccount) && !used[x.InstanceNo] {
			used[x.InstanceNo] = true
			if err := d.db.UseFromActivity(ctx, x.InstanceNo); err != nil {
				return fmt.Errorf("note the last use of accounts: %w", err)
			}
		}
		if x.Kind == purser.KindApplication {
			if err := d.db.DiscoverApplications(ctx, x.InstanceNo, at); err != nil {
				return fmt.Errorf("note the applications that were discovered: %w", err)
			}
		}
	}
	return nil
}

// match links accounts to people.
func (d *Deriver) match(ctx context.Context, due []store.DueDerivation, at purser.Micros) error {
	scopes, err := d.scopes(ctx, due)
	if err != nil || len(scopes) == 0 {
		return err
	}
	for _, s := range scopes {
		if err := d.db.MatchAccounts(ctx, s, at); err != nil {
			return fmt.Errorf("match accounts to people: %w", err)
		}
	}
	if err := d.db.MatchByOthers(ctx, at); err != nil {
		return fmt.Errorf("match accounts by the aliases of others: %w", err)
	}
	return nil
}

// scopes says which accounts must be looked at. It notes the addresses of people first.
func (d *Deriver) scopes(ctx context.Context, due []store.DueDerivation) (scopes []store.MatchScope, err error) {
	known, err := store.AnyPerson(ctx, d.db.Read())
	if err != nil {
		return nil, fmt.Errorf("look for people: %w", err)
	}
	for _, x := range due {
		if x.Kind == purser.KindPerson {
			if err := d.db.IndexPeople(ctx); err != nil {
				return nil, fmt.Errorf("note the addresses of people: %w", err)
			}
			return []store.MatchScope{{}}, nil
		}
	}
	if !known {
		return nil, nil
	}
	for _, x := range due {
		if x.Kind != purser.KindAccount {
			continue
		}
		s := store.MatchScope{InstanceNo: x.InstanceNo, Since: x.Since}
		written, err := s.Written(ctx, d.db.Read())
		if err != nil {
			return nil, fmt.Errorf("look for accounts that were written: %w", err)
		}
		if written {
			scopes = append(scopes, s)
		}
	}
	return scopes, nil
}
