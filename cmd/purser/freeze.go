package main

import (
	"context"
	"net/http"
	"time"

	"purser/internal/freeze"
)

type freezeCmd struct {
	offline
	Why string `help:"Why, for everybody to see." placeholder:"WORDS"`
}

// Run stops every outgoing call, of a running server at once, else from its next start on.
func (c *freezeCmd) Run(ctx context.Context, s *session) error {
	var state freeze.State
	err := c.either(ctx, s, func(cl *client) error {
		return cl.do(ctx, http.MethodPost, "/freeze", nil, map[string]string{"why": c.Why}, &state)
	}, func(ctx context.Context, b *box) (err error) {
		state, err = b.calls.Freeze(ctx, c.Why)
		return err
	})
	if err != nil {
		return err
	}
	return s.done(state, "%s\n", state.Sentence())
}

type thawCmd struct{ offline }

// Run lets calls out again.
func (c *thawCmd) Run(ctx context.Context, s *session) error {
	return c.end(ctx, s, "/thaw", (*freeze.Service).Thaw)
}

func (c *offline) end(ctx context.Context, s *session, path string, without func(*freeze.Service, context.Context) (freeze.State, error)) error {
	var state freeze.State
	err := c.either(ctx, s, func(cl *client) error {
		return cl.do(ctx, http.MethodPost, path, nil, struct{}{}, &state)
	}, func(ctx context.Context, b *box) (err error) {
		state, err = without(b.calls, ctx)
		return err
	})
	if err != nil {
		return err
	}
	return s.done(state, "calls leave again\n")
}

// still stops nothing: there is no server whose calls could be stopped.
type still struct{}

// Freeze does nothing.
func (still) Freeze(bool) {}

func newCalls(ctx context.Context, b *box) (*freeze.Service, error) {
	return freeze.New(ctx, freeze.Options{DB: b.db, Gate: b, Breaker: still{}, Now: time.Now})
}
