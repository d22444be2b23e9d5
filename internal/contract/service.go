// Package contract keeps contracts with vendors: their terms period by period, the
// decision at each end, reminders before the notice deadline, the calendar of
// deadlines, files that belong to them, and import and export as a table.
//
// Whoever may read contracts but not money sees them without prices, everywhere.
package contract

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
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
	Rand io.Reader
	// Organization returns what is said of the organization, and its time zone: a day
	// ends there.
	Organization func(ctx context.Context) (purser.Organization, *time.Location)
	Currencies   []string // that a price may have
	// Category returns the kind of an application in words, by its connector or its
	// name; "" if nobody knows.
	Category func(connector, name string) string
	// Tell posts what people are told, in the transaction.
	Tell func(ctx context.Context, tx bun.Tx, e purser.Event) error
	// Sealer seals the keys of documents; without one none can be kept.
	Sealer Sealer
	// Changed says that contracts were changed, once that is kept. May be nil.
	Changed func()
	// Failed notes a failure in the background. May be nil.
	Failed func(ctx context.Context, err error)
}

// Service keeps contracts. It is safe for concurrent use.
type Service struct {
	Options
	ids purser.IDSource
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Now == nil || o.Rand == nil || o.Organization == nil || len(o.Currencies) == 0 {
		return nil, errors.New("contract: DB, Gate, Now, Rand, Organization and Currencies must be set")
	}
	if o.Category == nil {
		o.Category = func(string, string) string { return "" }
	}
	return &Service{Options: o, ids: purser.IDSource{Now: o.Now, Rand: o.Rand}}, nil
}

// Today is the calendar day in the organization's time zone.
func (s *Service) Today(ctx context.Context) string {
	_, zone := s.Organization(ctx)
	return purser.DayText(s.Now().In(zone))
}

// mayWrite: whoever changes a contract sees what it costs.
func (s *Service) mayWrite(ctx context.Context) error {
	if err := s.Gate.Allow(ctx, purser.OpContractWrite); err != nil {
		return err
	}
	return s.Gate.Allow(ctx, purser.OpMoneyRead)
}

func (s *Service) mayMoney(ctx context.Context) bool {
	return s.Gate.Allow(ctx, purser.OpMoneyRead) == nil
}

// by is who acts, as people know them.
func by(ctx context.Context) string {
	if actor, ok := purser.ActorFrom(ctx); ok && actor.Name != "" {
		return actor.Name
	}
	return "Purser"
}

func (s *Service) note(ctx context.Context, tx bun.Tx, c purser.Contract, before, after map[string]any) error {
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpContractWrite, Object: c.ID, ObjectName: c.Name, Before: before, After: after, At: s.Now()})
}
