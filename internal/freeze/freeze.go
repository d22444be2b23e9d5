// Package freeze stops every outgoing call of Purser at once, and lets them out
// again. What was said stands in the database, so that it survives a restart and
// holds for every server that shares it.
//
// A box that was restored from a backup is frozen, too, and nothing begins by
// itself there: another one with the same credentials may still be at work. It
// ends only when an admin says that the other one is gone.
package freeze

import (
	"context"
	"errors"
	"sync"
	"time"

	"purser"
	"purser/internal/store"
)

// Gate says whether the actor of a context may do something.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Breaker stops calls, those under way included; egress.Gate is one.
type Breaker interface {
	Freeze(on bool)
}

// State says whether calls are stopped, and by whom.
type State struct {
	Frozen   bool      `json:"frozen"`
	At       time.Time `json:"at,omitzero"`        // since when
	By       string    `json:"by,omitempty"`       // who stopped them, as the audit log names them
	Why      string    `json:"why,omitempty"`      // in their words
	Restored bool      `json:"restored,omitempty"` // by a restore: an admin must say that the old box is gone
}

// Sentence says in one sentence why nothing leaves, "" if calls may leave.
func (s State) Sentence() string {
	switch {
	case !s.Frozen:
		return ""
	case s.Restored:
		return "this box was restored from a backup and calls nobody until an admin says that the old one is gone"
	}
	text := "outgoing calls are frozen"
	if !s.At.IsZero() {
		text += " since " + s.At.UTC().Format("2 January 2006 15:04 UTC")
	}
	if s.By != "" {
		text += " by " + s.By
	}
	if s.Why != "" {
		text += ": " + s.Why
	}
	return text
}

// Options are what a Service stands on.
type Options struct {
	DB      *store.DB
	Gate    Gate
	Breaker Breaker
	Now     func() time.Time
}

// Service freezes and thaws. It is safe for concurrent use.
type Service struct {
	Options

	mu    sync.Mutex
	known State // as last read
}

// New returns the service with what the database says; calls are stopped at once
// if it says so.
func New(ctx context.Context, o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Breaker == nil || o.Now == nil {
		return nil, errors.New("freeze: DB, Gate, Breaker and Now must be set")
	}
	s := &Service{Options: o}
	_, err := s.Read(ctx)
	return s, err
}

// Known returns what was last read, without asking the database: for what is
// shown on every page.
func (s *Service) Known() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known
}

// Read asks the database, and stops or lets out calls as it says.
func (s *Service) Read(ctx context.Context) (State, error) {
	state, err := read(ctx, s.DB.Read())
	if err != nil {
		return State{}, err
	}
	s.apply(state)
	return state, nil
}

// Frozen is Read for egress: whether nothing may leave.
func (s *Service) Frozen(ctx context.Context) (bool, error) {
	state, err := s.Read(ctx)
	return state.Frozen, err
}

// State returns what stands, for those who may see runs.
func (s *Service) State(ctx context.Context) (State, error) {
	if err := s.Gate.Allow(ctx, purser.OpRunRead); err != nil {
		return State{}, err
	}
	return s.Read(ctx)
}

func (s *Service) apply(state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = state
	s.Breaker.Freeze(state.Frozen)
}

// Watch reads every so often until ctx ends, so that what another server was told
// also cuts the calls that are under way here. Where the database does not answer,
// what was known holds.
func (s *Service) Watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_, _ = s.Read(ctx) //nolint:errcheck // the database's own health says so
		}
	}
}
