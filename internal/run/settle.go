package run

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// retries are the times after which a run that failed for a passing reason is tried again.
func retries() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute}
}

// confirmAfter is when a reading is repeated that missed things for the first time.
const confirmAfter = 30 * time.Minute

// waitAtMost is how long a run waits for a vendor that does not say until when.
const waitAtMost = time.Hour

// settle writes how the work on a run ended: its state, the instance's health,
// the task's times, and what follows, all in one transaction.
func (r *Runner) settle(ctx context.Context, row store.RunRow, o outcome, rec *recorder) error {
	e := o.err
	if e == nil {
		e = &purser.Error{}
	}
	switch o.state {
	case purser.RunQueued:
		rec.record(purser.LogLine{Kind: "note", Message: "interrupted; the run goes on from its last committed page"})
		return r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.FreeRun(ctx, tx, row.No, r.now()) })
	case purser.RunWaiting:
		return r.wait(ctx, row, e, rec)
	}
	what := ""
	if o.err != nil {
		what = e.Error()
	}
	rec.record(purser.LogLine{Kind: "note", Class: e.Class, Message: ended(o.state, what), Hint: e.Hint})
	rec.flush(ctx)
	err := r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.EndRun(ctx, tx, row.No, o.state, e.Class, what, e.Hint, r.now()); err != nil {
			return err
		}
		i, err := store.InstanceByNo(ctx, tx, row.InstanceNo)
		if err != nil {
			return err
		}
		if err := r.afterwards(ctx, tx, row, i, o); err != nil {
			return err
		}
		if err := r.setHealth(ctx, tx, i, o); err != nil {
			return err
		}
		if err := r.settled(ctx, tx, row, i, o.state, what); err != nil {
			return err
		}
		return r.tellEnd(ctx, tx, row)
	})
	if err == nil && r.Ended != nil {
		r.Ended(purser.TaskName(row.Task), o.state)
	}
	return err
}

// settled tells whoever wants to know how a run ended, and queues another one if they ask for it.
func (r *Runner) settled(ctx context.Context, tx bun.Tx, row store.RunRow, i purser.Instance, state purser.RunState, what string) error {
	if r.Settled == nil {
		return nil
	}
	again, err := r.Settled(ctx, tx, row, state, what)
	if err != nil || !again {
		return err
	}
	_, err = r.enqueue(ctx, tx, i, purser.TaskName(row.Task), purser.TriggerManual, 1, 0)
	return err
}

func ended(state purser.RunState, what string) string {
	if what == "" {
		return string(state)
	}
	return fmt.Sprintf("%s: %s", state, what)
}

func (r *Runner) wait(ctx context.Context, row store.RunRow, e *purser.Error, rec *recorder) error {
	now := r.Now()
	until := e.Until
	if until.Before(now) || until.After(now.Add(24*time.Hour)) {
		until = now.Add(waitAtMost)
	}
	when := "at " + until.UTC().Format(time.RFC3339)
	if e.Class == purser.ClassCanceled {
		when = "when calls leave again"
	}
	rec.record(purser.LogLine{Kind: "wait", Class: e.Class, Message: fmt.Sprintf("%s; the run goes on %s", e.Error(), when)})
	return r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.WaitRun(ctx, tx, row.No, purser.MicrosOf(until), e.Error()); err != nil {
			return err
		}
		if e.Class != purser.ClassRateLimited {
			return nil
		}
		return store.SetInstanceHealth(ctx, tx, row.InstanceID, purser.HealthRateLimited, e.Error(), r.now())
	})
}

// afterwards notes the task's times and queues what follows from the end of a run.
func (r *Runner) afterwards(ctx context.Context, tx bun.Tx, row store.RunRow, i purser.Instance, o outcome) error {
	task := purser.TaskName(row.Task)
	switch {
	case o.state == purser.RunSucceeded:
		at := r.Now().Add(-r.lag(i, task))
		if o.asOf != nil {
			at = o.asOf()
		}
		if at.IsZero() { // nothing was there to be read: the data is as old as it was
			return nil
		}
		if err := store.CompleteTask(ctx, tx, i.ID, task, r.now(), purser.MicrosOf(at), o.offered); err != nil {
			return err
		}
		if !o.confirm {
			return nil
		}
		_, err := r.enqueue(ctx, tx, i, task, purser.TriggerConfirm, 1, confirmAfter)
		return err
	case o.again:
		_, err := r.enqueueLike(ctx, tx, i, row, purser.Trigger(row.Cause), 1, 0)
		return err
	case o.confirm:
		_, err := r.enqueue(ctx, tx, i, task, purser.TriggerConfirm, 1, confirmAfter)
		return err
	case o.state == purser.RunFailed && o.err.Class == purser.ClassTransient && row.Attempt <= int64(len(retries())):
		_, err := r.enqueueLike(ctx, tx, i, row, purser.TriggerRetry, row.Attempt+1, retries()[row.Attempt-1])
		return err
	}
	return nil
}

// lag is how late the vendor's own data of a task is.
func (r *Runner) lag(i purser.Instance, task purser.TaskName) time.Duration {
	if c := r.Catalog.Get(i.Connector); c != nil {
		for n := range c.Manifest.Tasks {
			if t := &c.Manifest.Tasks[n]; t.Name == string(task) {
				return t.Lag.Std()
			}
		}
	}
	return 0
}
