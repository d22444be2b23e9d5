package action

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"purser"
	"purser/internal/inventory"
	"purser/internal/manifest"
	"purser/internal/store"
	"purser/internal/vendorhttp"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Vendors opens instances for writing; package connect has one.
type Vendors interface {
	// Open makes an instance ready to be written to. record is told each request.
	Open(ctx context.Context, i purser.Instance, record func(purser.LogLine)) (*vendorhttp.Caller, error)
	// Permits says which permissions the actions behind a switch lack, and whether
	// they are granted in a browser.
	Permits(ctx context.Context, i purser.Instance, sw purser.Switch) (missing []string, browser bool, err error)
}

// Accounts finds accounts as the list of accounts does; package inventory has it.
type Accounts interface {
	Accounts(ctx context.Context, f inventory.AccountFilter, p purser.Page) (purser.List[purser.Account], error)
	Account(ctx context.Context, id string) (purser.Account, error)
	Person(ctx context.Context, id string) (purser.Person, error)
}

// Runs starts readings; package run does.
type Runs interface {
	Start(ctx context.Context, instanceID string, trigger purser.Trigger, tasks ...purser.TaskName) ([]purser.Run, error)
}

// Options make a Service.
type Options struct {
	DB       *store.DB
	Gate     Gate
	Catalog  manifest.Catalog
	Vendors  Vendors
	Accounts Accounts
	Runs     Runs                                  // nil: the next reading comes by its schedule
	Vars     func(i purser.Instance) manifest.Vars // settings.x and tenant.x
	IDs      purser.IDSource
	Now      func() time.Time
	Log      *slog.Logger
	// Node names this process and those before it of which none can be alive now.
	Node string
	// Frozen says why nothing may be sent to any vendor now, "" if it may. nil: never.
	Frozen func() string
}

// Service plans, runs and shows actions. Make one with New.
type Service struct {
	Options
	holder string
	wake   chan struct{}
	only   sync.Mutex // one worker in a process; guards asked
	asked  map[string]time.Time
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Vendors == nil || o.Accounts == nil || o.Vars == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("action: DB, Gate, Catalog, Vendors, Accounts, Vars, Now and Log must be set")
	}
	s := &Service{Options: o, wake: make(chan struct{}, 1), asked: map[string]time.Time{}, holder: o.IDs.New("")}
	if o.Node != "" {
		s.holder = o.Node + "." + s.holder
	}
	return s, nil
}

// lookEvery is how often is looked for what waited and for readings that prove something.
const lookEvery = 5 * time.Second

// Serve works until ctx ends. What is under way goes on after the next start.
func (s *Service) Serve(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := s.Work(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "actions are interrupted and go on in a moment", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// Rouse lets the worker look now.
func (s *Service) Rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Service) now() purser.Micros { return purser.MicrosOf(s.Now()) }

// declared returns an action of an instance's connector as it may be used now.
func (s *Service) declared(i purser.Instance, name string) (*manifest.Connector, *manifest.CompiledAction, error) {
	c := s.Catalog.Get(i.Connector)
	if c == nil || c.Custom && !c.Trusted {
		return nil, nil, &purser.Problem{Kind: purser.ProblemConflict, Field: "instance", What: "the connector " + i.Connector + " is not there, or was changed and is not trusted",
			Hint: "Put its folder back, or let an admin look at what changed and trust it"}
	}
	a := c.Action(name)
	if a == nil {
		return nil, nil, purser.Invalid("action", "%s has no action %q; it has: %s", c.Manifest.Title, name, orNone(names(c.Actions)))
	}
	return c, a, nil
}

func names(all []*manifest.CompiledAction) (out []string) {
	for _, a := range all {
		out = append(out, a.Name)
	}
	return out
}
