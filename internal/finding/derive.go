package finding

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Derive finds what follows from the rows now: for the applications of some
// instances, or for every one if instances is nil. Of the instances in said only what is
// said of people is another: who does the same work with two applications stays as it is.
func (s *Service) Derive(ctx context.Context, instances []int64, said ...int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var applications []int64
	if instances != nil {
		var err error
		if applications, err = store.ApplicationsOfInstances(ctx, s.DB.Read(), slices.Concat(instances, said)); err != nil {
			return fmt.Errorf("list the applications: %w", err)
		}
	}
	now := s.Now()
	at, moment, today := s.useAt(ctx, now), purser.MicrosOf(now), s.Zone.Today(ctx, now)
	terms, err := s.terms(ctx)
	if err != nil {
		return fmt.Errorf("read the contracts: %w", err)
	}
	changed, err := s.DB.KeepContractPlans(ctx, terms)
	if err != nil {
		return fmt.Errorf("keep what contracts say of plans: %w", err)
	}
	overlap, err := s.overlap(ctx, instances, at)
	if err != nil {
		return err
	}
	if instances != nil {
		applications = slices.Compact(slices.Sorted(slices.Values(slices.Concat(applications, changed, overlap))))
	}
	ends := purser.Releases(terms, today)
	settle := settling(ends, today)
	if instances == nil || len(applications) > 0 {
		if err := s.DB.ApplicationFindings(ctx, at, applications, moment, settle); err != nil {
			return err
		}
	}
	if instances == nil {
		s.ends = ends
	}
	err = errors.Join(s.DB.ShadowFindings(ctx, moment), s.owners(ctx, terms, moment), s.renewals(ctx, terms, today, moment), s.DB.WakeFindings(ctx, today))
	return errors.Join(err, s.DB.KeepDay(ctx, at)) // charts show how it went
}

// Discovered finds anew which applications nobody has looked at, as soon as
// somebody has. What else follows from that is noted as due and comes later.
func (s *Service) Discovered(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.DB.ShadowFindings(ctx, purser.MicrosOf(s.Now()))
}

// owners finds the instances, applications and contracts that nobody looks after; of
// contracts those in force.
func (s *Service) owners(ctx context.Context, terms []purser.RunningContract, now purser.Micros) error {
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
	contracts, err := store.LostContractOwners(ctx, s.DB.Read())
	if err != nil {
		return fmt.Errorf("look for owners who left: %w", err)
	}
	running := map[string]purser.RunningContract{}
	for _, t := range terms {
		running[t.ID] = t
	}
	for _, l := range contracts {
		t, ok := running[l.ID]
		if !ok {
			continue
		}
		r := store.FoundRow{Kind: kind, ExternalID: l.ID, About: l.Name, Application: firstOf(t)}
		if l.OwnerID != "" {
			r.About += ": its owner has left, or is no user of Purser any more"
		}
		rows = append(rows, r)
	}
	return s.DB.KeepFindings(ctx, []string{kind}, rows, now)
}

const (
	lookEvery   = 10 * time.Minute // until then after midnight lists by use are slow
	derivedName = "findings_derived_at"
)

// Serve finds anew once a day until ctx ends: time alone makes accounts idle.
func (s *Service) Serve(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := s.daily(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "findings cannot be worked out; tried again in ten minutes", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.wake:
			if err := s.contractsChanged(ctx); err != nil && ctx.Err() == nil {
				s.Log.ErrorContext(ctx, "findings about contracts cannot be worked out; tried again with all others", "error", err)
			}
		}
	}
}

func (s *Service) daily(ctx context.Context) error {
	if s.Reclass != nil { // before the lock of findings: a derivation takes that within its own
		if err := s.Reclass(ctx); err != nil {
			return err
		}
	}
	// Use goes by days of UTC, what people agreed on by those of the organization.
	days := purser.DayText(s.Now().UTC()) + " " + s.Zone.Today(ctx, s.Now()) + " " + s.Zone.Here(ctx).String()
	last, _, err := store.Setting(ctx, s.DB.Read(), derivedName)
	if err != nil || last == days {
		return err
	}
	if err := s.Derive(ctx, nil); err != nil {
		return err
	}
	if err := s.Weekly(ctx); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.PutSetting(ctx, tx, derivedName, days, purser.MicrosOf(s.Now()))
	})
}
