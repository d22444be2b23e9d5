package finding

import (
	"context"
	"errors"
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

// contractsChanged works out what follows from contracts: which renewals are due, which
// nobody looks after, and of the applications whose terms end on another day than
// before what is a saving from when.
func (s *Service) contractsChanged(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	terms, err := s.terms(ctx)
	if err != nil {
		return fmt.Errorf("read the contracts: %w", err)
	}
	now := s.Now()
	today := s.Zone.Today(ctx, now)
	if err := errors.Join(s.renewals(ctx, terms, today, purser.MicrosOf(now)), s.owners(ctx, terms, purser.MicrosOf(now))); err != nil {
		return err
	}
	applications, err := s.DB.KeepContractPlans(ctx, terms)
	if err != nil {
		return fmt.Errorf("keep what contracts say of plans: %w", err)
	}
	ends := purser.Releases(terms, today)
	for _, both := range []map[string]purser.Release{ends, s.ends} {
		for app := range both {
			if was, is := s.ends[app], ends[app]; was.On != is.On || was.By != is.By || was.EndsOn != is.EndsOn {
				applications = append(applications, store.KeyOf("app_", app))
			}
		}
	}
	if slices.Sort(applications); len(applications) == 0 {
		return nil
	}
	applications = slices.Compact(applications)
	if err := s.DB.ApplicationFindings(ctx, s.useAt(ctx, now), applications, purser.MicrosOf(now), settling(ends, today)); err != nil {
		return err
	}
	s.ends = ends
	return nil
}

// useAt is how use is looked at, by people whose last day ends where the organization is.
func (s *Service) useAt(ctx context.Context, now time.Time) store.UseAt {
	at := store.UseAtMoment(now, 0)
	at.Zone = s.Zone.Here(ctx)
	return at
}

// settling gives a finding the first day on which its value could be saved: what
// was entered for the plan, else the end of the application's contract or the day on
// which that allows fewer, else the renewal that the vendor names. A day that is over
// says nothing. What is under a contract is worth what it costs for the period of that.
func settling(ends map[string]purser.Release, today string) func(*store.FoundRow) {
	return func(r *store.FoundRow) {
		if !priced(r.Kind) {
			return
		}
		end := ends[store.ApplicationID(r.Application)]
		if r.Annual != nil {
			if value := end.Term(*r.Annual); value != nil {
				r.Value = value
			}
		}
		r.RealizableOn, r.RealizableBy = end.Realizable(r.RealizableOn, purser.Micros(r.RenewsAt).Time(), today)
	}
}

// firstOf is the first application of a contract, 0 for none.
func firstOf(t purser.RunningContract) int64 {
	if len(t.Applications) == 0 {
		return 0
	}
	return store.KeyOf("app_", t.Applications[0])
}

// renewalAhead is how many days before the last day of notice a renewal is a finding.
const renewalAhead = 90

// renewals finds the contracts of which nobody has decided what becomes of them,
// though notice has to be given soon, or the end is near where no notice is known.
func (s *Service) renewals(ctx context.Context, terms []purser.RunningContract, today string, now purser.Micros) error {
	kind, horizon := string(purser.FindingRenewalDue), purser.AddDays(today, renewalAhead)
	var rows []store.FoundRow
	for _, t := range terms {
		if t.Decided || t.DueOn == "" || t.DueOn > horizon {
			continue
		}
		r := store.FoundRow{Kind: kind, ExternalID: t.ID, Application: firstOf(t), About: t.Name + " (notice by " + t.DueOn + ")"}
		if t.NoticeOn == "" {
			r.About = t.Name + " (ends on " + t.DueOn + ")"
		}
		rows = append(rows, r)
	}
	return s.DB.KeepFindings(ctx, []string{kind}, rows, now)
}
