package table

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strings"

	"purser"
	"purser/internal/inventory"
)

// Access is who has an account where: what it says of people is what the list of people
// does, and after its columns comes one for each application that its address names.
func Access() List[inventory.MatrixRow] {
	type row = inventory.MatrixRow
	people := People()
	l := List[row]{Name: "access-matrix", Title: "Access", Path: "/access", Op: purser.OpAccountRead,
		Conditions: append(people.Conditions, Condition{Name: "application"})}
	for _, key := range []string{"person", "department", "employment", "manager", "location", "title", "cost_center", "email", "employee_number", "id"} {
		c := people.Columns[slices.IndexFunc(people.Columns, func(c Column[purser.Person]) bool { return c.Key == key })]
		l.Columns = append(l.Columns, Column[row]{Key: key, Title: c.Title, Usual: key == "person" || key == "department", Op: c.Op, Text: func(v row) string { return c.Text(v.Person) }})
	}
	return l
}

// access is the list with the way to its rows.
func (s *Service) access() source {
	l := Access()
	return source{name: l.Name, title: l.Title, path: l.Path, op: l.Op, heads: l.Heads(), conditions: l.Conditions, each: func(ctx context.Context, q url.Values, heads []Head, begin func([]Head) error, fn func([]string) error) error {
		if err := l.Conditions.check(q, true); err != nil {
			return err
		}
		return s.eachAccess(ctx, AccessFilter(q), heads, begin, fn)
	}}
}

// eachAccess hands out the matrix: its heads, those of the applications among them, then
// the cells of everybody whom a filter selects.
func (s *Service) eachAccess(ctx context.Context, f inventory.AccessFilter, heads []Head, begin func([]Head) error, fn func([]string) error) error {
	var columns []inventory.MatrixApplication
	person := Cells(Access(), heads)
	return s.Inventory.EachAccess(ctx, f, func(applications []inventory.MatrixApplication) error {
		columns = applications
		all := slices.Clone(heads)
		for _, a := range applications {
			all = append(all, Head{Key: a.ID, Title: a.Name})
		}
		return begin(all)
	}, func(row inventory.MatrixRow) error {
		cells := person(row)
		for n, held := range row.Cells {
			cells = append(cells, strings.Join(columns[n].Words(held), "; "))
		}
		return fn(cells)
	})
}

// WriteAccess writes the access matrix as a file: some columns of everybody whom a filter
// selects, then a column for each application.
func (s *Service) WriteAccess(ctx context.Context, f inventory.AccessFilter, heads []Head, format string, named bool, w io.Writer) error {
	if err := s.Gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	return write(w, format, Access().Title, named, func(begin func([]Head) error, fn func([]string) error) error {
		return s.eachAccess(ctx, f, s.Visible(ctx, heads), begin, fn)
	})
}
