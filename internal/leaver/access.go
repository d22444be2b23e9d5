package leaver

import (
	"context"
	"slices"

	"purser"
	"purser/internal/store"
)

// AccessFilter selects accounts of people who left; the zero value selects all.
type AccessFilter struct {
	Query       string   // in the names and addresses of account and person
	Instances   []string // identifiers or names
	Status      []string
	Departments []string       // of the person; "" where none is known
	Admin       []string       // yes, no, unknown
	Local       *bool          // a sign-in of its own, or given by an identity provider
	Checklist   *bool          // one that is not closed, or none
	Any         []AccessFilter // groups of conditions: a row meets all of one of them
}

// Access returns one page of the accounts of people who left that still let
// somebody in, the most dangerous first.
func (s *Service) Access(ctx context.Context, f AccessFilter, p purser.Page) (purser.List[purser.LeaverAccess], error) {
	out := purser.List[purser.LeaverAccess]{Items: []purser.LeaverAccess{}}
	if err := s.mayRead(ctx); err != nil {
		return out, err
	}
	where, err := s.accessFilter(ctx, f)
	if err != nil {
		return out, err
	}
	rows, err := store.LeaversAccess(ctx, s.DB.Read(), where, p, true)
	out.Next, out.Total, out.More = rows.Next, rows.Total, rows.More
	for _, r := range rows.Items {
		out.Items = append(out.Items, r.Told())
	}
	return out, err
}

func (s *Service) accessFilter(ctx context.Context, f AccessFilter) (out store.LeaverAccessFilter, err error) {
	out = store.LeaverAccessFilter{Query: f.Query, Status: f.Status, Departments: f.Departments, Admin: f.Admin, Local: f.Local, Checklist: f.Checklist}
	for _, v := range f.Admin {
		if !slices.Contains([]string{"yes", "no", "unknown"}, v) {
			return out, purser.Invalid("admin", "%q is not one of yes, no, unknown", v)
		}
	}
	if out.InstanceNos, err = store.InstanceNos(ctx, s.DB.Read(), f.Instances); err != nil {
		return out, err
	}
	for _, g := range f.Any {
		group, err := s.accessFilter(ctx, g)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	return out, nil
}
