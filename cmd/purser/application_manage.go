package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"purser"
	"purser/internal/feed"
)

type applicationSetCmd struct {
	ID     string  `arg:"" help:"app_…"`
	Status string  `help:"new, in_review, managed, accepted, ignored, closing or closed."`
	Owner  *string `help:"Identifier of a user, empty for nobody."`
	Note   *string `help:"A note that stands beside the application."`
	Why    string  `help:"Kept with the change of status."`
}

// Run changes the application.
func (c *applicationSetCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	in := map[string]any{}
	if c.Status != "" {
		in["status"] = c.Status
	}
	if c.Owner != nil {
		in["owner"] = *c.Owner
	}
	if c.Note != nil {
		in["note"] = *c.Note
	}
	if c.Why != "" {
		in["why"] = c.Why
	}
	path := "/applications/" + url.PathEscape(c.ID)
	if err := cl.do(ctx, http.MethodPatch, path, nil, in, nil); err != nil {
		return err
	}
	var a purser.Application
	if err := cl.do(ctx, http.MethodGet, path, nil, nil, &a); err != nil {
		return err
	}
	return s.done(a, "%s is %s\n", a.Name, a.Status)
}

type applicationIntegratedCmd struct {
	listing
	Instance     string `arg:"" help:"Instance of an identity provider, by name or identifier."`
	Query        string `help:"Part of the name." short:"q"`
	Managed      string `help:"yes or no." enum:",yes,no" default:""`
	Unidentified bool   `help:"Only what nobody recognized."`
}

// Run prints what the identity provider serves.
func (c *applicationIntegratedCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "q", c.Query)
	set(q, "managed", c.Managed)
	if c.Unidentified {
		q.Set("unidentified", "true")
	}
	return list(ctx, s, "/instances/"+url.PathEscape(c.Instance)+"/integrated-applications", q, c.Limit,
		[]string{"ID", "NAME", "IS", "APPLICATION", "STATUS", "ASSIGNED", "SIGN-INS", "SURE", "WHY"}, func(a purser.IntegratedApplication) []string {
			return []string{a.ID, a.Name, a.ApplicationName, a.ApplicationID, a.Status, maybe(a.Assigned), maybe(a.SignIns), strconv.FormatInt(a.Confidence, 10) + " %", a.Why}
		})
}

// maybe writes a number that may be unknown.
func maybe(n *int64) string {
	if n == nil {
		return "unknown"
	}
	return count(*n)
}

type applicationMatchCmd struct {
	ID          string `arg:"" help:"iap_…, as purser application integrated prints it."`
	Application string `help:"It is this application." placeholder:"APP_…" xor:"what"`
	Library     string `help:"It is this application of the library." placeholder:"NAME" xor:"what"`
	Name        string `help:"It is an application of its own, by this name." xor:"what"`
	Query       string `help:"List what it could be by a part of a name." short:"q" xor:"what"`
}

// Run corrects the match, or lists what it could be.
func (c *applicationMatchCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.Application == "" && c.Library == "" && c.Name == "" {
		return c.suggest(ctx, s, cl)
	}
	var a purser.IntegratedApplication
	in := map[string]string{"application": c.Application, "library": c.Library, "name": c.Name}
	if err := cl.do(ctx, http.MethodPut, "/integrated-applications/"+url.PathEscape(c.ID)+"/match", nil, in, &a); err != nil {
		return err
	}
	return s.done(a, "%s is %s (%s) from now on\n", a.Name, a.ApplicationName, a.ApplicationID)
}

func (c *applicationMatchCmd) suggest(ctx context.Context, s *session, cl *client) error {
	q := url.Values{}
	set(q, "q", c.Query)
	var found struct{ Items []feed.Candidate }
	if err := cl.do(ctx, http.MethodGet, "/integrated-applications/"+url.PathEscape(c.ID)+"/suggestions", q, nil, &found); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(found.Items)
	}
	var rows [][]string
	for _, f := range found.Items {
		rows = append(rows, []string{f.Name, f.About, f.Application, f.Library})
	}
	return s.table([]string{"COULD BE", "WHAT IT IS", "--application", "--library"}, rows)
}

// several are applications of one change.
type several struct {
	IDs []string `arg:"" name:"id" help:"app_…, one or more."`
	Why string   `help:"Kept with the change."`
}

type applicationManageCmd struct{ several }

// Run manages them.
func (c *applicationManageCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, "manage", "managed now")
}

type applicationUnmanageCmd struct{ several }

// Run manages them no longer.
func (c *applicationUnmanageCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, "unmanage", "no longer managed")
}

func (c *several) change(ctx context.Context, s *session, what, done string) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var m feed.Managed
	if err := cl.do(ctx, http.MethodPost, "/applications/"+what, nil, map[string]any{"applications": c.IDs, "why": c.Why}, &m); err != nil {
		return err
	}
	if len(m.Changed) == 0 {
		return s.done(m, "nothing to change: they were so already\n")
	}
	return s.done(m, "%s: %s\n", done, strings.Join(m.Changed, " "))
}
