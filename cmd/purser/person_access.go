package main

import (
	"context"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"purser"
	"purser/internal/inventory"
)

type personSeatsCmd struct {
	Person string `arg:"" help:"Person, per_<number>."`
}

// Run prints the seats of a person.
func (c *personSeatsCmd) Run(ctx context.Context, s *session) error {
	return s.seats(ctx, "/people/"+url.PathEscape(c.Person))
}

type accountSeatsCmd struct {
	Account string `arg:"" help:"Account, acc_<number>."`
}

// Run prints the seats of an account.
func (c *accountSeatsCmd) Run(ctx context.Context, s *session) error {
	return s.seats(ctx, "/accounts/"+url.PathEscape(c.Account))
}

// seats prints those of a person or an account.
func (s *session) seats(ctx context.Context, path string) error {
	return show(ctx, s, path+"/seats", nil, func(d purser.PersonSeats) error {
		rows := make([][]string, 0, len(d.Seats))
		for _, x := range d.Seats {
			cost := x.Unvalued
			if x.Annual != nil {
				cost = x.Annual.String()
			}
			rows = append(rows, []string{x.Plan, x.InstanceName, x.AccountID, x.AccountName, cost})
		}
		return s.table([]string{"PLAN", "INSTANCE", "ACCOUNT", "NAME", "A YEAR"}, rows)
	})
}

type personAccessCmd struct {
	peopleAsked
	Application []string `help:"Application, by identifier; those that most people have if none." placeholder:"APP"`
	Sort        string   `help:"name or department; added, the order in which they came." enum:"name,department,added," default:""`
	Desc        bool     `help:"In reverse order."`
	Limit       int      `help:"At most so many people." default:"50" placeholder:"N"`
	Out         string   `short:"o" help:"Write all of them to this file: .csv, .xlsx or .json." placeholder:"FILE"`
	Columns     []string `help:"Columns of the file beside the applications, by their keys; all without it." placeholder:"KEY"`
}

// Run prints the access matrix.
func (c *personAccessCmd) Run(ctx context.Context, s *session) error {
	q := c.query()
	set(q, "application", c.Application...)
	set(q, "sort", c.Sort)
	if c.Desc {
		q.Set("desc", "true")
	}
	if c.Out != "" {
		q.Set("format", strings.TrimPrefix(filepath.Ext(c.Out), "."))
		set(q, "columns", c.Columns...)
		return s.download(ctx, "/export/access-matrix", q, c.Out)
	}
	q.Set("limit", strconv.Itoa(min(c.Limit, 1000)))
	return show(ctx, s, "/access-matrix", q, func(m inventory.AccessMatrix) error {
		heads := []string{"ID", "PERSON", "DEPARTMENT", "EMPLOYMENT"}
		for _, a := range m.Applications {
			heads = append(heads, strings.ToUpper(a.Name))
		}
		rows := make([][]string, 0, len(m.Rows))
		for _, r := range m.Rows {
			line := []string{r.Person.ID, r.Person.DisplayName, r.Person.Department, r.Person.Employment}
			for n, cell := range r.Cells {
				line = append(line, strings.Join(m.Applications[n].Words(cell), ", "))
			}
			rows = append(rows, line)
		}
		return s.table(heads, rows)
	})
}
