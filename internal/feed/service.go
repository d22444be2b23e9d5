// Package feed is where the accounts of an application come from: identity
// providers that serve it, or its own instances. It lists what providers serve
// and what that is, lets people manage it, and takes an application from the one
// source to the other and back, with nothing lost and nothing counted twice.
package feed

import (
	"context"
	"time"

	"purser"
	"purser/internal/store"
	"purser/library"
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
	// Library is the applications that the world uses. May be nil.
	Library func() (*library.Library, error)
	// Connectors lists what can be connected: name to title. May be nil.
	Connectors func() map[string]string
	// Cannot says what a connector's task cannot know, in sentences. May be nil.
	Cannot func(connector string, task purser.TaskName) []string
	// Recount adds up anew how applications are used. May be nil: it is noted as due.
	Recount func(ctx context.Context, applications []int64) error
}

// Service lists, manages and switches. It is safe for concurrent use.
type Service struct {
	db         *store.DB
	gate       Gate
	now        func() time.Time
	library    func() (*library.Library, error)
	connectors func() map[string]string
	cannot     func(connector string, task purser.TaskName) []string
	recount    func(ctx context.Context, applications []int64) error
}

// New returns a Service.
func New(o Options) *Service {
	s := &Service{db: o.DB, gate: o.Gate, now: o.Now, library: o.Library, connectors: o.Connectors, cannot: o.Cannot, recount: o.Recount}
	if s.now == nil {
		s.now = time.Now
	}
	if s.library == nil {
		s.library = func() (*library.Library, error) { return nil, nil }
	}
	if s.connectors == nil {
		s.connectors = func() map[string]string { return nil }
	}
	if s.cannot == nil {
		s.cannot = func(string, purser.TaskName) []string { return nil }
	}
	if s.recount == nil {
		s.recount = func(context.Context, []int64) error { return nil }
	}
	return s
}

func (s *Service) at() purser.Micros { return purser.MicrosOf(s.now()) }

// again adds up what a decision has changed. The decision itself is stored, and
// with it that this is due: a failure here is made up for by the next derivation.
func (s *Service) again(ctx context.Context, applications ...int64) {
	_ = s.recount(ctx, applications)
}
