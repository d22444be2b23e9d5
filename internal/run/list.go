package run

import (
	"context"
	"strconv"
	"time"

	"purser"
	"purser/internal/store"
)

// Filter selects runs; zero fields select every one.
type Filter struct {
	InstanceID string
	Task       purser.TaskName
	State      purser.RunState
	Instances  []string // more of the same; any of them
	Tasks      []purser.TaskName
	States     []purser.RunState
	Triggers   []purser.Trigger
	From, To   time.Time // queued from the one on and before the other
	Any        []Filter  // groups of conditions: a run meets all of one of them
}

func (f Filter) stored(limit int) store.RunFilter {
	out := store.RunFilter{Instances: f.Instances, Tasks: f.Tasks, States: f.States, Triggers: f.Triggers, From: purser.MicrosOf(f.From),
		To: purser.MicrosOf(f.To), Limit: limit}
	for _, g := range f.Any {
		out.Any = append(out.Any, g.stored(0))
	}
	if f.InstanceID != "" {
		out.Instances = append([]string{f.InstanceID}, f.Instances...)
	}
	if f.Task != "" {
		out.Tasks = append([]purser.TaskName{f.Task}, f.Tasks...)
	}
	if f.State != "" {
		out.States = append([]purser.RunState{f.State}, f.States...)
	}
	return out
}

// Run returns a run with its streams.
func (r *Runner) Run(ctx context.Context, id string) (purser.Run, error) {
	if err := r.allow(ctx, purser.OpRunRead); err != nil {
		return purser.Run{}, err
	}
	return store.RunDetail(ctx, r.DB.Read(), id)
}

// Runs returns runs, the newest first.
func (r *Runner) Runs(ctx context.Context, f Filter, p purser.Page) (out purser.List[purser.Run], err error) {
	if err := r.allow(ctx, purser.OpRunRead); err != nil {
		return out, err
	}
	sf := f.stored(p.Limit)
	if sf.Limit <= 0 {
		sf.Limit = 50
	}
	sf.Limit = min(sf.Limit, 1000)
	if p.After != "" {
		if sf.BeforeNo, err = strconv.ParseInt(p.After, 10, 64); err != nil || sf.BeforeNo < 1 {
			return out, purser.Invalid("after", "%q is no place in the list of runs", p.After)
		}
	}
	if out.Total, err = store.CountRuns(ctx, r.DB.Read(), sf); err != nil {
		return out, err
	}
	want := sf.Limit
	sf.Limit++
	if out.Items, err = store.RunList(ctx, r.DB.Read(), sf); err != nil {
		return out, err
	}
	if len(out.Items) > want {
		out.Items = out.Items[:want]
		no, err := store.RunNo(ctx, r.DB.Read(), out.Items[want-1].ID)
		if err != nil {
			return out, err
		}
		out.Next = strconv.FormatInt(no, 10)
	}
	return out, nil
}

// watchEvery is how often a watched run is looked at.
const watchEvery = 500 * time.Millisecond

// Watch gives the run now and whenever it has moved on, at most twice a second.
// The channel is closed after the end of the run, or of ctx.
func (r *Runner) Watch(ctx context.Context, runID string) (<-chan purser.Run, error) {
	now, err := r.Run(ctx, runID)
	if err != nil {
		return nil, err
	}
	no, err := store.RunNo(ctx, r.DB.Read(), runID)
	if err != nil {
		return nil, err
	}
	out := make(chan purser.Run, 1)
	go func() {
		defer close(out)
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		last := ""
		for {
			if sign := progress(now); sign != last {
				last = sign
				select {
				case out <- now:
				case <-ctx.Done():
					return
				}
			}
			if now.State.Ended() {
				return
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			wait := r.pulse(ctx, no)
			next, err := store.RunDetail(ctx, r.DB.Read(), runID)
			if err != nil {
				r.Options.Log.WarnContext(ctx, "a run that is watched cannot be read", "run", runID, "error", err)
				return
			}
			if now = next; now.State == purser.RunRunning {
				now.WaitReason = wait
			}
		}
	}()
	return out, nil
}

// pulse lets a run that this process works on write what it has gathered, and
// returns for what it waits.
func (r *Runner) pulse(ctx context.Context, runNo int64) string {
	var rec *recorder
	r.mu.Lock()
	if a := r.active[runNo]; a != nil {
		rec = a.rec
	}
	r.mu.Unlock()
	if rec == nil {
		return ""
	}
	return rec.pulse(ctx)
}

// progress says how far a run is, to see whether it has moved.
func progress(run purser.Run) string {
	s := string(run.State) + strconv.FormatInt(run.Pages, 10) + "/" + strconv.FormatInt(run.Requests, 10) + "/" + run.WaitReason
	for _, x := range run.Streams {
		s += "/" + x.State + strconv.FormatInt(x.Counts.Read, 10)
	}
	return s
}
