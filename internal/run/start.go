package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Start queues runs of tasks of an instance, of all enabled ones if none is
// named. A task of which a run is under way gives that run: there is never a second one.
func (r *Runner) Start(ctx context.Context, instanceID string, trigger purser.Trigger, tasks ...purser.TaskName) ([]purser.Run, error) {
	return r.Sync(ctx, instanceID, trigger, Range{}, tasks...)
}

// Range says what a run reads: what changed since the last one, or everything again.
type Range struct {
	Whole bool      // everything again
	Since time.Time // of it, what is dated from then on; zero: as far back as the vendor tells
}

// Sync is Start with a range. A task that only sums up events by day cannot be
// read again: they would count twice.
func (r *Runner) Sync(ctx context.Context, instanceID string, trigger purser.Trigger, what Range, tasks ...purser.TaskName) ([]purser.Run, error) {
	if err := r.allow(ctx, purser.OpRunStart); err != nil {
		return nil, err
	}
	i, err := store.Instance(ctx, r.DB.Read(), instanceID)
	if err != nil {
		return nil, err
	}
	if i.Status != purser.StatusLive {
		return nil, &purser.Problem{Kind: purser.ProblemConflict, Field: "instance", What: fmt.Sprintf("%s is %s and cannot be synced", i.Name, i.Status),
			Hint: "Only a live instance is synced: finish its setup, activate it or authorize it anew."}
	}
	named := len(tasks) > 0
	tasks, err = r.enabled(ctx, i, tasks)
	if err != nil {
		return nil, err
	}
	like, err := r.ranged(i, what, named, tasks)
	if err != nil {
		return nil, err
	}
	var rows []store.RunRow
	err = r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		rows = rows[:0]
		for _, t := range tasks {
			row, err := r.enqueueLike(ctx, tx, i, like[t], trigger, 1, 0)
			if err != nil {
				return err
			}
			if row.Whole < like[t].Whole {
				return &purser.Problem{Kind: purser.ProblemConflict, Field: "full", What: fmt.Sprintf("a run of %s is under way that reads what changed", t.Title()),
					Hint: "Wait for its end or cancel it, then ask again."}
			}
			rows = append(rows, row)
		}
		if _, ok := purser.ActorFrom(ctx); !ok || trigger == purser.TriggerSchedule {
			return nil
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpRunStart, Object: i.ID, ObjectName: i.Name,
			After: told(tasks, trigger, what), At: r.Now()})
	})
	if err != nil {
		return nil, fmt.Errorf("queue a run of %s: %w", i.Name, err)
	}
	out := make([]purser.Run, 0, len(rows))
	for _, row := range rows {
		run, err := store.RunDetail(ctx, r.DB.Read(), row.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, run)
	}
	r.rouse()
	return out, nil
}

// StartAll queues runs of all enabled tasks of an instance.
func (r *Runner) StartAll(ctx context.Context, instanceID string, trigger purser.Trigger) ([]purser.Run, error) {
	return r.Start(ctx, instanceID, trigger)
}

// enabled checks the named tasks, or returns all that are enabled, in the order of the catalog.
func (r *Runner) enabled(ctx context.Context, i purser.Instance, tasks []purser.TaskName) ([]purser.TaskName, error) {
	rows, err := store.TaskRows(ctx, r.DB.Read(), i.ID)
	if err != nil {
		return nil, err
	}
	var on []purser.TaskName
	for _, name := range purser.TaskNames() {
		if slices.ContainsFunc(rows, func(t store.TaskRow) bool { return t.Enabled && t.Task == string(name) }) {
			on = append(on, name)
		}
	}
	if len(tasks) == 0 {
		if len(on) == 0 {
			return nil, &purser.Problem{Kind: purser.ProblemConflict, Field: "task", What: "no task of " + i.Name + " is enabled",
				Hint: "Enable a task first."}
		}
		return on, nil
	}
	for _, t := range tasks {
		if !slices.Contains(on, t) {
			return nil, &purser.Problem{Kind: purser.ProblemConflict, Field: "task", What: fmt.Sprintf("the task %q of %s is not enabled", t, i.Name),
				Hint: fmt.Sprintf("Enabled are %v; switch another one on first.", on)}
		}
	}
	return tasks, nil
}

func (r *Runner) enqueue(ctx context.Context, tx bun.Tx, i purser.Instance, task purser.TaskName, trigger purser.Trigger, attempt int64, after time.Duration) (store.RunRow, error) {
	return r.enqueueLike(ctx, tx, i, store.RunRow{Task: string(task)}, trigger, attempt, after)
}

// enqueueLike queues a run of the same task and range as another one.
func (r *Runner) enqueueLike(ctx context.Context, tx bun.Tx, i purser.Instance, like store.RunRow, trigger purser.Trigger, attempt int64, after time.Duration) (store.RunRow, error) {
	now := r.now()
	return store.EnqueueRun(ctx, tx, store.RunRow{ID: r.ids.New(purser.PrefixRun), InstanceID: i.ID, InstanceNo: i.No, Task: like.Task,
		Cause: string(trigger), Attempt: attempt, DueAt: now + purser.Micros(after.Microseconds()), QueuedAt: now, Whole: like.Whole, Since: like.Since})
}

// Cancel ends a run. What it has read stays; nothing is taken for removed.
func (r *Runner) Cancel(ctx context.Context, runID string) error {
	if err := r.allow(ctx, purser.OpRunStart); err != nil {
		return err
	}
	row, ok, err := store.RunByID(ctx, r.DB.Read(), runID)
	if err != nil {
		return err
	}
	if !ok {
		return purser.NotFound("run", runID)
	}
	err = r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		ok, err := store.RequestCancel(ctx, tx, runID, r.now())
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "the run is already over"}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpRunStart, Object: runID, After: map[string]any{"canceled": true}, At: r.Now()})
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	if a := r.active[row.No]; a != nil {
		a.cancel(errCanceled)
	}
	r.mu.Unlock()
	r.rouse()
	return nil
}

// rouse lets the reconciler look now and not only at the next minute.
func (r *Runner) rouse() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
