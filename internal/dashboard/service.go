package dashboard

import (
	"context"
	"time"

	"purser"
	"purser/internal/contract"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Inventory says what needs somebody, and counts accounts; package inventory does.
type Inventory interface {
	Home(ctx context.Context) (inventory.Home, error)
}

// Contracts lists contracts; package contract does.
type Contracts interface {
	Today(ctx context.Context) string
	Each(ctx context.Context, f contract.Filter, fn func(purser.Contract) error) error
	CostsOn(ctx context.Context, days []string) ([]contract.CostOn, error)
}

// Findings counts findings; package finding does.
type Findings interface {
	Counts(ctx context.Context, f finding.Filter) ([]finding.Count, error)
}

// Options make a Service.
type Options struct {
	DB        *store.DB // what was kept of past days
	Gate      Gate
	Now       func() time.Time
	Inventory Inventory
	Contracts Contracts
	Findings  Findings
}

// Service answers for the first page. It is safe for concurrent use.
type Service struct{ Options }

// New returns a Service.
func New(o Options) *Service { return &Service{o} }

// Dashboard is the first page.
type Dashboard struct {
	inventory.Home
	At         time.Time    `json:"at"` // when it was added up
	Contracted Contracted   `json:"contracted"`
	Worth      FindingWorth `json:"open_findings"`
	Renewals   Renewals     `json:"renewals"`
	Freshness  []TaskAge    `json:"freshness"`
	Use        []UseOfClass `json:"use"`
	UseTrend   UseTrend     `json:"use_trend"`
	WorthTrend WorthTrend   `json:"findings_trend"`
	Costs      CostTrend    `json:"contracted_trend"`
}

// UseOfClass is how many accounts are used in one way; unknown is a way of its own.
type UseOfClass struct {
	Class    string `json:"class"` // active, inactive, never, unknown
	Accounts int64  `json:"accounts"`
	URL      string `json:"url"`
}

// Dashboard adds everything up. What the reader's role may not see is left out,
// with a word about it.
func (s *Service) Dashboard(ctx context.Context) (d Dashboard, err error) {
	if d.Home, err = s.Inventory.Home(ctx); err != nil {
		return d, err
	}
	d.At = s.Now().UTC()
	for _, u := range []UseOfClass{{Class: "active", Accounts: d.Active}, {Class: "inactive", Accounts: d.Inactive}, {Class: "never", Accounts: d.Never},
		{Class: "unknown", Accounts: d.Unknown}} {
		u.URL = "/accounts?use=" + u.Class
		d.Use = append(d.Use, u)
	}
	if err := s.contracts(ctx, &d); err != nil {
		return d, err
	}
	d.Freshness = ages(d.Placed)
	if d.Worth, err = s.worth(ctx); err != nil {
		return d, err
	}
	return d, s.trends(ctx, &d)
}

func (s *Service) may(ctx context.Context, op purser.Operation) bool {
	return s.Gate.Allow(ctx, op) == nil
}

// hiddenMoney stands where the reader's role may not see prices.
const hiddenMoney = "hidden for your role"
