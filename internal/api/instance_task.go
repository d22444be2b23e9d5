package api

import (
	"context"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/run"
)

// taskBody is a change of a task: what is left out stays.
type taskBody struct {
	Enabled   *bool   `json:"enabled,omitempty"`
	Every     string  `json:"every,omitempty" doc:"15m to 31d" example:"24h"`
	StartHour *int    `json:"start_hour,omitempty" minimum:"-1" maximum:"23" doc:"hour of the first run of a day; -1: none, it counts from the last run"`
	Zone      *string `json:"zone,omitempty" doc:"time zone of the start hour (IANA)" example:"Europe/Berlin"`
	Lookback  int     `json:"lookback_days,omitempty" minimum:"0" maximum:"3650" doc:"how far back the first run goes; only before it"`
}

func (b taskBody) change() (c connect.TaskChange, err error) {
	c = connect.TaskChange{Enabled: b.Enabled, Hour: b.StartHour, Zone: b.Zone}
	if b.Every != "" {
		every, err := purser.ParseInterval(b.Every)
		if err != nil {
			return c, err
		}
		c.Every = &every
	}
	if b.Lookback > 0 {
		back := time.Duration(b.Lookback) * 24 * time.Hour
		c.Lookback = &back
	}
	return c, nil
}

func (a *API) setTask() {
	add(a, call{method: "PATCH", path: "/instances/{id}/tasks/{task}", tag: "Instances", id: "setTask", does: "Switch a task on or off, or change its schedule",
		op: purser.OpInstanceWrite, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Task purser.TaskName `path:"task"`
			Body taskBody
		}) (*empty, error) {
			change, err := in.Body.change()
			if err != nil {
				return nil, err
			}
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return done(a.Connect.SetTask(ctx, id, in.Task, change))
		})
}

// syncInstance starts runs by hand.
func (a *API) syncInstance() {
	add(a, call{method: "POST", path: "/instances/{id}/sync", tag: "Instances", id: "syncInstance", does: "Sync now: the named tasks, or all that are enabled",
		op: purser.OpRunStart, status: 202},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Tasks []purser.TaskName `json:"tasks,omitempty"`
				Full  bool              `json:"full,omitempty" doc:"read everything again, not only what changed"`
				Since string            `json:"since,omitempty" format:"date" doc:"with full: what is dated from then on"`
			}
		}) (*body[items[purser.Run]], error) {
			what := run.Range{Whole: in.Body.Full}
			if in.Body.Since != "" {
				var err error
				if what.Since, err = time.Parse(time.DateOnly, in.Body.Since); err != nil {
					return nil, purser.Invalid("since", "%q is no date like 2026-01-31", in.Body.Since)
				}
			}
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return whole(a.Runs.Sync(ctx, id, purser.TriggerManual, what, in.Body.Tasks...))
		})
}
