package run_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// kinds returns the kinds of what was told since the last call.
func (h *house) kinds() string {
	var out []string
	for _, e := range h.told {
		out = append(out, string(e.Kind))
	}
	h.told = nil
	return strings.Join(out, " ")
}

// step lets one thing happen to the house.
func (h *house) step(what string) {
	h.t.Helper()
	h.pass(time.Hour)
	away := &purser.Error{Class: purser.ClassInvalidResponse, What: "the page is cut"}
	denied := &purser.Error{Class: purser.ClassAuthRevoked, Status: 401, What: "401"}
	h.open, h.probe, h.vendor.before = nil, nil, nil
	fail := func(err error) { h.vendor.before = func(int, string) error { return err } }
	switch what {
	case "roster ok":
		h.roster()
	case "access ok":
		h.task(purser.TaskApplicationAccess)
	case "roster fails":
		fail(away)
		h.roster()
	case "access fails":
		fail(away)
		h.task(purser.TaskApplicationAccess)
	case "roster blips": // tried again in a minute
		fail(&purser.Error{Class: purser.ClassTransient, What: "the vendor is away"})
		h.roster()
	case "roster is denied":
		fail(denied)
		h.roster()
	case "roster is barred":
		h.granted, h.probe = []string{"groups.read"}, &purser.Error{Class: purser.ClassPermission, What: "not allowed"}
		h.roster()
		h.granted = nil
	case "roster lacks a scope":
		h.granted = []string{"groups.read"}
		h.roster()
		h.granted = nil
	case "token is dead":
		h.open = &purser.Error{Class: purser.ClassAuthRevoked, Code: "invalid_grant", What: "the token is refused"}
		h.roster()
	case "probe is refused":
		h.pass(6 * time.Hour)
		h.probe = denied
		if err := h.runner.Probe(h.t.Context(), h.instance().No); err != nil {
			h.t.Fatal(err)
		}
	case "roster is canceled":
		runs, err := h.runner.Start(h.t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err == nil {
			err = h.runner.Cancel(h.t.Context(), runs[0].ID)
		}
		if err != nil {
			h.t.Fatal(err)
		}
		h.work(runs[0].ID)
	case "repaired":
		h.alter(func(ctx context.Context, tx bun.Tx) error {
			_, err := store.SetInstanceStatus(ctx, tx, h.id, purser.StatusLive, "", 1, purser.StatusRevoked)
			return errors.Join(err, store.SetInstanceHealth(ctx, tx, h.id, purser.HealthUnknown, "", 1))
		})
	case "access is switched off":
		h.alter(func(ctx context.Context, tx bun.Tx) error {
			return store.PutTask(ctx, tx, store.TaskRow{InstanceID: h.id, Task: string(purser.TaskApplicationAccess), Every: 1})
		})
	default:
		h.t.Fatalf("nobody knows how to let this happen: %s", what)
	}
}

func (h *house) alter(fn func(ctx context.Context, tx bun.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func TestPeopleAreToldOfChangesOfTheWholeInstanceOnly(t *testing.T) {
	const initialOK, initialBad, failed, recovered, revoked = "initial_sync_completed", "initial_sync_failed", "sync_failed", "sync_recovered", "instance_revoked"
	cases := map[string][][2]string{
		"the first sync is complete when every task is":    {{"roster ok", ""}, {"access ok", initialOK}, {"roster ok", ""}, {"access ok", ""}},
		"a failing first sync is told once, its end too":   {{"roster fails", initialBad}, {"access fails", ""}, {"roster ok", ""}, {"access ok", initialOK}},
		"a second failure is none of its own":              {{"roster ok", ""}, {"access ok", initialOK}, {"roster fails", failed}, {"roster fails", ""}, {"access fails", ""}},
		"it is well again when every task is":              {{"roster ok", ""}, {"access ok", initialOK}, {"roster fails", failed}, {"access fails", ""}, {"roster ok", ""}, {"access ok", recovered}},
		"each time anew":                                   {{"roster ok", ""}, {"access ok", initialOK}, {"roster blips", failed}, {"roster ok", recovered}, {"roster blips", failed}, {"roster ok", recovered}},
		"a dead token is told as revoked, not as failed":   {{"roster ok", ""}, {"access ok", initialOK}, {"token is dead", revoked}, {"repaired", ""}, {"roster ok", recovered}, {"access ok", ""}},
		"a token that dies before the first success":       {{"token is dead", revoked}, {"repaired", ""}, {"roster ok", ""}, {"access ok", initialOK}},
		"a token that stays refused is revoked after that": {{"roster ok", ""}, {"access ok", initialOK}, {"roster is denied", failed}, {"probe is refused", ""}, {"probe is refused", ""}, {"probe is refused", revoked}},
		"revoked, repaired, revoked again":                 {{"token is dead", revoked}, {"repaired", ""}, {"token is dead", revoked}},
		"a failure after a repair was known before":        {{"token is dead", revoked}, {"repaired", ""}, {"roster fails", ""}},
		"a credential that may not read is a failure":      {{"roster ok", ""}, {"access ok", initialOK}, {"roster is barred", failed}, {"roster ok", recovered}},
		"a missing permission of one stream is not":        {{"roster lacks a scope", ""}, {"access ok", initialOK}},
		"a canceled run says nothing":                      {{"roster ok", ""}, {"access ok", initialOK}, {"roster fails", failed}, {"roster is canceled", ""}, {"roster ok", recovered}, {"roster is canceled", ""}},
		"a task that is switched off counts no longer":     {{"roster ok", ""}, {"access ok", initialOK}, {"access fails", failed}, {"access is switched off", ""}, {"roster ok", recovered}},
		"a task that is switched off is not waited for":    {{"access is switched off", ""}, {"roster ok", initialOK}},
	}
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		c := newClock()
		o.Now = c.now
		db := storetest.Open(t, o) // one for all: a database each would take most of the time
		for name, steps := range cases {
			t.Run(name, func(t *testing.T) { wantTold(t, newHouse(t, db, c), steps) })
		}
	})
}

// wantTold goes through steps, each with the kinds of events that it must give.
func wantTold(t *testing.T, h *house, steps [][2]string) {
	t.Helper()
	keys := map[string]bool{}
	for n, step := range steps {
		h.step(step[0])
		for _, e := range h.told {
			if keys[e.Key] {
				t.Errorf("step %d: the key %s was used before", n+1, e.Key)
			}
			keys[e.Key] = true
			if e.What == "" || !strings.HasPrefix(e.Path, "/") || e.InstanceID != h.id || e.InstanceName != "Acme" || !e.At.Equal(h.now()) {
				t.Errorf("step %d: %+v", n+1, e)
			}
		}
		if got := h.kinds(); got != step[1] {
			t.Errorf("step %d, %s: told %q, want %q", n+1, step[0], got, step[1])
		}
	}
	h.alter(func(ctx context.Context, tx bun.Tx) error { // makes room for the next house of this name
		_, err := tx.NewRaw("UPDATE instance SET name_key = id, status = 'inactive' WHERE id = ?", h.id).Exec(ctx)
		return err
	})
}

func TestAFailureIsToldWithItsReasonAndItsEndWithTheTime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.step("roster ok")
		h.step("access ok")
		if e := h.told[0]; e.Counts.Read == 0 || !slices.ContainsFunc(e.Fields, func(f string) bool { return strings.HasPrefix(f, "Application roster: ") }) {
			t.Errorf("%+v", e)
		}
		h.step("roster fails")
		at := h.now()
		if e := h.told[1]; e.Why != "Application roster: the page is cut" || e.Path != "/runs/"+e.RunID {
			t.Errorf("%+v", e)
		}
		h.step("roster ok")
		if e := h.told[2]; !strings.Contains(e.What, at.UTC().Format("2 January 2006, 15:04 UTC")) {
			t.Errorf("%+v", e)
		}
	})
}

