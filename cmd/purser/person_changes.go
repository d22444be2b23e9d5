package main

import (
	"cmp"
	"context"
	"net/url"

	"purser"
	"purser/internal/table"
)

type personChangesCmd struct {
	listing
	grouping
	What        []string `help:"joined, left, employment, account_added, account_gone, account_returned, account_status, seat_given or seat_taken."`
	Instance    []string `help:"Instance, by name or identifier." placeholder:"NAME"`
	Application string   `help:"Application, by identifier." placeholder:"APP"`
	From        string   `help:"Found from that day on (UTC); the last seven days if no day is named." placeholder:"YYYY-MM-DD"`
	To          string   `help:"Found up to that day (UTC)." placeholder:"YYYY-MM-DD"`
}

// Run prints what happened, the newest first.
func (c *personChangesCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	c.ask(q)
	set(q, "what", c.What...)
	set(q, "instance", c.Instance...)
	set(q, "application", c.Application)
	set(q, "from", c.From)
	set(q, "to", c.To)
	return list(ctx, s, "/changes", q, c.Limit, []string{"FOUND", "WHAT", "PERSON", "ACCOUNT", "INSTANCE", "BEFORE AND AFTER"}, func(x purser.RecentChange) []string {
		return []string{moment(x.At), x.What, x.PersonName, x.AccountName, cmp.Or(x.InstanceName, x.InstanceID), table.RecentDetail(x)}
	})
}
