package run

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// staleAfter is how long a process may give no sign of life before another one
// takes its run over.
const staleAfter = 90 * time.Second

// Work does what is to be done for a run now: it claims it, reads on from the
// last committed page, and ends it, lets it wait, or puts it back when Purser
// stops. It returns nil if there is nothing to do; errors are the database's.
func (r *Runner) Work(ctx context.Context, runNo int64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer r.unexpect(runNo)
	row, ok, err := store.RunByNo(ctx, r.DB.Read(), runNo)
	if err != nil || !ok || !r.take(row, cancel) {
		return err
	}
	defer r.leave(runNo)
	err = r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		now := r.now()
		row, ok, err = store.ClaimRun(ctx, tx, runNo, r.holder, now, now-purser.Micros(staleAfter.Microseconds()))
		return err
	})
	if err != nil || !ok {
		return err
	}
	return r.carry(ctx, row, cancel)
}

// carry works on a claimed run and survives its panics.
func (r *Runner) carry(ctx context.Context, row store.RunRow, cancel context.CancelCauseFunc) (err error) {
	seq, err := store.LastLogSeq(ctx, r.DB.Read(), row.No)
	if err != nil {
		return err
	}
	rec := &recorder{db: r.DB, now: r.Now, log: r.Options.Log, runNo: row.No, of: row.InstanceNo, cancel: cancel, seq: seq, flushed: r.Now()}
	r.recordedBy(row.No, rec)
	defer rec.beat(ctx)()
	// Whatever happens to ctx, how the run ended must be written.
	lasting := context.WithoutCancel(ctx)
	defer rec.close(lasting)
	o := outcome{}
	func() {
		defer func() {
			if p := recover(); p != nil {
				id := r.ids.New("bug_")
				r.Options.Log.ErrorContext(ctx, "a run failed by a bug", "run", row.ID, "id", id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				o = failed(&purser.Error{Class: purser.ClassInternal, Code: id, What: "Purser made a mistake", Hint: "Please report it with this id; Purser's log has the details."})
			}
		}()
		o, err = r.perform(ctx, row, rec)
	}()
	if err != nil {
		// Our own database failed: the run stays as it is and goes on later.
		rec.record(purser.LogLine{Kind: "error", Class: purser.ClassInternal, Message: err.Error()})
		freed := r.DB.Write(lasting, func(ctx context.Context, tx bun.Tx) error {
			return store.FreeRun(ctx, tx, row.No, r.now()+purser.Micros(time.Minute.Microseconds()))
		})
		return errors.Join(err, freed)
	}
	return r.settle(lasting, row, o, rec)
}

// take makes sure that this process works on a run once, and not on too many of an instance.
func (r *Runner) take(row store.RunRow, cancel context.CancelCauseFunc) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.woken, row.No)
	if r.active[row.No] != nil {
		return false
	}
	n := 0
	for _, a := range r.active {
		if a.instanceNo == row.InstanceNo {
			n++
		}
	}
	if n >= r.PerInstance {
		return false // the end of one of them rouses the reconciler
	}
	r.active[row.No] = &activeRun{instanceNo: row.InstanceNo, cancel: cancel}
	return true
}

// recordedBy lets whoever watches the run see what was not written yet.
func (r *Runner) recordedBy(runNo int64, rec *recorder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.active[runNo]; a != nil {
		a.rec = rec
	}
}

func (r *Runner) leave(runNo int64) {
	r.mu.Lock()
	delete(r.active, runNo)
	r.mu.Unlock()
	r.rouse()
}
