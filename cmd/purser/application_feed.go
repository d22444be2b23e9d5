package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"purser"
	"purser/internal/feed"
)

type applicationFeedCmd struct {
	ID string `arg:"" help:"app_…"`
}

// Run prints where its accounts come from.
func (c *applicationFeedCmd) Run(ctx context.Context, s *session) error {
	return show(ctx, s, "/applications/"+url.PathEscape(c.ID)+"/feed", nil, func(f purser.FeedState) error {
		if err := s.done(f, "%s\n", f.Label); err != nil {
			return err
		}
		var rows [][]string
		for _, x := range f.Sources {
			counts := "no"
			if x.Counts {
				counts = "yes"
			}
			rows = append(rows, []string{x.Name, x.Connector, x.Status, counts, count(x.Accounts), count(x.People), maybe(x.SignIns)})
		}
		return s.table([]string{"INSTANCE", "CONNECTOR", "STATUS", "COUNTS", "ACCOUNTS", "PEOPLE", "SIGN-INS"}, rows)
	})
}

type applicationSwitchCmd struct {
	ID           string `arg:"" help:"app_…"`
	To           string `help:"auto: with the first complete list of users. direct: now, where there is one. sso: stay with, or go back to, the identity provider." enum:"auto,direct,sso" default:"auto"`
	ParallelDays int64  `help:"Read both for so many days after the first complete list of users." placeholder:"N"`
	Why          string `help:"Kept with the change."`
}

// Run chooses.
func (c *applicationSwitchCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	in := map[string]any{"parallel_days": c.ParallelDays, "why": c.Why}
	if c.To != "auto" {
		in["feed"] = c.To
	}
	var f purser.FeedState
	if err := cl.do(ctx, http.MethodPut, "/applications/"+url.PathEscape(c.ID)+"/feed", nil, in, &f); err != nil {
		return err
	}
	return s.done(f, "%s\n", f.Label)
}

type applicationCompareCmd struct {
	ID   string `arg:"" help:"app_…"`
	What string `help:"only_sso, only_direct, status or last_use." enum:"only_sso,only_direct,status,last_use" default:"only_sso"`
}

// Run prints the differences.
func (c *applicationCompareCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	q := url.Values{"what": {c.What}, "limit": {strconv.Itoa(1000)}}
	var all feed.Differences
	for {
		var d feed.Differences
		if err := cl.do(ctx, http.MethodGet, "/applications/"+url.PathEscape(c.ID)+"/feed/differences", q, nil, &d); err != nil {
			return err
		}
		d.Items = append(all.Items, d.Items...)
		if all = d; d.Next == "" {
			break
		}
		q.Set("after", d.Next)
	}
	if s.json {
		return s.printJSON(all)
	}
	if err := s.done(all, "only the identity provider %d, only direct %d, other status %d, other last use %d, alike %d\n", all.OnlySSO, all.OnlyDirect, all.Status, all.LastUse, all.Alike); err != nil {
		return err
	}
	var rows [][]string
	for _, x := range all.Items {
		rows = append(rows, []string{x.Name, x.SSOAccount, x.SSOStatus, lastUse(x.SSOUse), x.Direct, x.DirectStatus, lastUse(x.DirectUse)})
	}
	return s.table([]string{"NAME", "AT THE PROVIDER", "STATUS", "SIGN-IN", "DIRECT", "STATUS", "LAST USE"}, rows)
}
