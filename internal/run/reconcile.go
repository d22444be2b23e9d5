package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

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
	if err := r.wakeRuns(ctx); err != nil {
		return err
	}
	if r.frozen() != "" {
		return nil
	}
	probes, err := store.DueProbes(ctx, r.DB.Read(), r.now())
	if err != nil {
		return fmt.Errorf("look for credentials in doubt: %w", err)
	}
	for _, p := range probes {
		if _, err := r.post(ctx, wakeUp{Probe: p.InstanceNo}); err != nil {
			return fmt.Errorf("wake a worker: %w", err)
		}
	}
	return r.makeUp(ctx)
}

// makeUp wakes a worker for what runs have written that ended before everything
// that follows from it was there, and for what a person changed.
func (r *Runner) makeUp(ctx context.Context) error {
	if r.Derive == nil {
		return nil
	}
	left, err := store.LeftDerivations(ctx, r.DB.Read())
	if err != nil {
		return fmt.Errorf("look for what is to be derived: %w", err)
	}
	if len(left) == 0 {
		return nil
	}
	if _, err := r.post(ctx, wakeUp{Derive: true}); err != nil {
		return fmt.Errorf("wake a worker: %w", err)
	}
	return nil
}

// deriveLeft derives what is due and no run derives: of several instances in one pass,
// as much of it looks at the whole estate, whichever instance it is for. Where that
// fails, of each by itself, so that none holds up the others.
func (r *Runner) deriveLeft(ctx context.Context) error {
	left, err := store.LeftDerivations(ctx, r.DB.Read())
	if err != nil {
		return fmt.Errorf("look for what is to be derived: %w", err)
	}
	if len(left) > 1 {
		if err = r.Derive(ctx, 0); err == nil || ctx.Err() != nil {
			return err
		}
	}
	var failed []error
	for _, no := range left {
		if err := r.Derive(ctx, no); err != nil {
			failed = append(failed, fmt.Errorf("derive what follows from the rows of instance %d: %w", no, err))
		}
	}
	return errors.Join(failed...)
}

// openAtOnce is how many open runs are looked at to find work for idle workers:
// an instance has one open run a task, so they belong to many instances.
const openAtOnce = 256

// wakeRuns wakes workers for open runs, for as many as can be worked on now: the
// end of each run looks again.
func (r *Runner) wakeRuns(ctx context.Context) error {
	busy, free := r.load()
	if free < r.Workers {
		return nil
	}
	open, err := store.OpenRuns(ctx, r.DB.Read(), r.now(), max(openAtOnce, 16*r.Workers))
	if err != nil {
		return fmt.Errorf("look for runs that are due: %w", err)
	}
	for _, row := range open {
		if free <= 0 {
			return nil
		}
		if r.known(row.No) || r.rests(row) || busy[row.InstanceNo] >= r.PerInstance {
			continue
		}
		if row.State == string(purser.RunRunning) && row.Holder != "" && row.Holder != r.holder &&
			r.now()-row.TouchedAt < purser.Micros(staleAfter.Microseconds()) {
			continue
		}
		r.expect(row)
		posted, err := r.post(ctx, wakeUp{Run: row.No})
		if err != nil || !posted {
			r.unexpect(row.No)
		}
		if err != nil {
			return fmt.Errorf("wake a worker: %w", err)
		}
		if !posted {
			continue
		}
		busy[row.InstanceNo]++
		free--
	}
	return nil
}

// wokenFor is how long a worker may take to come; then it is woken again.
const wokenFor = time.Minute

// woken is a run for which a worker was woken that has not begun yet.
type woken struct {
	instanceNo int64
	at         time.Time
}

// expect notes that a worker will come for a run, before it can.
func (r *Runner) expect(row store.RunRow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.woken[row.No] = woken{instanceNo: row.InstanceNo, at: r.Now()}
}

func (r *Runner) unexpect(runNo int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.woken, runNo)
}

// load returns how many runs of each instance this process works on or was woken
// for, and how many more it could be: twice as many as it has workers, so that
// none waits for the next look.
func (r *Runner) load() (busy map[int64]int, free int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	busy = map[int64]int{}
	for _, a := range r.active {
		busy[a.instanceNo]++
	}
	free = 2*r.Workers - len(r.active)
	for no, w := range r.woken {
		if r.Now().Sub(w.at) > wokenFor || r.active[no] != nil {
			delete(r.woken, no)
			continue
		}
		busy[w.instanceNo]++
		free--
	}
	return busy, free
}

// known reports whether a run is worked on here, or will be in a moment.
func (r *Runner) known(runNo int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, soon := r.woken[runNo]
	return soon || r.active[runNo] != nil
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
