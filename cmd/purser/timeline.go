package main

import (
	"context"
	"net/url"

	"purser"
)

type timelineCmd struct {
	listing
	ID    string   `arg:"" help:"Identifier, such as acc_17." placeholder:"ID"`
	Topic []string `help:"account, status, group, seat, application, employment, manager, department or detail."`
}

// Run prints the timeline of an account, the newest entry first.
func (c *timelineCmd) Run(ctx context.Context, s *session) error {
	return c.print(ctx, s, "/accounts/")
}

type personTimelineCmd struct{ timelineCmd }

// Run prints the timeline of a person, the newest entry first.
func (c *personTimelineCmd) Run(ctx context.Context, s *session) error {
	return c.print(ctx, s, "/people/")
}

func (c *timelineCmd) print(ctx context.Context, s *session, path string) error {
	q := url.Values{}
	set(q, "topic", c.Topic...)
	return list(ctx, s, path+url.PathEscape(c.ID)+"/timeline", q, c.Limit, []string{"AT", "INSTANCE", "ACCOUNT", "ABOUT", "WHAT", "NAME", "BEFORE", "AFTER"},
		func(e purser.TimelineEntry) []string {
			what := e.What
			if e.Field != "" {
				what = e.Field + " " + what
			}
			return []string{moment(e.At), e.InstanceName, e.AccountName, string(e.Topic), what, e.Name, e.Before, e.After}
		})
}
