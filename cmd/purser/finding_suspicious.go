package main

import (
	"context"
	"net/url"

	"purser"
	"purser/internal/table"
)

type findingSuspiciousCmd struct {
	listing
	grouping
	Query    string   `help:"Name or address of account or person." short:"q"`
	View     string   `help:"now: of the last thirty days; recognized; history: no longer so." enum:"now,recognized,history" default:"now"`
	Kind     []string `help:"used_after_leaving, used_not_in_hr or used_while_away."`
	Instance []string `help:"Instance, by name or identifier; any of them." placeholder:"NAME"`
}

// Run prints the accounts; they are recognized with the command accept.
func (c *findingSuspiciousCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{"view": {c.View}}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "kind", c.Kind...)
	set(q, "instance", c.Instance...)
	return list(ctx, s, "/suspicious-use", q, c.Limit, []string{"ID", "KIND", "ACCOUNT", "INSTANCE", "PERSON", "HR SAYS", "LAST ACTIVE", "DAYS", "STATE", "UNTIL", "REASON"}, func(x purser.SuspiciousUse) []string {
		return []string{x.ID, string(x.Kind), x.AccountName, x.InstanceName, x.PersonName, table.SuspiciousHR(x), lastUse(x.LastActive), count(x.Days), x.State, x.Until, x.Reason}
	})
}
