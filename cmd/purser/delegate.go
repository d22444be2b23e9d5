package main

import (
	"context"
	"net/http"
	"net/url"

	"purser/internal/connect"
)

type delegateCmd struct {
	Create delegateCreateCmd `cmd:"" help:"Make a one-time link for an instance."`
	List   delegateListCmd   `cmd:"" help:"List the links of an instance."`
	Revoke delegateRevokeCmd `cmd:"" help:"Take a link back."`
}

type delegateCreateCmd struct {
	Name string `arg:"" help:"Name or identifier of the instance."`
	For  string `help:"For whom it is." placeholder:"NAME"`
}

// Run prints the link, this once.
func (c *delegateCreateCmd) Run(ctx context.Context, s *session) error {
	cl, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	var made struct {
		connect.Delegation
		URL string `json:"url"`
	}
	if err := cl.do(ctx, http.MethodPost, "/instances/"+i.ID+"/delegations", nil, map[string]string{"note": c.For}, &made); err != nil {
		return err
	}
	return s.done(made, "%s\n  works until %s, in the first browser that begins with it\n", made.URL, moment(made.ExpiresAt))
}

type delegateListCmd struct {
	Name string `arg:"" help:"Name or identifier of the instance."`
}

// Run prints the links without their tokens.
func (c *delegateListCmd) Run(ctx context.Context, s *session) error {
	_, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	heads := []string{"ID", "FOR", "STATE", "MADE BY", "MADE", "ENDS", "BEGUN", "FROM", "HANDED OVER"}
	return wholeList(ctx, s, "/instances/"+i.ID+"/delegations", nil, heads, func(d connect.Delegation) []string {
		return []string{d.ID, d.Note, d.State, d.MadeBy, moment(d.CreatedAt), moment(d.ExpiresAt), moment(d.BoundAt), d.Origin, moment(d.DoneAt)}
	})
}

type delegateRevokeCmd struct {
	ID string `arg:"" help:"dlg_…"`
}

// Run takes the link back.
func (c *delegateRevokeCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodDelete, "/delegations/"+url.PathEscape(c.ID), nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": c.ID}, "%s is taken back\n", plain(c.ID))
}
