package deletion_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/audit"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// TestKilledBetweenAnyTwoSlicesADeletionGoesOn pulls the plug before one commit
// after the other; a new process takes the deletion up each time.
func TestKilledBetweenAnyTwoSlicesADeletionGoesOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		mine, other := h.instance("Mine", "vendor", "t1"), h.instance("Other", "vendor", "t2")
		for n := range 700 { // more than one slice
			h.account(mine, fmt.Sprint("a", n), "a@example.com")
		}
		h.account(other, "b1", "b@example.com")
		fill(t, h.db, mine.No, mine.ID, 7001)
		d, err := h.service.Begin(h.ctx, mine.ID, purser.DeleteInstance, true)
		if err != nil {
			t.Fatal(err)
		}
		kills, left := 0, 1
		h.cut = func() error {
			if left--; left < 0 {
				return errPlug
			}
			return nil
		}
		for range 500 {
			err := h.service.Work(t.Context())
			if err == nil {
				break
			}
			if !errors.Is(err, errPlug) {
				t.Fatal(err)
			}
			kills++
			left = 2 + kills%3
			h.service = h.newService()
		}
		h.cut = nil
		// Killed after its end, what it asked to be worked out anew is left to the reconciler.
		if err := match.New(h.db, time.Now).Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		got, err := h.service.Deletion(h.ctx, d.ID)
		if err != nil || !got.Ended() {
			t.Fatalf("after %d kills the deletion is not over: %+v %v", kills, got, err)
		}
		if kills < 10 {
			t.Errorf("killed only %d times", kills)
		}
		if got.Removed != got.Total || got.Removed < 701 {
			t.Errorf("%d of %d rows are told as removed: a killed slice was counted, or one was not", got.Removed, got.Total)
		}
		if all := storetest.Orphans(t, h.db); len(all) > 0 {
			t.Errorf("orphans: %s", strings.Join(all, "; "))
		}
		if n := h.count(`SELECT count(*) FROM "account"`); n != 1 {
			t.Errorf("%d accounts are left, want the other instance's", n)
		}
		records := 0
		rows, err := store.AuditPage(t.Context(), h.db.Read(), store.AuditFilter{Object: mine.ID}, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Operation == string(purser.OpInstanceDelete) && strings.Contains(r.After, "gone") {
				records++
				if r.ActorName != "ada@example.com" || !strings.Contains(r.After, `"accounts":701`) {
					t.Errorf("the record says %s by %s", r.After, r.ActorName)
				}
			}
		}
		if records != 1 {
			t.Errorf("%d records of the end", records)
		}
		if _, err := audit.New(h.db, allow{}).Verify(h.ctx); err != nil {
			t.Errorf("the audit log: %v", err)
		}
	})
}

func TestNothingIsRemovedWhileARunWorks(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		mine := h.instance("Mine", "vendor", "t1")
		h.account(mine, "a1", "a@example.com")
		h.exec(`INSERT INTO run (id, instance_id, instance_no, task, state, cause, due_at, queued_at) VALUES ('run_1', ?, ?, 'application_roster', 'queued', 'manual', 1, 1)`, mine.ID, mine.No)
		h.working[mine.No] = 4 // the runner says three times more that it works on a run
		if _, err := h.service.Begin(h.ctx, mine.ID, purser.DeleteUsers, true); err != nil {
			t.Fatal(err)
		}
		if _, err := h.service.Begin(h.ctx, mine.ID, purser.DeleteInstance, true); err == nil {
			t.Error("a second deletion begins while one is under way")
		}
		if err := h.service.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h.working[mine.No] >= 0 {
			t.Error("the deletion did not wait for the run")
		}
		if n := h.count(`SELECT count(*) FROM run WHERE state = 'canceled' AND ended_at > 0`); n != 1 {
			t.Error("the queued run was not canceled")
		}
	})
}
