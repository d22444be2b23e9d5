package main

import (
	"context"
	"net/http"
	"net/url"
)

type contractRemoveCmd struct {
	Contract string `arg:"" help:"Identifier, such as ctr_01…"`
	Yes      bool   `help:"Do not ask."`
}

// Run removes a contract.
func (c *contractRemoveCmd) Run(ctx context.Context, s *session) error {
	if err := s.sure(c.Yes, "Remove the contract "+plain(c.Contract)+" with its history and documents?"); err != nil {
		return err
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodDelete, "/contracts/"+url.PathEscape(c.Contract), nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": c.Contract}, "%s is removed\n", c.Contract)
}
