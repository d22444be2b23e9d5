package main

import (
	"context"
	"net/http"

	"purser/internal/inventory"
)

type overlapCmd struct{}

// Run prints applications of one category side by side.
func (overlapCmd) Run(ctx context.Context, s *session) error {
	var out struct {
		Items []inventory.OverlapCategory `json:"items"`
	}
	if err := s.ask(ctx, http.MethodGet, "/overlap", nil, nil, &out); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(out.Items)
	}
	var rows [][]string
	for _, c := range out.Items {
		for _, a := range c.Applications {
			seats := ""
			if a.Seats != nil {
				seats = count(*a.Seats)
			}
			rows = append(rows, []string{c.Category, a.Name, count(a.People), count(a.Active), count(a.Inactive + a.Never), count(a.Unknown), seats, contracted(a.Agreed)})
		}
		for _, p := range c.Shared {
			rows = append(rows, []string{c.Category, p.A + " and " + p.B, count(p.People) + " have both", count(p.Using) + " use both"})
		}
	}
	return s.table([]string{"CATEGORY", "APPLICATION", "PEOPLE", "ACTIVE", "IDLE", "UNKNOWN", "SEATS", "CONTRACTED A YEAR"}, rows)
}
