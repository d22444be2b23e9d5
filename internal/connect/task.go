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
	rows, err := store.TaskRows(ctx, s.db.Read(), i.ID)
	if err != nil {
		return nil, err
	}
	byName := map[string]store.TaskRow{}
	for _, r := range rows {
		byName[r.Task] = r
	}
	out := []purser.InstanceTask{}
	for _, name := range purser.TaskNames() {
		r, ok := byName[string(name)]
		if !ok {
			continue
		}
		t := s.described(i.Connector, name, r)
		if !r.Enabled || i.Status != purser.StatusLive {
			t.NextRunAt = time.Time{}
		}
		t.InstanceID = i.ID
		t.Freshness = purser.FreshnessOf(s.now(), t.DataAsOf, t.Every, t.Lag)
		if i.Status == purser.StatusRevoked && t.Freshness != purser.NeverExecuted {
			t.Freshness = purser.Stale // nothing renews it before somebody has mended the connection
		}
		if err := s.lastRun(ctx, i, &t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
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
