package inventory

import (
	"context"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// RecentFilter selects what happened lately; without days that of the last week.
type RecentFilter struct {
	From, To    time.Time // To is the moment after the last day
	Zone        *time.Location
	What        []string
	Instances   []string       // identifiers or names; any of them
	Application string         // app_<number>
	Any         []RecentFilter // groups of conditions: what meets all of one of them
}

// recentDays is the longest span that is told at once.
const recentDays = 92

// Recent is a page of what happened, and all of it counted by day.
type Recent struct {
	purser.List[purser.RecentChange]
	From string             `json:"from"` // YYYY-MM-DD
	To   string             `json:"to"`
	Days []purser.RecentDay `json:"days"` // each day of the span, the first one first
}

// Week returns the filter with its days: the last seven where none is named.
func (f RecentFilter) Week(now time.Time) RecentFilter {
	if f.Zone == nil {
		f.Zone = time.UTC
	}
	today := now.In(f.Zone)
	if f.To.IsZero() {
		f.To = time.Date(today.Year(), today.Month(), today.Day()+1, 0, 0, 0, 0, f.Zone)
	}
	if f.From.IsZero() {
		last := f.To.In(f.Zone)
		f.From = time.Date(last.Year(), last.Month(), last.Day()-7, 0, 0, 0, 0, f.Zone)
	}
	return f
}

func (s *Service) recentFilter(ctx context.Context, f RecentFilter) (store.RecentFilter, error) {
	for _, op := range []purser.Operation{purser.OpAccountRead, purser.OpPersonRead} {
		if err := s.gate.Allow(ctx, op); err != nil {
			return store.RecentFilter{}, err
		}
	}
	if !f.From.Before(f.To) || f.To.Sub(f.From) > (recentDays+1)*24*time.Hour {
		return store.RecentFilter{}, purser.Invalid("from", "choose a span of at most %d days that begins before it ends", recentDays)
	}
	out, err := s.recentConditions(ctx, f)
	out.From, out.To = purser.MicrosOf(f.From), purser.MicrosOf(f.To)
	for _, g := range f.Any {
		group, err := s.recentConditions(ctx, g)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	return out, err
}

// recentConditions are those of the filter or of one of its groups.
func (s *Service) recentConditions(ctx context.Context, f RecentFilter) (store.RecentFilter, error) {
	out := store.RecentFilter{What: f.What}
	for _, w := range f.What {
		if !slices.Contains(purser.RecentClasses(), w) {
			return out, purser.Invalid("what", "%q is not one of %s", w, strings.Join(purser.RecentClasses(), ", "))
		}
	}
	var err error
	if out.Application, err = store.ChosenKey("app_", "application", f.Application); err != nil {
		return out, err
	}
	if out.InstanceNos, err = store.InstanceNos(ctx, s.db.Read(), f.Instances); err != nil {
		return out, err
	}
	return out, nil
}

// Recent returns one page of what happened to people, accounts and seats, the newest
// first, and how much of each class each day had.
func (s *Service) Recent(ctx context.Context, f RecentFilter, p purser.Page) (Recent, error) {
	f = f.Week(s.now())
	out := Recent{From: f.From.In(f.Zone).Format(time.DateOnly), To: f.To.Add(-time.Second).In(f.Zone).Format(time.DateOnly), Days: []purser.RecentDay{}}
	out.Items = []purser.RecentChange{}
	where, err := s.recentFilter(ctx, f)
	if err != nil {
		return out, err
	}
	counts, err := store.CountRecent(ctx, s.db.Read(), where)
	if err != nil {
		return out, err
	}
	out.Days = byDay(f, counts)
	for _, d := range out.Days {
		out.Total += d.Total
	}
	rows, err := store.Recent(ctx, s.db.Read(), where, p, false)
	out.Next = rows.Next
	for _, r := range rows.Items {
		out.Items = append(out.Items, recent(r))
	}
	nameless(out.Items, s.names(ctx))
	return out, err
}

// EachRecent hands all that happened to fn, the newest first.
func (s *Service) EachRecent(ctx context.Context, f RecentFilter, fn func(purser.RecentChange) error) error {
	f = f.Week(s.now())
	where, err := s.recentFilter(ctx, f)
	names := s.names(ctx)
	for page := (purser.Page{Limit: 1000}); err == nil; {
		rows, err := store.Recent(ctx, s.db.Read(), where, page, false)
		if err != nil {
			return err
		}
		for _, r := range rows.Items {
			c := recent(r)
			if !names {
				c = c.WithoutNames()
			}
			if err := fn(c); err != nil {
				return err
			}
		}
		if page.After = rows.Next; page.After == "" {
			return nil
		}
	}
	return err
}

func recent(r store.RecentRow) purser.RecentChange {
	return purser.RecentChange{ID: store.RowID("chg_", r.No), At: r.At.Time(), What: r.What, Before: r.Before, After: r.After, MissingSince: r.MissingSince.Time(),
		PersonID: store.RowID("per_", r.Person), PersonName: r.PersonName, Department: r.Department, AccountID: store.RowID("acc_", r.Account), AccountName: r.AccountName,
		Plan: r.PlanName, PlanID: store.RowID("pln_", r.Plan), InstanceID: r.Instance, InstanceName: r.InstanceName,
		ApplicationID: store.ApplicationID(r.Application), ApplicationName: r.ApplicationName, RunID: r.Run}
}

// byDay adds quarters of an hour up to the days of a zone.
func byDay(f RecentFilter, counts []store.RecentCount) []purser.RecentDay {
	var days []purser.RecentDay
	for at := f.From.In(f.Zone); at.Before(f.To); at = at.AddDate(0, 0, 1) {
		days = append(days, purser.RecentDay{Day: at.Format(time.DateOnly), Counts: map[string]int64{}})
	}
	for _, c := range counts {
		day := c.At().Time().In(f.Zone).Format(time.DateOnly)
		if i := slices.IndexFunc(days, func(d purser.RecentDay) bool { return d.Day == day }); i >= 0 {
			days[i].Counts[c.What] += c.N
			days[i].Total += c.N
		}
	}
	return days
}
