package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"purser"
	"purser/internal/inventory"
)

type applicationCmd struct {
	Overlap    overlapCmd               `cmd:"" help:"Hold applications of one category side by side."`
	List       applicationListCmd       `cmd:"" help:"List applications with their use."`
	Set        applicationSetCmd        `cmd:"" help:"Set status, owner or note of an application."`
	Integrated applicationIntegratedCmd `cmd:"" help:"List what an identity provider serves, and what that is."`
	Match      applicationMatchCmd      `cmd:"" help:"Say what something is that an identity provider serves, or list what it could be."`
	Manage     applicationManageCmd     `cmd:"" help:"Manage applications: identity providers feed them from now on."`
	Unmanage   applicationUnmanageCmd   `cmd:"" help:"Manage applications no longer; what was read stays as history."`
	Feed       applicationFeedCmd       `cmd:"" help:"Show where the accounts of an application come from."`
	Switch     applicationSwitchCmd     `cmd:"" help:"Go over from an identity provider to direct, or back."`
	Compare    applicationCompareCmd    `cmd:"" help:"Compare what both sources of an application say."`
	Use        applicationUseCmd        `cmd:"" help:"Show how an application is used, and how that is known."`
	Threshold  applicationThresholdCmd  `cmd:"" help:"Look at thresholds of use, or set one."`
}

type applicationListCmd struct {
	listing
	grouping
	Query    string   `help:"Name." short:"q"`
	Status   []string `help:"Status, such as managed."`
	Read     []string `help:"How it is read: direct, sso (an identity provider serves it)."`
	Category []string `help:"Category of the library." sep:"none"`
}

// Run prints the applications.
func (c *applicationListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "status", c.Status...)
	set(q, "read", c.Read...)
	set(q, "category", c.Category...)
	return list(ctx, s, "/applications", q, c.Limit, []string{"ID", "NAME", "STATUS", "SOURCE", "PEOPLE", "ACCOUNTS", "ACTIVE", "INACTIVE", "NEVER", "UNKNOWN", "CONTRACTED A YEAR", "NEXT RENEWAL", "FINDINGS", "WORTH A YEAR"},
		func(a purser.Application) []string {
			return append([]string{a.ID, a.Name, a.Status, a.Source, count(a.People), count(a.Accounts), count(a.Active), count(a.Inactive), count(a.Never), count(a.Unknown)}, costs(a)...)
		})
}

// costs are the columns of what contracts and open findings say of an application.
func costs(a purser.Application) []string {
	out := make([]string, 4)
	if x := a.Agreed; x != nil && x.Next != nil {
		out[1] = x.Next.On
	}
	out[0] = contracted(a.Agreed)
	if x := a.Findings; x != nil {
		out[2], out[3] = count(x.Open), amounts(x.Annual, hidden(x.Hidden))
	}
	return out
}

// application finds an application by its identifier or its whole name.
func application(ctx context.Context, cl *client, name string) (string, error) {
	if strings.HasPrefix(name, "app_") {
		return name, nil
	}
	id := ""
	err := pages(ctx, cl, "/applications", url.Values{"q": {name}}, 0, func(a purser.Application) error {
		if strings.EqualFold(a.Name, name) {
			id = a.ID
		}
		return nil
	})
	if err == nil && id == "" {
		err = purser.NotFound("application", name)
	}
	return id, err
}

type applicationUseCmd struct {
	Application string `arg:"" help:"Application, by name or identifier."`
	Days        int    `help:"Look at this threshold, too."`
}

// Run prints the use.
func (c *applicationUseCmd) Run(ctx context.Context, s *session) error {
	u, err := useOf(ctx, s, c.Application, c.Days)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(u)
	}
	if err := s.thresholds(u); err != nil {
		return err
	}
	if err := s.say("\n"); err != nil {
		return err
	}
	var rows [][]string
	for _, x := range u.Sources {
		rows = append(rows, []string{x.Name, count(x.Told), count(x.Others), moment(x.From), moment(x.Until), moment(x.KnownFrom)})
	}
	return s.table([]string{"SOURCE", "LAST USE TOLD", "NOT TOLD", "DATED USE FROM", "UNTIL", "COVERS THE THRESHOLD FROM"}, rows)
}

func useOf(ctx context.Context, s *session, name string, days int) (u inventory.Use, err error) {
	cl, err := s.client()
	if err != nil {
		return u, err
	}
	id, err := application(ctx, cl, name)
	if err != nil {
		return u, err
	}
	q := url.Values{}
	if days > 0 {
		q.Set("days", strconv.Itoa(days))
	}
	return u, cl.do(ctx, http.MethodGet, "/applications/"+url.PathEscape(id)+"/use", q, nil, &u)
}

// thresholds prints what each threshold selects.
func (s *session) thresholds(u inventory.Use) error {
	var rows [][]string
	for _, x := range u.Others {
		now := ""
		if x.Days == u.Days {
			now = "set now"
		}
		seats, worth := "", ""
		if x.Seats != nil {
			seats, worth = count(x.Seats.N), purser.SumsText(x.Seats.Annual)
		}
		rows = append(rows, []string{strconv.Itoa(x.Days), count(x.Active), count(x.Inactive), count(x.Never), count(x.Unknown), count(x.Idle()), seats, worth, now})
	}
	return s.table([]string{"DAYS", "ACTIVE", "INACTIVE", "NEVER", "UNKNOWN", "SELECTED", "UNUSED SEATS", "A YEAR", ""}, rows)
}

type applicationThresholdCmd struct {
	Application string `arg:"" help:"Application, by name or identifier."`
	Days        int    `arg:"" optional:"" help:"Days without use after which an account is inactive."`
	DryRun      bool   `help:"Only show what it would select."`
}

// Run sets a threshold, or shows what thresholds select.
func (c *applicationThresholdCmd) Run(ctx context.Context, s *session) error {
	u, err := useOf(ctx, s, c.Application, c.Days)
	if err != nil {
		return err
	}
	if c.Days > 0 && !c.DryRun {
		cl, err := s.client()
		if err != nil {
			return err
		}
		if err := cl.do(ctx, http.MethodPut, "/applications/"+u.Application+"/threshold", nil, map[string]any{"days": c.Days}, nil); err != nil {
			return err
		}
		u.Days = c.Days
	}
	if s.json {
		return s.printJSON(u.Others)
	}
	return s.thresholds(u)
}

// contracted is what contracts that are about one application alone cost a year.
func contracted(a *purser.Agreed) string {
	if a == nil {
		return ""
	}
	return amounts(a.Yearly, hidden(a.Hidden))
}

// hidden stands in place of an amount that the reader's role may not see.
func hidden(is bool) string {
	if is {
		return "hidden"
	}
	return ""
}
