package connect

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
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
		t := purser.InstanceTask{InstanceID: i.ID, Task: name, Enabled: r.Enabled, Every: r.Interval(), NextRunAt: r.NextRunAt.Time(),
			DataAsOf: r.DataAsOf.Time(), NotOffered: r.NotOffered, FirstAt: r.FirstAt.Time()}
		if !r.Enabled || i.Status != purser.StatusLive {
			t.NextRunAt = time.Time{}
		}
		t.Freshness = purser.FreshnessOf(s.now(), t.DataAsOf, t.Every, s.lag(i.Connector, name))
		if err := s.lastRun(ctx, i, &t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (s *Service) lag(connector string, name purser.TaskName) time.Duration {
	if c := s.links.Catalog.Get(connector); c != nil {
		if t := taskOf(c.Manifest, name); t != nil {
			return t.Lag.Std()
		}
	}
	return 0
}

// Bounds of a schedule: more often only costs the vendor's budget.
const (
	shortest = 15 * time.Minute
	longest  = 31 * 24 * time.Hour
)

// SetTask switches a task on or off and says how often it runs; every 0 keeps
// the schedule. A task that is switched on is due at once.
func (s *Service) SetTask(ctx context.Context, instanceID string, task purser.TaskName, enabled bool, every time.Duration) error {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return err
	}
	if every != 0 && (every < shortest || every > longest) {
		return purser.Invalid("every", "a task can run every 15 minutes to every 31 days")
	}
	now := s.now()
	start := false
	var id string
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		i, err := store.Instance(ctx, tx, instanceID)
		if err != nil {
			return err
		}
		r, ok, err := store.TaskRowOf(ctx, tx, i.ID, task)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("task", string(task))
		}
		before := map[string]any{"enabled": r.Enabled, "every": r.Interval().String()}
		id, start = i.ID, enabled && !r.Enabled && i.Status == purser.StatusLive
		if enabled && !r.Enabled {
			r.NextRunAt = purser.MicrosOf(now)
		}
		r.Enabled = enabled
		if every != 0 {
			if last := r.DataAsOf.Time(); !start && !last.IsZero() {
				r.NextRunAt = purser.MicrosOf(last.Add(every))
			}
			r.Every = every.Microseconds()
		}
		if err := store.PutTask(ctx, tx, r); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpInstanceWrite, Object: i.ID, ObjectName: i.Name + ", " + task.Title(), At: now,
			Before: before, After: map[string]any{"task": string(task), "enabled": r.Enabled, "every": r.Interval().String()}})
	})
	if err != nil || !start || s.starter == nil {
		return err
	}
	_, err = s.starter.Start(ctx, id, purser.TriggerManual, task)
	return err
}
