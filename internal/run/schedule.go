package run

import (
	"context"
	"encoding/binary"
	"io"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// dueAtOnce is how many tasks that are due are queued in one transaction.
const dueAtOnce = 200

// schedule queues the tasks that are due and notes when they are due next.
func (r *Runner) schedule(ctx context.Context) error {
	for {
		due, err := store.DueTasks(ctx, r.DB.Read(), r.now(), dueAtOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		err = r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return r.queueDue(ctx, tx, due) })
		if err != nil || len(due) < dueAtOnce {
			return err
		}
	}
}

func (r *Runner) queueDue(ctx context.Context, tx bun.Tx, due []store.DueTask) error {
	now := r.Now()
	runs, times := make([]store.RunRow, 0, len(due)), make([]store.TaskTime, 0, len(due))
	for _, t := range due {
		times = append(times, store.TaskTime{InstanceID: t.InstanceID, Task: t.Task, Next: purser.MicrosOf(r.next(t.Schedule(), now))})
		// A task that is due while its credential is in doubt is left out, not made up for.
		if h := purser.Health(t.Health); h == purser.HealthUnauthorized || h == purser.HealthForbidden {
			continue
		}
		runs = append(runs, store.RunRow{ID: r.ids.New(purser.PrefixRun), InstanceID: t.InstanceID, InstanceNo: t.InstanceNo, Task: t.Task,
			Cause: string(purser.TriggerSchedule), DueAt: purser.MicrosOf(now), QueuedAt: purser.MicrosOf(now)})
	}
	if err := store.EnqueueRuns(ctx, tx, runs); err != nil {
		return err
	}
	return store.ScheduleTasks(ctx, tx, times)
}

// next is when a task that is due now is due again, spread a little so that what
// was set up together does not stay together. A start hour is never anticipated.
func (r *Runner) next(s purser.Schedule, now time.Time) time.Time {
	spread := min(s.Every/20, 10*time.Minute)
	next := s.Next(now)
	if s.Hour == nil {
		next = next.Add(-spread / 2)
	}
	return next.Add(r.jitter(spread))
}

// jitter is a time between nothing and spread.
func (r *Runner) jitter(spread time.Duration) time.Duration {
	var b [8]byte
	if _, err := io.ReadFull(r.Rand, b[:]); err != nil || spread <= 0 {
		return 0
	}
	return time.Duration(binary.LittleEndian.Uint64(b[:]) % uint64(spread))
}
