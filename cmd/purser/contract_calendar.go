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
