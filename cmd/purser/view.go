package main

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"purser/internal/table"
)

type viewCmd struct {
	Lists  viewListsCmd  `cmd:"" help:"List the lists and the columns that they have."`
	List   viewListCmd   `cmd:"" help:"List saved views: your own and those that others share."`
	Save   viewSaveCmd   `cmd:"" help:"Save a list with its filter, columns and order."`
	Share  viewShareCmd  `cmd:"" help:"Share a view with everybody who may open its list, or no more."`
	Mail   viewMailCmd   `cmd:"" help:"Get a view by mail, weekly or monthly, or no more."`
	Export viewExportCmd `cmd:"" help:"Write what a view shows as a file."`
	Delete viewDeleteCmd `cmd:"" help:"Delete a view."`
}

type viewListsCmd struct{}

// Run prints lists and columns.
func (viewListsCmd) Run(ctx context.Context, s *session) error {
	var out struct {
		Items []table.Info `json:"items"`
	}
	if err := s.ask(ctx, http.MethodGet, "/lists", nil, nil, &out); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(out.Items)
	}
	var rows [][]string
	for _, l := range out.Items {
		for _, c := range l.Columns {
			usual := ""
			if c.Usual {
				usual = "yes"
			}
			rows = append(rows, []string{l.Name, c.Key, c.Title, usual})
		}
	}
	return s.table([]string{"LIST", "COLUMN", "TITLE", "USUAL"}, rows)
}

type viewListCmd struct {
	Of string `help:"Of that list alone, such as accounts." placeholder:"LIST"`
}

// Run prints the views.
func (c *viewListCmd) Run(ctx context.Context, s *session) error {
	var out struct {
		Items []table.View `json:"items"`
	}
	q := url.Values{}
	set(q, "list", c.Of)
	if err := s.ask(ctx, http.MethodGet, "/views", q, nil, &out); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(out.Items)
	}
	var rows [][]string
	for _, v := range out.Items {
		shared, mailed := "", ""
		if v.Shared {
			shared = "yes"
		}
		if v.Report != nil {
			mailed = v.Report.Every
		}
		rows = append(rows, []string{v.ID, v.List, v.Name, cmp.Or(v.Query, v.Withheld), v.MadeBy, shared, mailed})
	}
	return s.table([]string{"ID", "LIST", "NAME", "FILTER", "SAVED BY", "SHARED", "MAILED"}, rows)
}

type viewSaveCmd struct {
	Of     string `arg:"" name:"list" help:"List, such as accounts."`
	Name   string `arg:"" help:"Name of the view."`
	Filter string `help:"As in the address of the page: status=active&cols=status,person&sort=name." placeholder:"QUERY"`
	Shared bool   `help:"Everybody who may open the list sees it."`
}

// Run saves it.
func (c *viewSaveCmd) Run(ctx context.Context, s *session) error {
	var v table.View
	if err := s.ask(ctx, http.MethodPost, "/views", nil, table.ViewInput{List: c.Of, Name: c.Name, Query: c.Filter, Shared: c.Shared}, &v); err != nil {
		return err
	}
	return s.tellView(v)
}

type viewShareCmd struct {
	View string `arg:"" help:"Identifier, viw_…."`
	Off  bool   `help:"Share it no more."`
}

// Run shares it, or no more.
func (c *viewShareCmd) Run(ctx context.Context, s *session) error {
	var v table.View
	if err := s.ask(ctx, http.MethodGet, "/views/"+c.View, nil, nil, &v); err != nil {
		return err
	}
	in := table.ViewInput{Name: v.Name, Query: v.Query, Shared: !c.Off, Version: v.Version}
	if err := s.ask(ctx, http.MethodPut, "/views/"+c.View, nil, in, &v); err != nil {
		return err
	}
	return s.tellView(v)
}

type viewMailCmd struct {
	View  string `arg:"" help:"Identifier, viw_…."`
	Every string `arg:"" enum:"weekly,monthly,never" help:"weekly, monthly or never."`
}

// Run asks for the mails.
func (c *viewMailCmd) Run(ctx context.Context, s *session) error {
	every := c.Every
	if every == "never" {
		every = ""
	}
	var v table.View
	if err := s.ask(ctx, http.MethodPut, "/views/"+c.View+"/report", nil, map[string]string{"every": every}, &v); err != nil {
		return err
	}
	return s.tellView(v)
}

type viewExportCmd struct {
	View   string `arg:"" help:"Identifier, viw_…."`
	Format string `enum:"csv,xlsx,json" default:"csv" help:"csv, xlsx, or json: one object a line."`
	Out    string `short:"o" help:"File to write; standard output without it." placeholder:"FILE"`
}

// Run writes the file.
func (c *viewExportCmd) Run(ctx context.Context, s *session) error {
	return s.download(ctx, "/views/"+c.View+"/export", url.Values{"format": {c.Format}}, c.Out)
}

type viewDeleteCmd struct {
	View string `arg:"" help:"Identifier, viw_…."`
}

// Run deletes it.
func (c *viewDeleteCmd) Run(ctx context.Context, s *session) error {
	return s.ask(ctx, http.MethodDelete, "/views/"+c.View, nil, nil, nil)
}

// ask sends one request to the server.
func (s *session) ask(ctx context.Context, method, path string, q url.Values, in, out any) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	return cl.do(ctx, method, path, q, in, out)
}

func (s *session) tellView(v table.View) error {
	if s.json {
		return s.printJSON(v)
	}
	return s.say("%s: %s of %s\n", v.ID, v.Name, v.List)
}
