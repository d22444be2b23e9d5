package inventory

import (
	"context"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// ApplicationFilter selects applications; zero fields select every one.
type ApplicationFilter struct {
	Query    string
	Status   []string
	Via      string              // discovered by that instance: its id or name
	Read     []string            // how it is read: direct, sso; one of them. None: all
	Category []string            // of the library, such as Communication; one of them. None: all
	Shelf    []string            // of the catalog, on which it stands; one of them. None: all
	Order    purser.Page         // of EachApplication: Sort and Desc
	Any      []ApplicationFilter // groups of conditions: a row meets all of one of them
}

func (s *Service) applicationFilter(ctx context.Context, f ApplicationFilter) (store.ApplicationFilter, error) {
	out := store.ApplicationFilter{Query: f.Query, Status: f.Status, Today: s.zone.Today(ctx, s.now())}
	for _, how := range f.Read {
		switch how {
		case "direct":
			out.Direct = true
		case "sso":
			out.SSO = true
		default:
			return out, purser.Invalid("read", "%q is no way to read an application: direct or sso", how)
		}
	}
	if len(f.Shelf) > 0 || len(f.Category) > 0 {
		var err error
		if out.IDs, err = s.kept(ctx, f.Shelf, f.Category); err != nil {
			return out, err
		}
	}
	for _, g := range f.Any {
		group, err := s.applicationFilter(ctx, g)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	if f.Via == "" {
		return out, nil
	}
	i, err := store.Instance(ctx, s.db.Read(), f.Via)
	out.ViaNo = i.No
	return out, err
}

// kept returns the applications that stand on some shelves of the catalog and are of some
// categories of the library; none of either is any. Both are known to connectors and
// library, not to the database.
func (s *Service) kept(ctx context.Context, shelves, categories []string) ([]int64, error) {
	all, err := store.ApplicationNames(ctx, s.db.Read())
	ids := []int64{}
	for _, a := range all {
		on := len(shelves) == 0 || slices.Contains(shelves, s.shelf(a.Connector, a.Name))
		if on && (len(categories) == 0 || slices.Contains(categories, s.category(a.Connector, a.Name))) {
			ids = append(ids, a.ID)
		}
	}
	return ids, err
}

// Categories returns those of the applications that are known.
func (s *Service) Categories(ctx context.Context) ([]string, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	all, err := store.ApplicationNames(ctx, s.db.Read())
	var out []string
	for _, a := range all {
		if c := s.category(a.Connector, a.Name); c != "" {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// Shelves returns where the catalog keeps the applications that are known.
func (s *Service) Shelves(ctx context.Context) ([]string, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	all, err := store.ApplicationNames(ctx, s.db.Read())
	var out []string
	for _, a := range all {
		out = append(out, s.shelf(a.Connector, a.Name))
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// ApplicationStatuses lists the statuses of an application.
func ApplicationStatuses() []string {
	return []string{"new", "in_review", "managed", "accepted", "ignored", "closing", "closed"}
}

// Applications returns one page of applications with their use.
func (s *Service) Applications(ctx context.Context, f ApplicationFilter, p purser.Page) (purser.List[purser.Application], error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.List[purser.Application]{}, err
	}
	filter, err := s.applicationFilter(ctx, f)
	if err != nil {
		return purser.List[purser.Application]{}, err
	}
	return s.applications(ctx, filter, p, true)
}

// EachApplication hands every selected application to fn, in the order of the list.
func (s *Service) EachApplication(ctx context.Context, f ApplicationFilter, fn func(purser.Application) error) error {
	if err := s.gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return err
	}
	filter, err := s.applicationFilter(ctx, f)
	if err != nil {
		return err
	}
	return each(ctx, f.Order, func(ctx context.Context, p purser.Page) (purser.List[purser.Application], error) {
		return s.applications(ctx, filter, p, false)
	}, fn)
}

// Application returns one application.
func (s *Service) Application(ctx context.Context, id string) (purser.Application, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.Application{}, err
	}
	no := store.KeyOf("app_", id)
	if no == 0 {
		return purser.Application{}, purser.NotFound("application", id)
	}
	list, err := s.applications(ctx, store.ApplicationFilter{ID: no}, purser.Page{Limit: 1}, false)
	if err != nil {
		return purser.Application{}, err
	}
	if len(list.Items) == 0 {
		return purser.Application{}, purser.NotFound("application", id)
	}
	return list.Items[0], nil
}

func (s *Service) applications(ctx context.Context, f store.ApplicationFilter, p purser.Page, count bool) (purser.List[purser.Application], error) {
	out := purser.List[purser.Application]{Items: []purser.Application{}}
	rows, err := store.Applications(ctx, s.db.Read(), f, p, count)
	out.Next, out.Total, out.More = rows.Next, rows.Total, rows.More
	if err != nil || len(rows.Items) == 0 {
		return out, err
	}
	ids := make([]int64, len(rows.Items))
	for i, r := range rows.Items {
		ids[i] = r.ID
	}
	facts, err := s.applicationFacts(ctx, ids)
	if err != nil {
		return out, err
	}
	for _, r := range rows.Items {
		out.Items = append(out.Items, facts.application(s, r))
	}
	return out, s.costs(ctx, out.Items)
}

// applicationFacts is what is known of some applications beside their own rows.
type applicationFacts struct {
	sources            map[int64][]store.SourceRow
	feeds              map[int64]store.FeedRow
	at                 purser.Micros
	direct, discovered map[int64]store.UseRow
	asOf               map[string]time.Time
}

func (s *Service) applicationFacts(ctx context.Context, ids []int64) (f applicationFacts, err error) {
	db := s.db.Read()
	sources, err := store.ApplicationSources(ctx, db, ids)
	if err != nil {
		return f, err
	}
	f.sources = map[int64][]store.SourceRow{}
	for _, r := range sources {
		f.sources[r.Application] = append(f.sources[r.Application], r)
	}
	if f.at = purser.MicrosOf(s.now()); len(ids) > 0 {
		if f.feeds, err = store.Feeds(ctx, db, ids); err != nil {
			return f, err
		}
	}
	if f.direct, err = store.DirectUse(ctx, db, ids, s.useAt(0)); err != nil {
		return f, err
	}
	if f.discovered, err = store.DiscoveredUse(ctx, db, ids, s.useAt(0)); err != nil {
		return f, err
	}
	f.asOf, err = s.asOf(ctx, purser.TaskApplicationRoster, purser.TaskApplicationDiscovery)
	return f, err
}

// feed returns the use of an application as the source tells it that counts.
func (f applicationFacts) feed(application int64) (use store.UseRow, from purser.Feed) {
	return f.feeds[application].Use(f.at, f.direct[application], f.discovered[application])
}

func (f applicationFacts) application(s *Service, r store.ApplicationListRow) purser.Application {
	a := purser.Application{ID: store.ApplicationID(r.ID), Name: r.Name, Connector: r.Connector, Category: s.category(r.Connector, r.Name),
		Status: r.Status, OwnerID: r.OwnerID, OwnerName: r.OwnerName, Note: r.Note, FirstSeen: r.FirstSeenAt.Time()}
	connected := false
	var via []string
	for _, src := range f.sources[r.ID] {
		if src.Direct {
			a.Instances++
			connected = connected || src.Status != string(purser.StatusDraft)
		} else {
			via = append(via, src.Name)
		}
		if a.InstanceID == "" {
			a.InstanceID = src.InstanceID
		}
		if at := f.asOf[src.InstanceID]; !at.IsZero() && (a.DataAsOf.IsZero() || at.Before(a.DataAsOf)) {
			a.DataAsOf = at
		}
	}
	use, from := f.feed(r.ID)
	switch a.Feed = from; {
	case from == purser.FeedDirect:
		a.Source = "direct"
	case from == purser.FeedSSO && len(via) > 0:
		a.Source = "integrated via " + strings.Join(via, ", ")
	case from == purser.FeedStopped && len(via) > 0:
		a.Source = "no longer managed, was integrated via " + strings.Join(via, ", ")
	case len(via) > 0:
		a.Source = "via " + strings.Join(via, ", ")
	default:
		a.Source = "not connected"
	}
	a.Accounts, a.People, a.Active, a.Inactive, a.Never, a.Unknown = use.Accounts, use.People, use.Active, use.Inactive, use.Never, use.Unknown
	a.NeedsSetup = a.Status == "managed" && !connected && len(via) == 0
	return a
}

// DaySpan is a number of days, YYYY-MM-DD in UTC, both inclusive; "" is open.
type DaySpan struct{ From, Until string }

// ApplicationActivity returns one page of the days on which an application was used, the latest first.
func (s *Service) ApplicationActivity(ctx context.Context, id string, d DaySpan, p purser.Page) (purser.List[purser.Activity], error) {
	if _, err := s.Application(ctx, id); err != nil {
		return purser.List[purser.Activity]{}, err
	}
	f := store.ActivityFilter{Application: store.KeyOf("app_", id)}
	from, until, err := purser.Days(d.From, d.Until, time.UTC)
	if err != nil {
		return purser.List[purser.Activity]{}, err
	}
	if !from.IsZero() {
		f.From = store.UseAtMoment(from, 0).Today
	}
	if !until.IsZero() {
		f.Until = store.UseAtMoment(until, 0).Today - 1
	}
	list, err := store.Activity(ctx, s.db.Read(), f, p, true)
	nameless(list.Items, s.names(ctx))
	return list, err
}
