package hardness_test

import (
	"testing"
	"time"

	"purser"
	"purser/internal/sandbox"
)

// accounts are the live ones by what the vendor calls them, or those that are gone.
func (h *house) accounts(gone bool) map[string]purser.Account {
	h.t.Helper()
	path := "/accounts?limit=1000"
	if gone {
		path += "&removed=true"
	}
	all := map[string]purser.Account{}
	for _, a := range list[purser.Account](h, path) {
		all[a.ExternalID] = a
	}
	return all
}

func (h *house) holds() (open []purser.Hold) {
	h.t.Helper()
	for _, one := range list[purser.Hold](h, "/holds") {
		if one.DecidedAt.IsZero() {
			open = append(open, one)
		}
	}
	return open
}

// leavers erases so many people from every vendor and returns their addresses.
func (h *house) leavers(n int) (emails []string) {
	h.t.Helper()
	live := h.accounts(false)
	for _, a := range live {
		if len(emails) == n {
			return emails
		}
		if h.vendors.RemovePerson(a.Email) == nil {
			emails = append(emails, a.Email)
		}
	}
	h.t.Fatalf("only %d people of %d accounts can be erased, want %d", len(emails), len(live), n)
	return nil
}

func TestWhatIsGoneIsRemovedOnlyWhenItIsSure(t *testing.T) {
	each(t, sandbox.Options{}, func(t *testing.T, h *house) {
		h.serve()
		h.okta(purser.TaskApplicationRoster)
		h.runs()
		whole := len(h.accounts(false))
		if want := h.vendors.Counts()[sandbox.Okta]["users"]; whole != want {
			t.Fatalf("%d accounts of %d", whole, want)
		}

		// A glitch: everything is empty, with 200. Twice.
		for _, route := range []string{"/api/v1/users", "/api/v1/groups", "/api/v1/groups/*/users"} {
			h.vendors.SetGlitchEmpty(sandbox.Okta, route, true)
		}
		for range 2 {
			if r := h.sync(purser.TaskApplicationRoster); r.Counts.Removed != 0 || r.State == purser.RunSucceeded && !r.Held {
				t.Errorf("an empty list with 200: %s, held %t, %+v", r.State, r.Held, r.Counts)
			}
		}
		if n := h.vendors.Fired(sandbox.EmptyList); n < 4 || len(h.accounts(false)) != whole {
			t.Errorf("%d accounts after %d glitches, want %d", len(h.accounts(false)), n, whole)
		}
		for _, route := range []string{"/api/v1/users", "/api/v1/groups", "/api/v1/groups/*/users"} {
			h.vendors.SetGlitchEmpty(sandbox.Okta, route, false)
		}
		h.sync(purser.TaskApplicationRoster)
		if open := h.holds(); len(open) != 0 || len(h.accounts(true)) != 0 {
			t.Fatalf("after the glitch: holds %+v, %d accounts gone", open, len(h.accounts(true)))
		}

		// One departure: the first reading that misses it dates it, the second one removes it.
		one := h.leavers(1)[0]
		begun := time.Now()
		first := h.sync(purser.TaskApplicationRoster)
		if first.Counts.Removed != 0 || len(h.accounts(true)) != 0 {
			t.Fatalf("one reading removed: %+v", first.Counts)
		}
		between := time.Now()
		second := h.sync(purser.TaskApplicationRoster)
		if second.Trigger != purser.TriggerConfirm || second.ID == first.ID {
			t.Errorf("the second reading is %s, for %s", second.ID, second.Trigger)
		}
		gone := h.accounts(true)
		for _, a := range gone {
			if a.Email != one || a.RemovedAt.Before(begun) || a.RemovedAt.After(between) {
				t.Errorf("%s (%s) is gone since %s, not %s between %s and %s", a.ExternalID, a.Email, a.RemovedAt, one, begun, between)
			}
		}
		if len(gone) != 1 || len(h.accounts(false)) != whole-1 {
			t.Fatalf("%d gone, %d live of %d", len(gone), len(h.accounts(false)), whole)
		}

		// A mass departure waits for a person.
		many := h.leavers(80)
		for range 2 {
			if r := h.sync(purser.TaskApplicationRoster); !r.Held || len(h.accounts(true)) != 1 {
				t.Fatalf("a mass departure: held %t, %+v, %d gone", r.Held, r.Counts, len(h.accounts(true)))
			}
		}
		for _, hold := range h.holds() {
			if hold.Kind == purser.KindAccount && int(hold.Count) != len(many) {
				t.Errorf("the hold says %d of %d departures", hold.Count, len(many))
			}
			h.api("POST", "/holds/"+hold.ID+"/decision", map[string]bool{"approve": true}, nil)
		}
		h.sync(purser.TaskApplicationRoster)
		if live, gone := len(h.accounts(false)), len(h.accounts(true)); live != whole-81 || gone != 81 || len(h.holds()) != 0 {
			t.Errorf("approved: %d live, %d gone, holds %+v; want %d and 81", live, gone, h.holds(), whole-81)
		}
	})
}