func TestHeldRemovalsAreToldOnceAndWithoutNames(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.step("roster ok")
		h.vendor.users = h.vendor.users[:8]
		for _, want := range []string{"removals_held", "", ""} {
			h.roster()
			for _, e := range h.told {
				if !strings.Contains(e.What, "12 removals") || strings.Contains(e.What+e.Why+strings.Join(e.Fields, ""), "u09") || !strings.HasSuffix(e.Path, "/holds") {
					t.Errorf("%+v", e)
				}
			}
			if got := h.kinds(); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		}
		// Another one after the decision is another question.
		if err := h.runner.DecideHold(t.Context(), h.openHolds()[0].ID, true); err != nil {
			t.Fatal(err)
		}
		h.vendor.users = h.vendor.users[:0]
		h.roster()
		if got := h.kinds(); got != "removals_held" {
			t.Errorf("told %q of a new hold", got)
		}
	})
}

func TestWhatCannotBeNotedIsNotEnded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.step("roster ok")
		full := errors.New("the outbox cannot be written")
		tell := h.runner.Tell
		h.runner.Tell = func(context.Context, bun.Tx, purser.Event) error { return full }
		runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationAccess)
		if err != nil {
			t.Fatal(err)
		}
		no, err := store.RunNo(t.Context(), h.db.Read(), runs[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.runner.Work(t.Context(), no); !errors.Is(err, full) {
			t.Errorf("the run ended, and nobody is told: %v", err)
		}
		if due := h.due(); len(due) != 1 || due[0].State.Ended() {
			t.Fatalf("the run: %+v", due)
		}
		h.runner.Tell = tell
		h.pass(2 * time.Minute)
		h.state(h.work(runs[0].ID), purser.RunSucceeded)
		if got := h.kinds(); got != "initial_sync_completed" {
			t.Errorf("told %q", got)
		}
	})
}
