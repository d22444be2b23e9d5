package main

import (
	"context"
	"net/http"
	"net/url"

	"purser/internal/contract"
)

type contractCalendarsCmd struct{}

// Run prints the calendars.
func (contractCalendarsCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, "/contract-calendars", nil, []string{"ID", "NAME", "BY", "PRICES", "MADE", "LAST READ"}, func(f contract.Feed) []string {
		prices := "no"
		if f.Prices {
			prices = "yes"
		}
		return []string{f.ID, f.Name, f.MadeBy, prices, moment(f.CreatedAt), moment(f.UsedAt)}
	})
}

type contractCalendarAddCmd struct {
	Name   string `arg:"" help:"Who subscribes to it."`
	Prices bool   `help:"Tell prices, as long as whoever makes it may see them."`
}

// Run makes the calendar. Its path below Purser's address alone goes to standard output.
func (c *contractCalendarAddCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var made contract.Feed
	if err := cl.do(ctx, http.MethodPost, "/contract-calendars", nil, map[string]any{"name": c.Name, "prices": c.Prices}, &made); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(made)
	}
	s.note("%s. This is shown once, and whoever knows it reads the calendar; it is the path below Purser's address:\n", made.ID)
	return s.say("%s\n", made.Path)
}

type contractCalendarEndCmd struct {
	Calendar string `arg:"" help:"Identifier: cal_…"`
}

// Run ends the calendar: programs that subscribe to it get nothing any more.
func (c *contractCalendarEndCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	return cl.do(ctx, http.MethodDelete, "/contract-calendars/"+url.PathEscape(c.Calendar), nil, nil, nil)
}
