package main

import (
	"context"
	"net/http"

	"purser"
	"purser/internal/login"
)

type signInCmd struct {
	Show signInShowCmd `cmd:"" help:"Say how people may sign in."`
	Set  signInSetCmd  `cmd:"" help:"Change how people may sign in."`
}

type signInShowCmd struct{}

// Run prints the policy.
func (signInShowCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var p login.Policy
	if err := cl.do(ctx, http.MethodGet, "/sign-in-policy", nil, nil, &p); err != nil {
		return err
	}
	return s.policy(p)
}

type signInSetCmd struct {
	Passwords   string `help:"on or off: passwords of this Purser are accepted. Off needs an admin who signs in by the provider." enum:",on,off" default:"" placeholder:"ON"`
	RequireTOTP string `name:"require-totp" help:"on or off: every local account needs a second factor." enum:",on,off" default:"" placeholder:"ON"`
}

// Run changes what is named and leaves the rest.
func (c *signInSetCmd) Run(ctx context.Context, s *session) error {
	if c.RequireTOTP == "" && c.Passwords == "" {
		return &exit{code: exitUsage, err: purser.Invalid("sign-in", "nothing is named that should change")}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	var p login.Policy
	if err := cl.do(ctx, http.MethodGet, "/sign-in-policy", nil, nil, &p); err != nil {
		return err
	}
	if c.RequireTOTP != "" {
		p.RequireTOTP = c.RequireTOTP == "on"
	}
	if c.Passwords != "" {
		p.NoPasswords = c.Passwords == "off"
	}
	if err := cl.do(ctx, http.MethodPut, "/sign-in-policy", nil, p, &p); err != nil {
		return err
	}
	return s.policy(p)
}

func (s *session) policy(p login.Policy) error {
	return s.done(p, "second factor of local accounts required: %s\npasswords accepted: %s\n", yesNo(p.RequireTOTP), yesNo(!p.NoPasswords))
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
