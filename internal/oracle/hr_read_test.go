package oracle_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// Half of a list of employees, or one of two, says of nobody that they do not work here.
func TestNobodyIsMissingInHRBeforeHRWasReadToItsEnd(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, now)
		hr, chat := h.instance("HR", true), h.instance("Chat", false)
		h.row(purser.KindPerson, hr, "e1", map[string]any{"email": "ada@example.com", "display_name": "Ada", "employment": "employed"})
		h.read(hr, purser.KindPerson, time.UnixMicro(0))
		h.read(chat, purser.KindAccount, now)
		h.row(purser.KindAccount, chat, "u2", map[string]any{"email": "grace@example.com", "status": "active", "last_active_at": now.Add(-time.Hour).UnixMicro()})
		missing := func() (n int) {
			h.derive(hr, chat)
			for _, f := range h.all() {
				if f.Kind == purser.FindingUsedNotInHR {
					n++
				}
			}
			return n
		}
		if n := missing(); n != 0 {
			t.Errorf("half of the employees were read, and %d accounts are used by somebody who is none", n)
		}
		h.read(hr, purser.KindPerson, now)
		if n := missing(); n != 1 {
			t.Errorf("all employees were read, and %d accounts are used by somebody who is none, want 1", n)
		}
		second := h.instance("Contractors", true)
		h.read(second, purser.KindPerson, time.UnixMicro(0))
		if n := missing(); n != 0 {
			t.Errorf("contractors were not read, and %d accounts are used by somebody who is none", n)
		}
	})
}

// While people were read and are not matched yet, accounts are not found to be nobody's.
func TestNobodyIsMissingWhilePeopleWaitToBeMatched(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, now)
		hr, chat := h.instance("HR", true), h.instance("Chat", false)
		h.row(purser.KindPerson, hr, "e1", map[string]any{"email": "ada@example.com", "display_name": "Ada", "employment": "employed"})
		h.read(hr, purser.KindPerson, now)
		h.read(chat, purser.KindAccount, now)
		h.row(purser.KindAccount, chat, "u1", map[string]any{"email": "ada@example.com", "status": "active", "last_active_at": now.Add(-time.Hour).UnixMicro()})
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			return errors.Join(store.MarkDerivation(ctx, tx, hr.No, 0, purser.KindPerson), store.MarkDerivation(ctx, tx, chat.No, 0, purser.KindAccount))
		})
		if err == nil {
			err = h.deriver.Derive(t.Context(), chat.No) // the chat's run ends before that of HR
		}
		if err != nil {
			t.Fatal(err)
		}
		if found := h.all(); len(found) != 0 {
			t.Errorf("found before HR was matched: %+v", found)
		}
		h.derive(hr, chat)
		if found := h.all(); len(found) != 0 {
			t.Errorf("found of an account that is Ada's: %+v", found)
		}
	})
}
