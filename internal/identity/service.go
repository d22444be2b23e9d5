// Package identity lets people decide whose accounts are: link and unlink them,
// say what they are, merge and split people. What a person decided wins over
// every rule, until it is undone; each decision is audited. Package match does
// what rules can.
package identity

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/inventory"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Inventory looks accounts and people up.
type Inventory interface {
	Account(ctx context.Context, id string) (purser.Account, error)
	Person(ctx context.Context, id string) (purser.Person, error)
	Accounts(ctx context.Context, f inventory.AccountFilter, p purser.Page) (purser.List[purser.Account], error)
}

// Matcher does what rules can.
type Matcher interface {
	Rematch(ctx context.Context, accounts []int64) error
	Suggest(ctx context.Context, accounts []int64) (map[int64][]purser.Suggestion, error)
	Derive(ctx context.Context, instanceNo int64) error
	Truth(ctx context.Context, person int64) ([]purser.FieldTruth, error)
	Sources(ctx context.Context) ([]purser.Source, purser.SourceOrder, error)
}

// Options make a Service.
type Options struct {
	DB        *store.DB
	Gate      Gate
	Inventory Inventory
	Matcher   Matcher
	Now       func() time.Time
}

// Service keeps what people decide. It is safe for concurrent use.
type Service struct{ Options }

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Inventory == nil || o.Matcher == nil || o.Now == nil {
		return nil, errors.New("identity: DB, Gate, Inventory, Matcher and Now must be set")
	}
	return &Service{o}, nil
}

func actorName(ctx context.Context) string {
	actor, _ := purser.ActorFrom(ctx)
	return actor.Name
}

// decide carries a decision about an account out, and looks at the account anew.
func (s *Service) decide(ctx context.Context, a purser.Account, after map[string]any, write func(ctx context.Context, tx bun.Tx, account int64) error) (purser.Account, error) {
	no := store.KeyOf("acc_", a.ID)
	before := facts(a)
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.MarkMatch(ctx, tx, no, purser.MicrosOf(s.Now())); err != nil {
			return err
		}
		if err := write(ctx, tx, no); err != nil {
			return err
		}
		if err := store.MarkMatch(ctx, tx, no, purser.MicrosOf(s.Now())); err != nil {
			return err
		}
		instanceNo, ok, err := store.AccountInstance(ctx, tx, no)
		if err != nil || !ok {
			return err
		}
		// The numbers of applications and the owners of devices follow from whose accounts are.
		if err := store.MarkDerivation(ctx, tx, instanceNo, purser.MicrosOf(s.Now()), purser.KindAccount, purser.KindActivity); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpIdentitySet, Object: a.ID, ObjectName: name(a), At: s.Now(), Before: before, After: after})
	})
	if err != nil {
		return a, err
	}
	if err := s.Matcher.Rematch(ctx, []int64{no}); err != nil {
		return a, err
	}
	return s.Inventory.Account(ctx, a.ID)
}

func facts(a purser.Account) map[string]any {
	if a.PersonID == "" {
		return map[string]any{"person": "nobody", "kind": a.Kind}
	}
	return map[string]any{"person": a.PersonID, "why": a.MatchReason, "kind": a.Kind}
}

func name(a purser.Account) string {
	for _, n := range []string{a.DisplayName, a.Email, a.UserName, a.ExternalID} {
		if n != "" {
			return n + " at " + a.InstanceName
		}
	}
	return a.ID
}
