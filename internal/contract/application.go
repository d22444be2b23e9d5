package contract

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// application finds an application by its identifier or name. One that nobody knows
// yet, or that nobody manages, is noted as managed, as it is paid for: managed says so.
func (s *Service) application(ctx context.Context, tx bun.Tx, contract, text string) (a store.ApplicationRow, managed bool, err error) {
	if id := store.KeyOf("app_", text); id != 0 {
		a, ok, err := store.ApplicationByID(ctx, tx, id)
		if err == nil && !ok {
			err = purser.Invalid("applications", "there is no application %q", text)
		}
		return a, false, err
	}
	if len(text) > 200 {
		return a, false, purser.Invalid("applications", "the name of an application is longer than 200 characters")
	}
	before, _, err := store.ApplicationNamed(ctx, tx, text)
	if err != nil {
		return a, false, err
	}
	id, err := store.NameApplication(ctx, tx, text, purser.MicrosOf(s.Now()))
	if err != nil {
		return a, false, err
	}
	if a, _, err = store.ApplicationByID(ctx, tx, id); err != nil || a.Status == before.Status {
		return a, false, err
	}
	return a, true, s.manages(ctx, tx, contract, before, a)
}

// manages keeps that a contract made an application managed, as if somebody had said
// so on its page: in its history, in the audit log, and for what follows from it.
func (s *Service) manages(ctx context.Context, tx bun.Tx, contract string, before, a store.ApplicationRow) error {
	step := purser.FeedStep{What: "status", Before: before.Status, After: a.Status, Note: "The contract " + contract + " names it"}
	if err := store.AppendStep(ctx, tx, a.ID, purser.MicrosOf(s.Now()), step); err != nil {
		return err
	}
	if err := store.MarkFindings(ctx, tx, a.ID); err != nil {
		return err
	}
	if err := store.MarkFeeds(ctx, tx, a.ID); err != nil {
		return err
	}
	entry := audit.Entry{Operation: purser.OpApplicationSet, Object: store.ApplicationID(a.ID), ObjectName: a.Name, After: map[string]any{"status": a.Status, "contract": contract}, At: s.Now()}
	if before.Status != "" {
		entry.Before = map[string]any{"status": before.Status}
	}
	return audit.Append(ctx, tx, entry)
}
