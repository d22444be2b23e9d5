package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/store"
)

// outcome is how the work on a run ended.
type outcome struct {
	state   purser.RunState  // waiting and queued: it goes on later
	err     *purser.Error    // the failure that decided it
	refused bool             // the vendor has confirmed that the credential is no longer accepted
	probed  bool             // blocked, and the probe was asked:
	barred  bool             // it is refused as well
	confirm bool             // things are missing for the first time
	offered string           // why the vendor's plan does not give the task; "" if it does
	again   bool             // a run with another manifest or settings: begin anew
	asOf    func() time.Time // the time of the data; nil: now
}

func failed(e *purser.Error) outcome { return outcome{state: purser.RunFailed, err: e} }

// oldest is how old an unfinished run may be that still goes on.
const oldest = 24 * time.Hour

// perform reads the streams of a run's task in their order. Its error is the database's.
func (r *Runner) perform(ctx context.Context, row store.RunRow, rec *recorder) (outcome, error) {
	if row.CancelRequestedAt > 0 {
		return outcome{state: purser.RunCanceled}, nil
	}
	i, err := store.InstanceByNo(ctx, r.DB.Read(), row.InstanceNo)
	if err != nil {
		return outcome{}, err
	}
	if i.Status != purser.StatusLive {
		return outcome{state: purser.RunCanceled, err: &purser.Error{Class: purser.ClassCanceled, What: fmt.Sprintf("the instance is %s", i.Status)}}, nil
	}
	if why := r.frozen(); why != "" {
		return r.thawing(why), nil
	}
	c, t, err := r.plan(i, purser.TaskName(row.Task))
	if err != nil {
		return failed(asError(err)), nil
	}
	want := basis(c, i)
	if row.Basis != "" && (row.Basis != want || r.Now().Sub(row.StartedAt.Time()) > oldest) {
		return outcome{state: purser.RunAbandoned, again: true, err: &purser.Error{Class: purser.ClassCanceled,
			What: "the connector or the settings changed, or a day went by, before the run could go on"}}, nil
	}
	if row.Basis == "" {
		err := r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.SetRunBasis(ctx, tx, row.No, want) })
		if err != nil {
			return outcome{}, err
		}
	}
	access, err := r.Sources.Open(ctx, i, rec.record)
	if err != nil {
		if ctx.Err() != nil {
			return interrupted(ctx), nil
		}
		if stopped(asError(err)) {
			return r.thawing(r.frozen()), nil
		}
		o := failed(asError(err))
		o.refused = r.Refused != nil && r.Refused(err)
		return o, nil
	}
	if access.Close != nil {
		defer access.Close()
	}
	set, _, err := store.TaskRowOf(ctx, r.DB.Read(), i.ID, purser.TaskName(row.Task))
	if err != nil {
		return outcome{}, err
	}
	if err := r.keepGrant(ctx, i, access.Granted); err != nil {
		return outcome{}, fmt.Errorf("note what the vendor granted: %w", err)
	}
	w := &work{Runner: r, row: row, lookback: time.Duration(set.Lookback) * time.Microsecond, lacking: set.NotOffered, instance: i, connector: c, task: t, access: access, rec: rec, sync: r.DB.NewSync(row, r.Guard)}
	defer func() {
		if err := w.sync.Close(); err != nil {
			r.Options.Log.WarnContext(ctx, "statements of a run stay open", "run", row.ID, "error", err)
		}
	}()
	return w.streams(ctx)
}

// work is one run's reading.
type work struct {
	*Runner
	row       store.RunRow
	lookback  time.Duration // how far back the first reading goes; 0: the usual
	lacking   string        // why the vendor's plan did not give the task the last time
	instance  purser.Instance
	connector *manifest.Connector
	task      *manifest.CompiledTask
	access    Access
	rec       *recorder
	sync      *store.Sync
	results   map[string]engine.Result
	confirm   bool
}

