package run_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

func TestATaskThatIsSwitchedOffMakesNoInstanceFail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.step("roster ok")
		h.step("access fails")
		h.step("roster ok")
		if i := h.instance(); i.Health != purser.HealthFailing || !strings.Contains(i.HealthWhy, "Application access") {
			t.Errorf("one good task made up for a failing one: %s %q", i.Health, i.HealthWhy)
		}
		h.step("access is switched off")
		h.step("roster ok")
		if i := h.instance(); i.Health != purser.HealthOK {
			t.Errorf("what is switched off still counts: %s %q", i.Health, i.HealthWhy)
		}
	})
}

// TestWhatThePlanDoesNotHaveIsAskedAgainWeekly also sees that a person who syncs
// by hand is not put off until then.
func TestWhatThePlanDoesNotHaveIsAskedAgainWeekly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		refuses := true
		h.vendor.before = func(_ int, path string) error {
			if refuses && path == "/groups" {
				return &purser.Error{Class: purser.ClassNotAvailable, Status: 402, What: "the plan has no groups"}
			}
			return nil
		}
		asked := func(trigger purser.Trigger) bool {
			t.Helper()
			h.vendor.asked = nil
			runs, err := h.runner.Start(t.Context(), h.id, trigger, purser.TaskApplicationRoster)
			if err != nil {
				t.Fatal(err)
			}
			h.state(h.work(runs[0].ID), purser.RunSucceeded)
			return slices.Contains(h.vendor.asked, "/groups")
		}
		day := 24 * time.Hour
		if !asked(purser.TriggerSchedule) {
			t.Fatal("never asked")
		}
		for range 6 {
			h.pass(day)
			if asked(purser.TriggerSchedule) {
				t.Fatal("asked again within the week")
			}
		}
		if i := h.instance(); i.Health != purser.HealthOK || i.Status != purser.StatusLive {
			t.Errorf("%s %s", i.Status, i.Health)
		}
		if !asked(purser.TriggerManual) {
			t.Error("a person who syncs is put off")
		}
		h.pass(6*day + 17*time.Hour)
		if asked(purser.TriggerSchedule) {
			t.Error("the week does not count from the last time that it was asked")
		}
		h.pass(2 * time.Hour)
		refuses = false
		if !asked(purser.TriggerSchedule) {
			t.Error("not asked again after a week")
		}
		h.pass(day)
		if !asked(purser.TriggerSchedule) {
			t.Error("offered by now, and left alone")
		}
	})
}

func TestWhyATaskIsNotOfferedStaysWhileItIsLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.vendor.before = func(int, string) error {
			return &purser.Error{Class: purser.ClassNotAvailable, Status: 402, What: "the plan has no log of sign-ins"}
		}
		for day := range 3 {
			runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerSchedule, purser.TaskApplicationAccess)
			if err != nil {
				t.Fatal(err)
			}
			h.state(h.work(runs[0].ID), purser.RunSucceeded)
			row, _, err := store.TaskRowOf(t.Context(), h.db.Read(), h.id, purser.TaskApplicationAccess)
			if err != nil || !strings.Contains(row.NotOffered, "no log of sign-ins") {
				t.Errorf("day %d: not offered because of %q %v", day, row.NotOffered, err)
			}
			h.pass(24 * time.Hour)
		}
	})
}

// TestTheFirstReadingOfUseGoesBackThirtyDaysOrAsAPersonSaid also sees that the
// next one goes on from there.
func TestTheFirstReadingOfUseGoesBackThirtyDaysOrAsAPersonSaid(t *testing.T) {
	for name, days := range map[string]int{"usual": 0, "a person's": 45, "no further than the vendor tells": 400} {
		want := map[int]int{0: 30, 45: 45, 400: 60}[days]
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.alter(func(ctx context.Context, tx bun.Tx) error {
					return store.PutTask(ctx, tx, store.TaskRow{InstanceID: h.id, Task: string(purser.TaskApplicationAccess), Enabled: true, Every: 1,
						Lookback: (time.Duration(days) * 24 * time.Hour).Microseconds()})
				})
				h.vendor.events = []map[string]string{{"id": "e1", "user": "u01", "at": h.now().Add(-time.Hour).Format(time.RFC3339)}}
				h.state(h.task(purser.TaskApplicationAccess), purser.RunSucceeded)
				from := h.now().AddDate(0, 0, -want)
				if got := h.vendor.since; len(got) != 1 || !got[0].Equal(from) {
					t.Errorf("the first reading asks since %s, want %s", got, from)
				}
				h.vendor.since = nil
				h.pass(24 * time.Hour)
				h.state(h.task(purser.TaskApplicationAccess), purser.RunSucceeded)
				if got := h.vendor.since; len(got) != 1 || got[0].Before(h.now().AddDate(0, 0, -2)) {
					t.Errorf("the second reading asks since %s", got)
				}
			})
		})
	}
}
