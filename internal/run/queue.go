package run

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"purser/internal/store"
)

// wakeUp is a job: it names what to look at and holds nothing else.
type wakeUp struct {
	Run    int64 `json:"run,omitempty"`
	Probe  int64 `json:"probe,omitempty"`  // number of an instance
	Derive bool  `json:"derive,omitempty"` // what is due and no run derives
	// Process tells the wake-ups of this process from those that a killed one left behind.
	Process string `json:"process"`
}

// Kind names the job.
func (wakeUp) Kind() string { return "wake" }

// InsertOpts let one wake-up stand for many.
func (wakeUp) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}}}
}

type worker struct {
	river.WorkerDefaults[wakeUp]
	runner *Runner
}

// Timeout is none: a run takes as long as its vendor does.
func (w *worker) Timeout(*river.Job[wakeUp]) time.Duration { return -1 }

// Work wakes the run or the probe. A failure is no failure of the job: the
// reconciler wakes it again.
func (w *worker) Work(ctx context.Context, job *river.Job[wakeUp]) error {
	if job.Args.Process != w.runner.holder {
		return nil
	}
	var err error
	switch {
	case job.Args.Run != 0:
		err = w.runner.Work(ctx, job.Args.Run)
	case job.Args.Derive:
		err = w.runner.deriveLeft(ctx)
	default:
		err = w.runner.Probe(ctx, job.Args.Probe)
	}
	if err != nil && ctx.Err() == nil {
		w.runner.Options.Log.ErrorContext(ctx, "a run is interrupted and goes on later", "run_no", job.Args.Run, "instance_no", job.Args.Probe, "error", err)
	}
	return nil
}

// Probe tries the credential of an instance once more, if that is due.
func (r *Runner) Probe(ctx context.Context, instanceNo int64) error {
	p, ok, err := store.ProbeOf(ctx, r.DB.Read(), instanceNo)
	if err != nil || !ok || p.NextAt > r.now() {
		return err
	}
	return r.probe(ctx, p)
}

// queue is what the runner needs of river, whichever database it stands in.
type queue interface {
	start(ctx context.Context) error
	stop(ctx context.Context) error
	// post reports whether a worker will come: false if one is on its way or just leaving.
	post(ctx context.Context, w wakeUp) (bool, error)
}

func (r *Runner) post(ctx context.Context, w wakeUp) (posted bool, err error) {
	w.Process = r.holder
	r.mu.Lock()
	q := r.queue
	r.mu.Unlock()
	if q == nil {
		return false, nil // nobody serves: the reconciler of whoever does will find it
	}
	return q.post(ctx, w)
}

func (r *Runner) openQueue(ctx context.Context) (queue, error) {
	return store.WithQueue(r.DB,
		func(d riverdriver.Driver[*sql.Tx]) (queue, error) { return newQueue(ctx, r, d) },
		func(d riverdriver.Driver[pgx.Tx]) (queue, error) { return newQueue(ctx, r, d) })
}

type riverQueue[T any] struct{ client *river.Client[T] }

func newQueue[T any](ctx context.Context, r *Runner, driver riverdriver.Driver[T]) (queue, error) {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("migrate the queue: %w", err)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{runner: r})
	client, err := river.NewClient(driver, &river.Config{
		Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: r.Workers}},
		FetchPollInterval: 500 * time.Millisecond, FetchCooldown: 5 * time.Millisecond, Logger: quiet(r.Options.Log), JobTimeout: -1,
		CompletedJobRetentionPeriod: time.Hour, CancelledJobRetentionPeriod: time.Hour, DiscardedJobRetentionPeriod: time.Hour,
	})
	if err != nil {
		return nil, err
	}
	return riverQueue[T]{client}, nil
}

func (q riverQueue[T]) start(ctx context.Context) error { return q.client.Start(ctx) }

func (q riverQueue[T]) stop(ctx context.Context) error { return q.client.Stop(ctx) }

func (q riverQueue[T]) post(ctx context.Context, w wakeUp) (bool, error) {
	res, err := q.client.Insert(ctx, w, nil)
	return err == nil && !res.UniqueSkippedAsDuplicate, err
}

// quiet keeps the queue's own chatter out of Purser's log: warnings and errors matter.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(onlyWarnings{log.Handler()}) }

type onlyWarnings struct{ slog.Handler }

// Enabled lets warnings and errors through.
func (h onlyWarnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}
