package connect

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// TaskChange is what a person changes of a task; what is nil stays.
type TaskChange struct {
	Enabled  *bool
	Every    *time.Duration
	Hour     *int           // of the first run of a day; -1: none, it counts from the last run
	Zone     *string        // IANA name
	Lookback *time.Duration // how far back the first run goes; only before it
}

// SetTask changes the switch, schedule or reach of a task. One that is switched
// on is due at once, or at its start hour.
func (s *Service) SetTask(ctx context.Context, instanceID string, task purser.TaskName, c TaskChange) error {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return err
	}
	start := false
	var id string
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		i, err := store.Instance(ctx, tx, instanceID)
		if err != nil {
			return err
		}
		if err := notDeleting(i); err != nil {
			return err
		}
		r, ok, err := store.TaskRowOf(ctx, tx, i.ID, task)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("task", string(task))
		}
		before := taskFacts(r)
		was := r
		if err := s.apply(i, task, &r, c); err != nil {
			return err
		}
		id, start = i.ID, r.Enabled && !was.Enabled && i.Status == purser.StatusLive && r.StartHour == nil
		if r.Enabled && (!was.Enabled || c.Every != nil || c.Hour != nil || c.Zone != nil) {
			next, err := s.nextOf(ctx, tx, i, r, was)
			if err != nil {
				return err
			}
			r.NextRunAt = purser.MicrosOf(next)
		}
		if err := store.PutTask(ctx, tx, r); err != nil {
			return err
		}
		if was.Enabled && !r.Enabled {
			if err := s.wellWithout(ctx, tx, i); err != nil {
				return err
			}
		}
		after := taskFacts(r)
		after["task"] = string(task)
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpInstanceWrite, Object: i.ID, ObjectName: i.Name + ", " + task.Title(), At: s.now(),
			Before: before, After: after})
	})
	if err != nil || !start || s.starter == nil {
		return err
	}
	_, err = s.starter.Start(ctx, id, purser.TriggerManual, task)
	return err
}

// wellWithout forgets that an instance fails where no task that is still enabled does.
func (s *Service) wellWithout(ctx context.Context, tx bun.Tx, i purser.Instance) error {
	if i.Health != purser.HealthFailing {
		return nil
	}
	failed, err := store.FailedRuns(ctx, tx, i.ID)
	if err != nil || len(failed) > 0 {
		return err
	}
	return store.SetInstanceHealth(ctx, tx, i.ID, purser.HealthUnknown, "", purser.MicrosOf(s.now()))
}

// apply changes r as a person wants; what cannot be is refused by its field.
func (s *Service) apply(i purser.Instance, task purser.TaskName, r *store.TaskRow, c TaskChange) error {
	plan := r.Schedule()
	if c.Enabled != nil {
		r.Enabled = *c.Enabled
	}
	if c.Every != nil {
		plan.Every = *c.Every
	}
	if c.Hour != nil {
		plan.Hour = c.Hour
		if *c.Hour == -1 {
			plan.Hour = nil
		}
	}
	if c.Zone != nil {
		plan.Zone = *c.Zone
	}
	if c.Every != nil || c.Hour != nil || c.Zone != nil {
		if err := plan.Check(); err != nil {
			return err
		}
	}
	r.SetSchedule(plan)
	if c.Lookback == nil {
		return nil
	}
	now := s.described(i.Connector, task, *r)
	switch back := *c.Lookback; {
	case back == now.Lookback:
		return nil
	case now.Lookback == 0:
		return purser.Invalid("lookback", "%s does not read dated events: it reads everything there is", task.Title())
	case r.FirstAt != 0:
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "lookback", What: "the first run is over, so it cannot go back further any more",
			Hint: "An instance of its own could: its first run has not happened yet."}
	case back < 24*time.Hour || now.Furthest > 0 && back > now.Furthest:
		return purser.Invalid("lookback", "the first run can go back a day or more, %s", furthestWords(now.Furthest))
	default:
		r.Lookback = back.Microseconds()
	}
	return nil
}

func furthestWords(d time.Duration) string {
	if d == 0 {
		return "as the vendor tells"
	}
	return fmt.Sprintf("but the vendor tells no more than %d days", int(d/(24*time.Hour)))
}

// nextOf is when a task is due whose switch or schedule was changed: never
// earlier than now, at once where that time is past.
func (s *Service) nextOf(ctx context.Context, tx bun.IDB, i purser.Instance, r, was store.TaskRow) (time.Time, error) {
	now, plan := s.now(), r.Schedule()
	last, err := store.LastRunOf(ctx, tx, i.ID, purser.TaskName(r.Task))
	if err != nil || last == nil || !was.Enabled {
		return plan.First(now), err
	}
	if next := plan.Next(last.QueuedAt); next.After(now) {
		return next, nil
	}
	return plan.First(now), nil
}

func taskFacts(r store.TaskRow) map[string]any {
	m := map[string]any{"enabled": r.Enabled, "every": r.Interval().String()}
	if r.StartHour != nil {
		m["start hour"], m["zone"] = *r.StartHour, r.Schedule().Zone
	}
	if r.Lookback != 0 {
		m["first run goes back"] = (time.Duration(r.Lookback) * time.Microsecond).String()
	}
	return m
}
