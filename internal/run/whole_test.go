package run_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/run"
	"purser/internal/store"
)

// TestSpendIsReadFromWhereItEndedAndAsAWholeOnRequest also sees that what is read
// again counts once, and that use by day is never read again.
func TestSpendIsReadFromWhereItEndedAndAsAWholeOnRequest(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.alter(func(ctx context.Context, tx bun.Tx) error {
			return store.PutTask(ctx, tx, store.TaskRow{InstanceID: h.id, Task: string(purser.TaskExpenseDiscovery), Enabled: true, Every: 1})
		})
		last := h.now().Add(-2 * time.Hour).UTC()
		h.vendor.spend = []map[string]string{{"id": "b1", "payee": "Old", "at": last.AddDate(-2, 0, 0).Format(time.RFC3339)}, {"id": "b2", "payee": "New", "at": last.Format(time.RFC3339)}}
		read := func(what run.Range) purser.Run {
			t.Helper()
			h.vendor.since = nil
			runs, err := h.runner.Sync(t.Context(), h.id, purser.TriggerManual, what, purser.TaskExpenseDiscovery)
			if err != nil {
				t.Fatal(err)
			}
			got := h.work(runs[0].ID)
			h.state(got, purser.RunSucceeded)
			return got
		}
		asked := func(when string, want time.Time) {
			t.Helper()
			if got := h.vendor.since; len(got) != 1 || !got[0].Equal(want) {
				t.Errorf("%s asks since %s, want %s", when, got, want)
			}
		}
		read(run.Range{})
		asked("the first run", time.Time{})
		h.pass(24 * time.Hour)
		read(run.Range{})
		asked("the second run", last.Add(-time.Hour))
		h.vendor.spend[0]["payee"] = "Corrected"
		if got := read(run.Range{Whole: true}); got.Counts.Read != 2 || got.Counts.Changed != 1 || got.Counts.Added != 0 {
			t.Errorf("everything again: %+v", got.Counts)
		}
		asked("everything again", time.Time{})
		since := h.now().AddDate(0, -3, 0)
		read(run.Range{Whole: true, Since: since})
		asked("everything since a day", since)
		read(run.Range{})
		asked("the next one", last.Add(-time.Hour))
		if n := h.rows(purser.KindTransaction, "external_id || ':' || payee"); n != "b1:Corrected b2:New" {
			t.Errorf("kept: %s", n)
		}
		for field, what := range map[string]run.Range{"since": {Since: since}, "full": {Whole: true}} {
			task := purser.TaskExpenseDiscovery
			if field == "full" {
				task = purser.TaskApplicationAccess
			}
			_, err := h.runner.Sync(t.Context(), h.id, purser.TriggerManual, what, task)
			if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Field != field {
				t.Errorf("%+v of %s: %v", what, task, err)
			}
		}
		if _, err := h.runner.Sync(t.Context(), h.id, purser.TriggerManual, run.Range{Whole: true, Since: h.now().Add(time.Hour)}, purser.TaskExpenseDiscovery); err == nil {
			t.Error("everything since tomorrow")
		}
	})
}
