package app

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/deletion"
	"purser/internal/store"
)

// bindKept lets links by hand that were kept by a deletion bind again after derive.
func bindKept(db *store.DB, derive func(ctx context.Context, instanceNo int64) error) func(ctx context.Context, instanceNo int64) error {
	return func(ctx context.Context, instanceNo int64) error {
		// Decisions come before the rules that must not contradict them.
		decided, err := store.AnyKeptDecision(ctx, db.Read())
		if err == nil && decided {
			err = db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.BindKeptDecisions(ctx, tx) })
		}
		if err != nil {
			return fmt.Errorf("let decisions hold again: %w", err)
		}
		if err := derive(ctx, instanceNo); err != nil {
			return err
		}
		any, err := store.AnyKeptLink(ctx, db.Read())
		if err == nil && any {
			err = db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.BindKeptLinks(ctx, tx) })
		}
		if err != nil {
			return fmt.Errorf("bind links by hand again: %w", err)
		}
		return nil
	}
}

func (a *App) deletionOptions(ids purser.IDSource) deletion.Options {
	return deletion.Options{DB: a.DB, Gate: a.Login, Runs: a.Runs, IDs: ids, Now: a.Now, Log: a.Log, Sleep: sleep,
		GiveBack: a.Connect.GiveBack, Promise: a.Connect.PromiseToGiveBack, Tell: a.Notify.Post,
		Derive: a.Runs.Derive}
}
