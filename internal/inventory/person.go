package inventory

import (
	"context"
	"slices"

	"purser"
	"purser/internal/store"
)

// PersonFilter selects people; zero fields select everybody but who is removed.
type PersonFilter struct {
	Query             string
	InstanceID        string // or its name
	Employment        []string
	Department        []string
	LeaversWithAccess bool
	Removed           bool
	Has               []string       // app_<number>: those with an open account in each of them
	Uses              []string       // app_<number>: those who use each of them
	Disputed          bool           // sources say different things of them
	Order             purser.Page    // of EachPerson: Sort and Desc
	Any               []PersonFilter // groups of conditions: a row meets all of one of them
	Bare              bool           // without what they hold, which costs more than the rest of a page
}

func (s *Service) personFilter(ctx context.Context, f PersonFilter) (store.PersonFilter, error) {
	out := store.PersonFilter{Query: f.Query, Employment: f.Employment, Department: f.Department,
		LeaversWithAccess: f.LeaversWithAccess, Removed: f.Removed, Disputed: f.Disputed}
	for _, g := range f.Any {
		group, err := s.personFilter(ctx, g)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	for using, names := range map[bool][]string{false: f.Has, true: f.Uses} {
		if len(names) == 0 {
			continue
		}
		together, err := s.together(ctx, names, using)
		if err != nil {
			return out, err
		}
		out.Together = append(out.Together, together)
	}
	if f.InstanceID == "" {
		return out, nil
	}
	i, err := store.Instance(ctx, s.db.Read(), f.InstanceID)
	out.InstanceNo = i.No
	return out, err
}

// together selects who has, or uses, each of some applications.
func (s *Service) together(ctx context.Context, names []string, using bool) (store.Together, error) {
	var ids []int64
	for _, name := range names {
		id := store.KeyOf("app_", name)
		if id == 0 {
			return store.Together{}, purser.NotFound("application", name)
		}
		ids = append(ids, id)
	}
	return store.PeopleTogether(ctx, s.db.Read(), slices.Compact(slices.Sorted(slices.Values(ids))), using, s.useAt(0))
}

// People returns one page of people.
func (s *Service) People(ctx context.Context, f PersonFilter, p purser.Page) (purser.List[purser.Person], error) {
	if err := s.gate.Allow(ctx, purser.OpPersonRead); err != nil {
		return purser.List[purser.Person]{}, err
	}
	if err := s.namedOnly(ctx, f.Query); err != nil {
		return purser.List[purser.Person]{}, err
	}
	filter, err := s.personFilter(ctx, f)
	if err != nil {
		return purser.List[purser.Person]{}, err
	}
	return s.people(ctx, filter, p, true, f.Bare)
}

func (s *Service) people(ctx context.Context, f store.PersonFilter, p purser.Page, count, bare bool) (purser.List[purser.Person], error) {
	names := s.names(ctx)
	list, err := store.People(ctx, s.db.Read(), f, s.inOrder(names, p), count)
	if err != nil {
		return list, err
	}
	asOf, err := s.asOf(ctx, purser.TaskHRRoster)
	if err != nil {
		return list, err
	}
	for i := range list.Items {
		list.Items[i].DataAsOf = asOf[list.Items[i].InstanceID]
	}
	if !bare {
		if err := s.holds(ctx, list.Items); err != nil {
			return list, err
		}
	}
	nameless(list.Items, names)
	return list, nil
}

// EachPerson hands every selected person to fn, in the order of the list.
func (s *Service) EachPerson(ctx context.Context, f PersonFilter, fn func(purser.Person) error) error {
	if err := s.gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	if err := s.gate.Allow(ctx, purser.OpPersonRead); err != nil {
		return err
	}
	if err := s.namedOnly(ctx, f.Query); err != nil {
		return err
	}
	filter, err := s.personFilter(ctx, f)
	if err != nil {
		return err
	}
	return each(ctx, f.Order, func(ctx context.Context, p purser.Page) (purser.List[purser.Person], error) {
		return s.people(ctx, filter, p, false, f.Bare)
	}, fn)
}

// Person returns one person, also a removed one.
func (s *Service) Person(ctx context.Context, id string) (purser.Person, error) {
	if err := s.gate.Allow(ctx, purser.OpPersonRead); err != nil {
		return purser.Person{}, err
	}
	p, ok, err := store.PersonByID(ctx, s.db.Read(), store.KeyOf("per_", id))
	if err != nil {
		return p, err
	}
	if !ok {
		return p, purser.NotFound("person", id)
	}
	asOf, err := s.asOf(ctx, purser.TaskHRRoster)
	if p.DataAsOf = asOf[p.InstanceID]; !s.names(ctx) {
		p = p.WithoutNames()
	}
	return p, err
}

// PersonAccounts returns the accounts of a person in every instance.
func (s *Service) PersonAccounts(ctx context.Context, id string) ([]purser.Account, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	if _, err := s.Person(ctx, id); err != nil {
		return nil, err
	}
	list, err := s.accounts(ctx, store.AccountFilter{PersonID: store.KeyOf("per_", id)}, purser.Page{Limit: 1000}, false)
	return list.Items, err
}

// PersonChanges returns the kept changes of a person, the newest first.
func (s *Service) PersonChanges(ctx context.Context, id string) ([]purser.Change, error) {
	p, err := s.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	changes, err := store.Changes(ctx, s.db.Read(), purser.KindPerson, store.KeyOf("per_", id))
	return nameless(withEnds(changes, p.FirstSeenAt, p.RemovedAt), s.names(ctx)), err
}

// Departments returns the departments for the filter of the list of people.
func (s *Service) Departments(ctx context.Context) ([]string, error) {
	if err := s.gate.Allow(ctx, purser.OpPersonRead); err != nil {
		return nil, err
	}
	return store.Departments(ctx, s.db.Read())
}
