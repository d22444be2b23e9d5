package main

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"purser/internal/license"
)

type licenseExclusionsCmd struct {
	Application string `arg:"" help:"Application, by name or identifier."`
}

// Run prints the rules.
func (c *licenseExclusionsCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	id, err := application(ctx, cl, c.Application)
	if err != nil {
		return err
	}
	return wholeList(ctx, s, "/applications/"+url.PathEscape(id)+"/license-exclusions", nil, []string{"ID", "WHAT", "WHICH", "WHY", "BY", "SINCE"}, func(x license.Exclusion) []string {
		return []string{x.ID, x.What, cmp.Or(x.AccountName, x.Value), x.Reason, x.MadeBy, moment(x.MadeAt)}
	})
}

type licenseExcludeCmd struct {
	Application string `arg:"" help:"Application, by name or identifier."`
	What        string `arg:"" enum:"account,kind,domain" help:"account, kind or domain."`
	Value       string `arg:"" help:"acc_12, robot, example.com."`
	Reason      string `required:"" help:"Why these seats are to be left alone."`
}

// Run adds the rule.
func (c *licenseExcludeCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	id, err := application(ctx, cl, c.Application)
	if err != nil {
		return err
	}
	return cl.do(ctx, http.MethodPost, "/applications/"+url.PathEscape(id)+"/license-exclusions", nil, map[string]any{"what": c.What, "value": c.Value, "reason": c.Reason}, nil)
}

type licenseIncludeCmd struct {
	Exclusion string `arg:"" help:"Identifier, such as exc_2."`
}

// Run takes the rule away.
func (c *licenseIncludeCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	return cl.do(ctx, http.MethodDelete, "/license-exclusions/"+url.PathEscape(c.Exclusion), nil, nil, nil)
}
