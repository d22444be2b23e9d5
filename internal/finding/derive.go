package finding

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Derive finds what follows from the rows now: for the applications of some
// instances, or for every one if none is named.
func (s *Service) Derive(ctx context.Context, instances []int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var applications []int64
	if len(instances) > 0 {
		var err error
		if applications, err = store.ApplicationsOfInstances(ctx, s.DB.Read(), instances); err != nil {
			return fmt.Errorf("list the applications: %w", err)
		}
	}
	now := s.Now()
	at, moment := store.UseAtMoment(now, 0), purser.MicrosOf(now)
	terms, err := s.terms(ctx)
	if err != nil {
		return fmt.Errorf("read the contracts: %w", err)
	}
	settle := settling(terms, now)
	if len(instances) == 0 || len(applications) > 0 {
		if err := s.DB.AccountFindings(ctx, at, applications, moment, settle); err != nil {
			return err
		}
		if err := s.DB.SeatFindings(ctx, at, applications, moment, settle); err != nil {
			return err
		}
		if err := s.DB.PlanFindings(ctx, applications, moment, settle); err != nil {
			return err
		}
	}
	return errors.Join(s.DB.ShadowFindings(ctx, moment), s.owners(ctx, moment), s.renewals(ctx, terms, now), s.DB.WakeFindings(ctx, now.UTC().Format(time.DateOnly)))
}

func (s *Service) terms(ctx context.Context) ([]Term, error) {
	if s.Contracts == nil {
		return nil, nil
	}
	return s.Contracts.Terms(ctx)
}

// settling gives a finding the first day on which its value could be saved: what
// was entered for the plan, else the end of the application's contract, else the
// renewal that the vendor names. A day that is over says nothing.
func settling(terms []Term, now time.Time) func(*store.FoundRow) {
	today := now.UTC().Format(time.DateOnly)
	ends := map[int64]string{}
	for _, t := range terms {
		for _, app := range t.Applications {
			if t.EndsOn >= today && (ends[app] == "" || t.EndsOn > ends[app]) {
				ends[app] = t.EndsOn // of several contracts the last one binds
			}
		}
	}
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

// owners finds the instances and applications that nobody looks after any more.
func (s *Service) owners(ctx context.Context, now purser.Micros) error {
	kind := string(purser.FindingOwnerLeft)
	instances, err := store.LostOwners(ctx, s.DB.Read())
	if err != nil {
		return fmt.Errorf("look for owners who left: %w", err)
	}
	var rows []store.FoundRow
	for _, l := range instances {
		i, err := store.Instance(ctx, s.DB.Read(), l.InstanceID)
		if err != nil {
			return err
		}
		rows = append(rows, store.FoundRow{Kind: kind, Source: l.InstanceID, ExternalID: "owner", InstanceNo: i.No})
	}
	applications, err := store.LostApplicationOwners(ctx, s.DB.Read())
	if err != nil {
		return fmt.Errorf("look for owners who left: %w", err)
	}
	for _, l := range applications {
		rows = append(rows, store.FoundRow{Kind: kind, ExternalID: store.ApplicationID(l.Application), Application: l.Application})
	}
	return s.DB.KeepFindings(ctx, []string{kind}, rows, now)
}

// renewalAhead is how long before the last day of notice a renewal is a finding.
const renewalAhead = 90

func (s *Service) renewals(ctx context.Context, terms []Term, now time.Time) error {
	kind := string(purser.FindingRenewalDue)
	horizon := now.UTC().AddDate(0, 0, renewalAhead).Format(time.DateOnly)
	var rows []store.FoundRow
	for _, t := range terms {
		if t.Decided || t.NoticeOn == "" || t.NoticeOn > horizon {
			continue
		}
		r := store.FoundRow{Kind: kind, ExternalID: t.ID, About: t.Name + " (by " + t.NoticeOn + ")"}
		if len(t.Applications) > 0 {
			r.Application = t.Applications[0]
		}
		rows = append(rows, r)
	}
	return s.DB.KeepFindings(ctx, []string{kind}, rows, purser.MicrosOf(now))
}

const (
	lookEvery   = time.Hour
	derivedName = "findings_derived_at"
)

// Serve finds anew once a day until ctx ends: time alone makes accounts idle.
func (s *Service) Serve(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := s.daily(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "findings cannot be worked out; tried again in an hour", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *Service) daily(ctx context.Context) error {
	today := s.Now().UTC().Format(time.DateOnly)
	last, _, err := store.Setting(ctx, s.DB.Read(), derivedName)
	if err != nil || last == today {
		return err
	}
	if err := s.Derive(ctx, nil); err != nil {
		return err
	}
	if err := s.weekly(ctx); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.PutSetting(ctx, tx, derivedName, today, purser.MicrosOf(s.Now()))
	})
}
