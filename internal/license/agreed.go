package license

import (
	"context"
	"fmt"
	"time"

	"purser"
	"purser/internal/store"
)

// said is what the contracts in force say of plans.
type said struct {
	today    string
	releases map[string]purser.Release
	prices   map[[2]string]purser.PlanPrice
}

func (s *Service) said(ctx context.Context) (said, error) {
	out := said{today: s.Zone.Today(ctx, s.Now())}
	if s.Contracts == nil {
		return out, nil
	}
	terms, err := s.Contracts.Terms(ctx)
	if err != nil {
		return out, fmt.Errorf("read the contracts: %w", err)
	}
	out.releases = purser.Releases(terms, out.today)
	out.prices, _, err = store.PlanPrices(ctx, s.DB.Read(), terms)
	return out, err
}

// release notes when the term of a plan ends, and when something of it can be saved.
func (x said) release(l *purser.License, entered string, renews time.Time) {
	r := x.releases[l.ApplicationID]
	on, by := r.Realizable(entered, renews, x.today)
	l.ContractID, l.ContractName, l.EndsOn = r.Contract, r.Name, r.EndsOn
	if entered != "" {
		l.EndsOn = entered
	}
	l.RealizableOn, l.Realizable = on, purser.RealizableWords(on, by)
}
