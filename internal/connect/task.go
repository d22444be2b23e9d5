package connect

import (
	"cmp"
	"context"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/run"
	"purser/internal/store"
)

// Tasks returns the tasks of an instance in the order of the catalog, each with
// its switch, schedule, last run and the freshness of its data.
func (s *Service) Tasks(ctx context.Context, instanceID string) ([]purser.InstanceTask, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return nil, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return nil, err
	}
	return s.tasks(ctx, i)
}

func (s *Service) tasks(ctx context.Context, i purser.Instance) ([]purser.InstanceTask, error) {
	all, err := s.tasksOf(ctx, []purser.Instance{i})
	if err != nil {
		return nil, err
	}
	return append([]purser.InstanceTask{}, all[i.ID]...), nil
}

// tasksOf is tasks of several instances, by identifier, in as many statements as of one.
func (s *Service) tasksOf(ctx context.Context, instances []purser.Instance) (map[string][]purser.InstanceTask, error) {
	ids, nos := make([]string, len(instances)), make([]int64, len(instances))
	for n, i := range instances {
		ids[n], nos[n] = i.ID, i.No
	}
	rows, err := store.TaskRowsOf(ctx, s.db.Read(), ids)
	if err != nil {
		return nil, err
	}
	last, err := store.LastRunsOf(ctx, s.db.Read(), nos)
	if err != nil {
		return nil, err
	}
	held, err := store.HeldByTask(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	set := map[string]map[string]store.TaskRow{}
	for _, r := range rows {
		if set[r.InstanceID] == nil {
			set[r.InstanceID] = map[string]store.TaskRow{}
		}
		set[r.InstanceID][r.Task] = r
	}
	out := map[string][]purser.InstanceTask{}
	for _, i := range instances {
		for _, name := range purser.TaskNames() {
			r, ok := set[i.ID][string(name)]
			if !ok {
				continue
			}
			t := s.taskOf(i, name, r)
			key := store.TaskKey{InstanceNo: i.No, Task: name}
			t.Held = held[key]
			if run, ok := last[key]; ok {
				t.LastRun, t.Streams = &run, run.Streams
			}
			out[i.ID] = append(out[i.ID], t)
		}
	}
	return out, nil
}

// taskOf is one task without its last run.
func (s *Service) taskOf(i purser.Instance, name purser.TaskName, r store.TaskRow) purser.InstanceTask {
	t := s.described(i.Connector, name, r)
	if !r.Enabled || i.Status != purser.StatusLive {
		t.NextRunAt = time.Time{}
	}
	t.InstanceID = i.ID
	t.Freshness = purser.FreshnessOf(s.now(), t.DataAsOf, t.Every, t.Lag)
	if i.Status == purser.StatusRevoked && t.Freshness != purser.NeverExecuted {
		t.Freshness = purser.Stale // nothing renews it before somebody has mended the connection
	}
	return t
}

// firstReach is how far back the first reading of events goes where nothing else is said.
const firstReach = 30 * 24 * time.Hour

// described joins what is set for a task with what its connector says of it.
func (s *Service) described(connector string, name purser.TaskName, r store.TaskRow) purser.InstanceTask {
	plan := r.Schedule()
	t := purser.InstanceTask{Task: name, Enabled: r.Enabled, Every: plan.Every, StartHour: plan.Hour, Zone: plan.Zone, NextRunAt: r.NextRunAt.Time(),
		DataAsOf: r.DataAsOf.Time(), NotOffered: r.NotOffered, FirstAt: r.FirstAt.Time()}
	c := s.links.Catalog.Get(connector)
	if c == nil {
		return t
	}
	if m := taskOf(c.Manifest, name); m != nil {
		t.Usual, t.Lag = everyOf(m), m.Lag.Std()
		var events bool
		if events, t.Furthest = reach(m); events {
			t.Lookback = cmp.Or(time.Duration(r.Lookback)*time.Microsecond, firstReach)
			if t.Furthest > 0 {
				t.Lookback = min(t.Lookback, t.Furthest)
			}
		}
	}
	if compiled := c.Task(string(name)); compiled != nil {
		t.Again, t.HandedOver = run.Again(compiled) && !c.Manifest.HandedOver(), c.Manifest.HandedOver()
	}
	return t
}

// reach says whether a task reads dated events, and how far back the vendor
// tells of all of them; 0: no limit is known.
func reach(m *manifest.Task) (events bool, furthest time.Duration) {
	for n := range m.Streams {
		if m.Streams[n].Mode != "events" {
			continue
		}
		events = true
		if back := max(m.Streams[n].Oldest.Std(), -m.Streams[n].Oldest.Std()); back > 0 && (furthest == 0 || back < furthest) {
			furthest = back
		}
	}
	return events, furthest
}
