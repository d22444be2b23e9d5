package table

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"strings"

	"purser"
	"purser/internal/inventory"
)

// CheckAccess is [Check] for the access matrix: it knows the conditions of people, and applications.
func CheckAccess(q url.Values) error {
	return append(People().Conditions, Condition{Name: "application"}).check(q, true)
}

// WriteAccess writes the access matrix as a file: a line for each person whom a filter
// selects, a column for each application that the page shows.
func (s *Service) WriteAccess(ctx context.Context, f inventory.AccessFilter, format string, named bool, w io.Writer) error {
	if err := s.Gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	var out Writer
	var columns []inventory.MatrixApplication
	err := s.Inventory.EachAccess(ctx, f, func(applications []inventory.MatrixApplication) (err error) {
		heads := []Head{{Key: "person", Title: "Person"}, {Key: "department", Title: "Department"}, {Key: "employment", Title: "Employment"}}
		columns = applications
		for _, a := range applications {
			heads = append(heads, Head{Key: a.ID, Title: a.Name})
		}
		out, err = NewWriter(w, format, "Access", heads, named)
		return err
	}, func(row inventory.MatrixRow) error {
		p := row.Person
		cells := []string{cmp.Or(p.DisplayName, p.Email, p.EmployeeNumber, p.ExternalID, p.ID), p.Department, p.Employment}
		for n, held := range row.Cells {
			cells = append(cells, strings.Join(columns[n].Words(held), "; "))
		}
		return out.Row(cells)
	})
	if out == nil {
		return err
	}
	if err != nil {
		out.Drop()
		return err
	}
	return out.Close()
}
