package run

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"purser"
	"purser/internal/engine"
	"purser/internal/hook"
	"purser/internal/manifest"
	"purser/internal/store"
)

// notOfferedAgain is how long a stream that the vendor's plan does not have is left
// alone: a week, less what the times of a daily schedule may differ.
const notOfferedAgain = 7*24*time.Hour - 6*time.Hour

// driftEvery is in how many runs once it is counted what the vendor sends beside
// what is read: counting costs a tenth of a reading.
const driftEvery = 7

// stream reads one stream, or goes on with it, and finishes it. A result of
// state waiting, or canceled by a shutdown, leaves it unfinished. Its error is the database's.
func (w *work) stream(ctx context.Context, s *manifest.CompiledStream) (engine.Result, error) {
	begun, err := w.sync.Begin(ctx, w.info(s))
	if err != nil {
		return engine.Result{}, err
	}
	var res engine.Result
	if begun.Read {
		res, _ = w.sync.Ended(s.Name)
	} else if res, err = w.read(ctx, s, begun); err != nil || res.State == engine.Waiting || res.State == engine.Canceled {
		return res, err
	}
	j, err := w.sync.Finish(ctx, s.Name, res)
	if err != nil {
		return res, err
	}
	w.confirm = w.confirm || j.Confirm
	if begun.Done {
		return res, nil
	}
	w.note(s, res, j)
	return res, nil
}

// info tells the store what it must know of a stream.
func (w *work) info(s *manifest.CompiledStream) store.StreamInfo {
	info := store.StreamInfo{Name: s.Name, Kind: s.Emits, Snapshot: s.Mode == "snapshot", Enrich: s.Enrich, Removals: s.Removals != "",
		Fields: []string{}, Basis: w.streamBasis(s), Oldest: s.Oldest.Std().Abs(), Lag: w.lag(w.instance, purser.TaskName(w.row.Task)).Abs()}
	for i, f := range s.Kind {
		if s.Named[i] {
			info.Fields = append(info.Fields, f.Name)
		}
	}
	if s.ForEach != nil {
		info.Parent = s.ForEach.Stream
	}
	return info
}

// streamBasis is what decides which records a stream shows: if it changes,
// missing does not mean gone.
func (w *work) streamBasis(s *manifest.CompiledStream) string {
	return basis(w.connector, w.instance) + "/" + strings.Join(w.access.Granted, " ")
}

func (w *work) read(ctx context.Context, s *manifest.CompiledStream, begun store.Begun) (engine.Result, error) {
	if scope := missing(s, w.access.Granted); scope != "" {
		return engine.Result{State: engine.Blocked, Err: &purser.Error{Class: purser.ClassPermission, Scope: scope,
			What: fmt.Sprintf("%s needs the permission %s, which was not granted", s.Name, scope), Hint: "Grant it at the vendor, then check again."}}, nil
	}
	if last := purser.Micros(begun.NotOffered); last != 0 && w.Now().Sub(last.Time()) < notOfferedAgain && w.row.Cause == string(purser.TriggerSchedule) {
		return engine.Result{State: engine.NotOffered}, nil
	}
	parent, hasParent := engine.Result{}, s.ForEach != nil
	if hasParent {
		parent = w.results[s.ForEach.Stream]
		switch parent.State {
		case engine.Blocked, engine.NotOffered, engine.Failed:
			return engine.Result{State: parent.State, Err: parent.Err}, nil
		}
	}
	job := engine.Job{Stream: s, Vars: w.access.Vars, Since: begun.Cursor, Resume: begun.Checkpoint, Now: w.Now,
		Drift: begun.FirstTime || w.row.No%driftEvery == 0}
	w.reach(s, &job)
	job.Rewrite = hook.Pages(w.Hooks, w.connector.Manifest.Name, s.Hook, w.connector.Custom)
	sink := &watched{Sync: w.sync}
	res := engine.Run(ctx, job, w.access.Source, sink)
	if sink.err != nil {
		return res, sink.err
	}
	if hasParent && res.State == engine.Complete && parent.State != engine.Complete {
		res.State, res.Err = engine.Partial, parent.Err
	}
	return res, nil
}

// reach says how far back a reading goes. Events are summed up by day, so what
// was counted is never read again.
func (w *work) reach(s *manifest.CompiledStream, job *engine.Job) {
	if s.Mode == "events" {
		job.Lookback = cmp.Or(w.lookback, w.Lookback)
	}
	if w.row.Whole == 0 || s.Emits == purser.KindActivity {
		return
	}
	job.Since, job.Lookback = "", 0
	if w.row.Since > 0 {
		job.Lookback = max(w.Now().Sub(w.row.Since.Time()), time.Hour)
	}
}

// watched is a sink that keeps its failure: that is the database's, not the vendor's.
type watched struct {
	*store.Sync
	err error
}

// Commit stores rows and checkpoint together, or neither.
func (s *watched) Commit(ctx context.Context, c engine.Commit) error {
	err := s.Sync.Commit(ctx, c)
	if err != nil {
		s.err = err
	}
	return err
}

// note says in the log how a stream ended.
func (w *work) note(s *manifest.CompiledStream, res engine.Result, j store.Judgment) {
	line := purser.LogLine{Kind: "note", Stream: s.Name, Message: fmt.Sprintf("%s: %d read, %d added, %d changed, %d removed, %d could not be read",
		res.State, res.Rows+res.Rejects, j.Added, j.Changed, j.Removed, j.Rejected)}
	if j.Held {
		line.Message += "; some of it waits for a person"
	}
	if res.Err != nil {
		line.Kind, line.Class, line.Hint = "error", res.Err.Class, res.Err.Hint
		line.Message += ": " + res.Err.Error()
	}
	w.rec.record(line)
	for name, n := range res.Drift {
		w.rec.record(purser.LogLine{Kind: "note", Stream: s.Name, Message: fmt.Sprintf("the vendor sends %s, which is not read (%d times)", name, n)})
	}
}
