// Package inventory is what people look at: accounts, people, applications,
// license plans, spend, the home page and the search over all of them. It reads;
// the one thing that it changes is the status and owner of an application.
//
// Lists are paged by a cursor that names a row, so that a page is right whatever
// is added or removed meanwhile, and counted exactly up to 10,000.
package inventory

import (
	"context"
	"time"

	"purser"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Options make a Service.
type Options struct {
	DB   *store.DB
	Gate Gate
	Now  func() time.Time
	// AdminURL returns the vendor's page for an account, "" if there is none. May be nil.
	AdminURL func(i purser.Instance, externalID string) string
	// Category returns the kind of an application in words, by its connector or
	// its name; "" if nobody knows. May be nil.
	Category func(connector, name string) string
	// Shelf returns where the catalog keeps an application, by its connector or
	// its name. nil: nothing stands anywhere.
	Shelf func(connector, name string) string
	// Organization returns what is said of the organization. nil: nothing is.
	Organization func(ctx context.Context) purser.Organization
	// Contracts returns what the contracts in force say. nil: there are none.
	Contracts func(ctx context.Context) ([]purser.RunningContract, error)
	// Agreed returns what contracts say of applications, by identifier; nothing to those
	// who may not read contracts. nil: nothing is agreed.
	Agreed func(ctx context.Context, applications []string) (map[string]purser.Agreed, error)
	// Findings counts the open findings of applications alike. nil: there are none.
	Findings func(ctx context.Context, applications []string) (map[string]purser.OpenFindings, error)
	// Connectors lists what can be connected: name to title. nil: nothing.
	Connectors func() map[string]string
	// Recount adds up anew how applications are used, once a decision has changed
	// what counts. nil: it happens with the next derivation.
	Recount func(ctx context.Context, applications []int64) error
	// Standings returns every instance and how it stands, the most urgent first.
	// nil: none is known.
	Standings func(ctx context.Context) ([]purser.Placed, error)
	Zone      purser.Zone
}

// Service answers questions about the inventory.
type Service struct {
	db       *store.DB
	gate     Gate
	now      func() time.Time
	adminURL func(purser.Instance, string) string
	category func(connector, name string) string
	shelf    func(connector, name string) string

	organization func(ctx context.Context) purser.Organization
	connectors   func() map[string]string
	recount      func(ctx context.Context, applications []int64) error
	zone         purser.Zone
	standings    func(ctx context.Context) ([]purser.Placed, error)
	contracts    func(ctx context.Context) ([]purser.RunningContract, error)
	agreed       func(ctx context.Context, applications []string) (map[string]purser.Agreed, error)
	findings     func(ctx context.Context, applications []string) (map[string]purser.OpenFindings, error)
}

// New returns a Service.
func New(o Options) *Service {
	s := &Service{db: o.DB, gate: o.Gate, now: o.Now, adminURL: o.AdminURL, category: o.Category, shelf: o.Shelf, contracts: o.Contracts, agreed: o.Agreed, findings: o.Findings, zone: o.Zone}
	if s.organization, s.connectors = o.Organization, o.Connectors; s.organization == nil {
		s.organization = func(context.Context) purser.Organization { return purser.Organization{} }
	}
	if s.connectors == nil {
		s.connectors = func() map[string]string { return nil }
	}
	if s.recount = o.Recount; s.recount == nil {
		s.recount = func(context.Context, []int64) error { return nil }
	}
	if s.standings = o.Standings; s.standings == nil {
		s.standings = func(context.Context) ([]purser.Placed, error) { return nil, nil }
	}
	if s.shelf == nil {
		s.shelf = func(string, string) string { return "" }
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.adminURL == nil {
		s.adminURL = func(purser.Instance, string) string { return "" }
	}
	if s.category == nil {
		s.category = func(string, string) string { return "" }
	}
	return s
}

// useAt is how use is looked at now: with the thresholds of the applications, or
// with another one.
func (s *Service) useAt(days int) store.UseAt { return store.UseAtMoment(s.now(), days) }

// asOf returns the end of the last complete run of a task, by instance.
func (s *Service) asOf(ctx context.Context, tasks ...purser.TaskName) (map[string]time.Time, error) {
	return store.DataAsOf(ctx, s.db.Read(), tasks...)
}

// DataAsOf returns when the oldest data that tasks have brought was whole, of one
// instance or, without one, of all; zero if nothing was read yet.
func (s *Service) DataAsOf(ctx context.Context, instanceID string, tasks ...purser.TaskName) (oldest time.Time, err error) {
	of, err := s.asOf(ctx, tasks...)
	for id, at := range of {
		if (instanceID == "" || id == instanceID) && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	return oldest, err
}

// mayMoney reports whether prices and costs may be shown to the actor.
func (s *Service) mayMoney(ctx context.Context) bool {
	return s.gate.Allow(ctx, purser.OpMoneyRead) == nil
}

// each walks all pages of a list in its order.
func each[T any](ctx context.Context, page purser.Page, list func(context.Context, purser.Page) (purser.List[T], error), fn func(T) error) error {
	page.Limit, page.After = 1000, ""
	for {
		l, err := list(ctx, page)
		if err != nil {
			return err
		}
		for _, item := range l.Items {
			if err := fn(item); err != nil {
				return err
			}
		}
		if l.Next == "" {
			return nil
		}
		page.After = l.Next
	}
}
