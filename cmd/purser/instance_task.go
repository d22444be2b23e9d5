package main

import (
	"context"
	"net/http"
	"net/url"
)

type instanceTaskCmd struct {
	Name      string `arg:"" help:"Name or identifier."`
	Task      string `arg:"" help:"Task, such as application_roster."`
	Enable    bool   `help:"Switch it on." xor:"switch"`
	Disable   bool   `help:"Switch it off." xor:"switch"`
	Every     string `help:"How often: 15m to 31d." placeholder:"6h"`
	StartHour string `help:"Hour of the first run of a day, 0 to 23; any: count from the last run." placeholder:"HOUR"`
	Zone      string `help:"Time zone of that hour." placeholder:"Europe/Berlin"`
	Lookback  int    `help:"How many days the first run goes back; only before it." placeholder:"DAYS"`
}

// Run changes the task and prints the task table.
func (c *instanceTaskCmd) Run(ctx context.Context, s *session) error {
	in := map[string]any{}
	if c.Enable || c.Disable {
		in["enabled"] = c.Enable
	}
	if c.Every != "" {
		in["every"] = c.Every
	}
	if c.StartHour != "" {
		hour, err := startHour(c.StartHour)
		if err != nil {
			return err
		}
		in["start_hour"] = hour
	}
	if c.Zone != "" {
		in["zone"] = c.Zone
	}
	if c.Lookback != 0 {
		in["lookback_days"] = c.Lookback
	}
	cl, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	if len(in) > 0 {
		if err := cl.do(ctx, http.MethodPatch, "/instances/"+i.ID+"/tasks/"+url.PathEscape(c.Task), nil, in, nil); err != nil {
			return err
		}
	}
	return (&instanceShowCmd{Name: i.ID}).Run(ctx, s)
}
