package run

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// dueAtOnce is how many tasks that are due are looked at at once.
const dueAtOnce = 200

// Reconcile looks for what is due and wakes workers for it: tasks by their
// schedule, runs that wait no longer, runs that a dead process left behind,
// credentials in doubt. It may be called at any time, by many at once.
func (r *Runner) Reconcile(ctx context.Context) error {
	if r.paused() {
		return nil
	}
	if err := r.schedule(ctx); err != nil {
		return fmt.Errorf("queue the tasks that are due: %w", err)
	}
	open, err := store.OpenRuns(ctx, r.DB.Read(), r.now())
	if err != nil {
		return fmt.Errorf("look for runs that are due: %w", err)
	}
	for _, row := range open {
		if r.working(row.No) || r.rests(row) {
			continue
		}
		if row.State == string(purser.RunRunning) && row.Holder != "" && row.Holder != r.holder &&
			r.now()-row.TouchedAt < purser.Micros(staleAfter.Microseconds()) {
			continue
		}
		if err := r.post(ctx, wakeUp{Run: row.No}); err != nil {
			return fmt.Errorf("wake a worker: %w", err)
		}
	}
	if r.frozen() != "" {
		return nil
	}
	probes, err := store.DueProbes(ctx, r.DB.Read(), r.now())
	if err != nil {
		return fmt.Errorf("look for credentials in doubt: %w", err)
	}
	for _, p := range probes {
		if err := r.post(ctx, wakeUp{Probe: p.InstanceNo}); err != nil {
			return fmt.Errorf("wake a worker: %w", err)
		}
	}
	return r.makeUp(ctx)
}

// makeUp wakes workers for what runs have written that ended before everything
// that follows from it was there, and for what a person changed.
func (r *Runner) makeUp(ctx context.Context) error {
	if r.Derive == nil {
		return nil
	}
	left, err := store.LeftDerivations(ctx, r.DB.Read())
	if err != nil {
		return fmt.Errorf("look for what is to be derived: %w", err)
	}
	for _, no := range left {
		if err := r.post(ctx, wakeUp{Derive: no}); err != nil {
			return fmt.Errorf("wake a worker: %w", err)
		}
	}
	return nil
}

func (r *Runner) working(runNo int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.active[runNo] != nil
}

// schedule queues the tasks that are due and notes when they are due next.
func (r *Runner) schedule(ctx context.Context) error {
	due, err := store.DueTasks(ctx, r.DB.Read(), r.now(), dueAtOnce)
	if err != nil {
		return err
	}
	for _, t := range due {
		i, err := store.Instance(ctx, r.DB.Read(), t.InstanceID)
		if err != nil {
			return err
		}
		err = r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			// A task that is due while its credential is in doubt is left out, not made up for.
			if i.Health != purser.HealthUnauthorized && i.Health != purser.HealthForbidden {
				if _, err := r.enqueue(ctx, tx, i, purser.TaskName(t.Task), purser.TriggerSchedule, 1, 0); err != nil {
					return err
				}
			}
			next := r.Now().Add(r.jitter(t.Interval()))
			return store.ScheduleTask(ctx, tx, t.InstanceID, purser.TaskName(t.Task), purser.MicrosOf(next))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// jitter spreads an interval by up to a twentieth, at most ten minutes, so that
// what was set up together does not stay together.
func (r *Runner) jitter(every time.Duration) time.Duration {
	var b [8]byte
	if _, err := io.ReadFull(r.Rand, b[:]); err != nil {
		return every
	}
	spread := min(every/20, 10*time.Minute)
	if spread <= 0 {
		return max(every, time.Minute)
	}
	return every - spread/2 + time.Duration(binary.LittleEndian.Uint64(b[:])%uint64(spread))
}

// Serve works until ctx ends, then lets runs stop at their last committed page.
func (r *Runner) Serve(ctx context.Context) error {
	if err := r.inherit(ctx); err != nil {
		return fmt.Errorf("take over the runs of the process before: %w", err)
	}
	q, err := r.openQueue(ctx)
	if err != nil {
		return fmt.Errorf("open the queue: %w", err)
	}
	r.mu.Lock()
	r.queue = q
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		r.queue = nil
		r.mu.Unlock()
	}()
	if err := q.start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	soon := time.NewTicker(5 * time.Second) // waits and retries end between two minutes
	defer soon.Stop()
	for {
		if err := r.Reconcile(ctx); err != nil && ctx.Err() == nil {
			r.Options.Log.ErrorContext(ctx, "what is due cannot be found out; tried again in a moment", "error", err)
		}
		select {
		case <-ctx.Done():
			return r.stop(context.WithoutCancel(ctx), q)
		case <-r.wake:
		case <-soon.C:
		case <-tick.C:
			r.forgetLogs(ctx)
		}
	}
}

// inherit frees the runs that a killed process of this node has left behind.
func (r *Runner) inherit(ctx context.Context) error {
	if r.Node == "" {
		return nil
	}
	return r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.FreeRunsOf(ctx, tx, r.Node) })
}

// stop interrupts the runs and waits until they have noted it.
func (r *Runner) stop(ctx context.Context, q queue) error {
	r.mu.Lock()
	for _, a := range r.active {
		a.cancel(errShutdown)
	}
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := q.stop(ctx); err != nil {
		return fmt.Errorf("stop the queue: %w", err)
	}
	return nil
}

func (r *Runner) forgetLogs(ctx context.Context) {
	err := r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := store.ForgetLogs(ctx, tx, purser.MicrosOf(r.Now().Add(-r.KeepLogs)))
		return err
	})
	if err != nil && ctx.Err() == nil {
		r.Options.Log.WarnContext(ctx, "old logs of runs cannot be removed", "error", err)
	}
}
