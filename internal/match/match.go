// Package match says whose account it is: it links accounts to people by e-mail
// address and aliases, with the reason, and derives from what was read what the
// lists need: the last use of accounts, and the applications that an identity
// provider knows. Links by hand always win. Names are never compared.
package match

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Merged says what a run has just written.
type Merged struct {
	InstanceNo int64
	Kinds      []purser.Kind // kinds of which rows were added, changed or removed
	Since      purser.Micros // only rows written since are new; 0 for all
	At         purser.Micros // the time now
}

// Run derives everything that follows from m, in tx. After people have changed
// the accounts of every instance are matched anew; otherwise those that were
// written. With nobody known there is nobody to match and nothing is read.
func Run(ctx context.Context, tx bun.IDB, m Merged) error {
	if err := store.LockMatching(ctx, tx); err != nil {
		return fmt.Errorf("wait for another matching: %w", err)
	}
	has := func(k purser.Kind) bool { return slices.Contains(m.Kinds, k) }
	if has(purser.KindPerson) || has(purser.KindAccount) {
		if err := people(ctx, tx, m, has(purser.KindPerson)); err != nil {
			return err
		}
	}
	if has(purser.KindActivity) || has(purser.KindAccount) {
		if err := store.UseFromActivity(ctx, tx, m.InstanceNo); err != nil {
			return fmt.Errorf("note the last use of accounts: %w", err)
		}
	}
	if has(purser.KindApplication) {
		if err := store.DiscoverApplications(ctx, tx, m.InstanceNo, m.At); err != nil {
			return fmt.Errorf("note the applications that were discovered: %w", err)
		}
	}
	return nil
}

func people(ctx context.Context, tx bun.IDB, m Merged, changed bool) error {
	known, err := store.AnyPerson(ctx, tx)
	if err != nil {
		return fmt.Errorf("look for people: %w", err)
	}
	if !known {
		return nil
	}
	scope := store.MatchScope{InstanceNo: m.InstanceNo, Since: m.Since}
	if changed {
		scope = store.MatchScope{}
		if err := store.IndexPeople(ctx, tx); err != nil {
			return fmt.Errorf("note the addresses of people: %w", err)
		}
	}
	if err := store.MatchAccounts(ctx, tx, scope, m.At); err != nil {
		return fmt.Errorf("match accounts to people: %w", err)
	}
	return nil
}

// AfterMerge is Run for the end of a run, as package run calls it.
func AfterMerge(now func() time.Time) func(ctx context.Context, tx bun.Tx, instanceNo int64, kinds []purser.Kind) error {
	return func(ctx context.Context, tx bun.Tx, instanceNo int64, kinds []purser.Kind) error {
		return Run(ctx, tx, Merged{InstanceNo: instanceNo, Kinds: kinds, At: purser.MicrosOf(now())})
	}
}
