package finding

import (
	"context"
	"fmt"
	"slices"
	"time"

	"purser"
	"purser/internal/store"
)

func (s *Service) terms(ctx context.Context) ([]purser.RunningContract, error) {
	if s.Contracts == nil {
		return nil, nil
	}
	return s.Contracts.Terms(ctx)
}

// Wake says that contracts were changed: what follows from them is worked out anew
// by [Service.Serve]. It does not wait for that.
func (s *Service) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it is awake already, and reads the contracts after this
	}
}

// contractsChanged works out what follows from contracts: which renewals are due,
// and of the applications whose terms end on another day than before what is a
// saving from when.
func (s *Service) contractsChanged(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	terms, err := s.terms(ctx)
	if err != nil {
		return fmt.Errorf("read the contracts: %w", err)
	}
	now := s.Now()
	if err := s.renewals(ctx, terms, now); err != nil {
		return err
	}
	ends := endsOf(terms, now)
	var applications []int64
	for app, day := range ends {
		if s.ends[app] != day {
			applications = append(applications, app)
		}
	}
	for app := range s.ends {
		if ends[app] == "" {
			applications = append(applications, app)
		}
	}
	if slices.Sort(applications); len(applications) == 0 {
		return nil
	}
	at, moment, settle := store.UseAtMoment(now, 0), purser.MicrosOf(now), settling(ends, now)
	if err := s.DB.ApplicationFindings(ctx, at, applications, moment, settle); err != nil {
		return err
	}
	s.ends = ends
	return nil
}

// endsOf are the days on which applications' terms end, of those that are not over:
// of several contracts the last one binds.
func endsOf(terms []purser.RunningContract, now time.Time) map[int64]string {
	today, ends := now.UTC().Format(time.DateOnly), map[int64]string{}
	for _, t := range terms {
		for _, id := range t.Applications {
			if app := store.KeyOf("app_", id); t.EndsOn >= today && t.EndsOn > ends[app] {
				ends[app] = t.EndsOn
			}
		}
	}
	return ends
}

// settling gives a finding the first day on which its value could be saved: what
// was entered for the plan, else the end of the application's contract, else the
// renewal that the vendor names. A day that is over says nothing.
func settling(ends map[int64]string, now time.Time) func(*store.FoundRow) {
	today := now.UTC().Format(time.DateOnly)
	return func(r *store.FoundRow) {
		if r.RealizableOn < today {
			r.RealizableOn, r.RealizableBy = "", ""
		}
		if r.Plan == 0 || r.RealizableOn != "" {
			return
		}
		if day := ends[r.Application]; day != "" {
			r.RealizableOn, r.RealizableBy = day, "contract"
		} else if r.RenewsAt > 0 {
			if day := purser.Micros(r.RenewsAt).Time().UTC().Format(time.DateOnly); day >= today {
				r.RealizableOn, r.RealizableBy = day, "vendor"
			}
		}
	}
}

// renewalAhead is how many days before the last day of notice a renewal is a finding.
const renewalAhead = 90

// renewals finds the contracts of which nobody has decided what becomes of them,
// though notice has to be given soon, or the end is near where no notice is known.
func (s *Service) renewals(ctx context.Context, terms []purser.RunningContract, now time.Time) error {
	kind := string(purser.FindingRenewalDue)
	horizon := now.UTC().AddDate(0, 0, renewalAhead).Format(time.DateOnly)
	var rows []store.FoundRow
	for _, t := range terms {
		if t.Decided || t.DueOn == "" || t.DueOn > horizon {
			continue
		}
		r := store.FoundRow{Kind: kind, ExternalID: t.ID, About: t.Name + " (notice by " + t.DueOn + ")"}
		if t.NoticeOn == "" {
			r.About = t.Name + " (ends on " + t.DueOn + ")"
		}
		if len(t.Applications) > 0 {
			r.Application = store.KeyOf("app_", t.Applications[0])
		}
		rows = append(rows, r)
	}
	return s.DB.KeepFindings(ctx, []string{kind}, rows, purser.MicrosOf(now))
}