func (w *work) streams(ctx context.Context) (outcome, error) {
	w.results = map[string]engine.Result{}
	for _, s := range w.task.Streams {
		s, err := w.picked(ctx, s)
		if err != nil {
			return outcome{}, err
		}
		if s == nil {
			continue
		}
		res, err := w.stream(ctx, s)
		if err != nil {
			if ctx.Err() != nil {
				return interrupted(ctx), nil
			}
			return outcome{}, err
		}
		w.results[s.Name] = res
		if res.State == engine.Waiting {
			return outcome{state: purser.RunWaiting, err: res.Err}, nil
		}
		if res.State == engine.Canceled && ctx.Err() != nil {
			return interrupted(ctx), nil
		}
		if res.State == engine.Canceled && stopped(res.Err) {
			return w.thawing(w.frozen()), nil
		}
		if res.State == engine.Failed && stops(res.Err) {
			break
		}
	}
	o := w.judge()
	o.asOf = w.access.AsOf
	if o.state == purser.RunPartial && w.access.Probe != nil && slices.ContainsFunc(w.task.Streams, func(s *manifest.CompiledStream) bool {
		return w.results[s.Name].State == engine.Blocked
	}) {
		o.probed = true
		o.barred = purser.ClassOf(w.access.Probe(ctx)) == purser.ClassPermission
	}
	// A run has succeeded only when what follows from its rows is there, too.
	if w.Derive != nil {
		if err := w.Derive(ctx, w.row.InstanceNo); err != nil {
			if ctx.Err() != nil {
				return interrupted(ctx), nil
			}
			return outcome{}, fmt.Errorf("derive what follows from the rows: %w", err)
		}
	}
	return o, w.sync.Forget(ctx)
}

// picked returns the stream as this run reads it, nil if it does not.
func (w *work) picked(ctx context.Context, s *manifest.CompiledStream) (*manifest.CompiledStream, error) {
	if w.access.Pick == nil {
		return s, nil
	}
	return w.access.Pick(ctx, w.row.No, s)
}

// stops reports whether an error of one stream makes it useless to ask for the next one.
func stops(e *purser.Error) bool {
	switch e.Class {
	case purser.ClassAuthRevoked, purser.ClassConfig, purser.ClassTransient, purser.ClassInternal, purser.ClassCanceled:
		return true
	}
	return false
}

// interrupted says what becomes of a run whose context ended.
func interrupted(ctx context.Context) outcome {
	cause := context.Cause(ctx)
	if errors.Is(cause, errCanceled) {
		return outcome{state: purser.RunCanceled, err: &purser.Error{Class: purser.ClassCanceled, What: "canceled by a person"}}
	}
	return outcome{state: purser.RunQueued}
}

// judge makes the run's state of those of its streams.
func (w *work) judge() outcome {
	o := outcome{state: purser.RunSucceeded, confirm: w.confirm}
	offered := len(w.results) == 0 // nothing was handed over: not for want of an offer
	for _, s := range w.task.Streams {
		res, ok := w.results[s.Name]
		if !ok {
			continue
		}
		offered = offered || res.State != engine.NotOffered
		switch {
		case res.State == engine.Failed && o.state != purser.RunFailed:
			o.state, o.err = purser.RunFailed, res.Err
			o.refused = w.Refused != nil && res.Err != nil && w.Refused(res.Err)
		case (res.State == engine.Blocked || res.State == engine.Partial || res.State == engine.Canceled) && o.state == purser.RunSucceeded:
			o.state, o.err = purser.RunPartial, res.Err
		}
		if res.State == engine.NotOffered && res.Err != nil {
			o.offered = res.Err.What
		}
	}
	if offered {
		o.offered = ""
	} else {
		o.offered = cmp.Or(o.offered, w.lacking, "the vendor's plan does not offer it")
	}
	return o
}

func asError(err error) *purser.Error {
	if e, ok := errors.AsType[*purser.Error](err); ok {
		return e
	}
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		return &purser.Error{Class: purser.ClassConfig, What: p.What, Hint: p.Hint, Field: p.Field}
	}
	return &purser.Error{Class: purser.ClassInternal, What: "the run could not begin", Err: err}
}

// missing returns the scopes that the vendor did not grant, in words.
func missing(s *manifest.CompiledStream, granted []string) string {
	if granted == nil {
		return ""
	}
	var out []string
	for _, group := range s.Scopes.Missing(granted) {
		out = append(out, strings.Join(group, " or "))
	}
	return strings.Join(out, ", ")
}
