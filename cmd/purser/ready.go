package main

import (
	"context"
	"net/http"

	"purser"
)

type readyCmd struct{}

// Run asks the server on this machine whether it is ready: for a container's or a
// service manager's health check. Exit code 1: it is not.
func (readyCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, cl.base+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	res, err := cl.http.Do(r)
	if err != nil {
		return cl.unreachable(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusOK {
		return s.done(map[string]bool{"ready": true}, "ready\n")
	}
	return &exit{code: exitError, err: &purser.Problem{Kind: purser.ProblemPaused, What: "the server is not ready", Hint: "purser doctor says why"}}
}
