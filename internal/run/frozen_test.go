package run_test

import (
	"strings"
	"testing"
	"time"

	"purser"
)

func TestARunThatAFreezeStopsWaitsAndGoesOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		why := ""
		h.runner.Frozen = func() string { return why }
		h.vendor.before = func(n int, _ string) error {
			if n == 4 {
				why = "outgoing calls are frozen by ada@example.com: a leak"
			}
			if why != "" { // as egress tells it
				return &purser.Error{Class: purser.ClassCanceled, Code: "frozen", What: "outgoing calls are frozen"}
			}
			return nil
		}
		got := h.roster()
		h.state(got, purser.RunWaiting)
		if got.WaitReason != why {
			t.Errorf("it waits for %q", got.WaitReason)
		}
		asked := len(h.vendor.asked)
		h.pass(2 * time.Minute)
		h.state(h.work(got.ID), purser.RunWaiting) // somebody looks at it while calls are frozen
		if len(h.vendor.asked) != asked {
			t.Error("the vendor was asked while calls were frozen")
		}
		why = ""
		h.pass(2 * time.Minute)
		h.state(h.work(got.ID), purser.RunSucceeded)
		if n := strings.Count(h.users(), ":active"); n != 20 {
			t.Errorf("%d accounts, want 20", n)
		}
		if users := strings.Count(strings.Join(h.vendor.asked, " "), "/users"); users != 10+1 {
			t.Errorf("the list was asked for %d times: it has ten pages, and one call was stopped", users)
		}
	})
}

func TestARestoredBoxQueuesNothingByItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		paused := true
		h.runner.Paused = func() bool { return paused }
		h.pass(48 * time.Hour)
		if err := h.runner.Reconcile(t.Context()); err != nil || len(h.due()) != 0 {
			t.Errorf("%d runs were queued, %v", len(h.due()), err)
		}
		paused = false
		if err := h.runner.Reconcile(t.Context()); err != nil || len(h.due()) != 2 {
			t.Errorf("afterwards %d runs are queued, want 2: %v", len(h.due()), err)
		}
	})
}
