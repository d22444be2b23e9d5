package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"purser"
	"purser/internal/own"
)

type connectorOwnCmd struct{}

// Run prints the connectors of the server's own folder.
func (connectorOwnCmd) Run(ctx context.Context, s *session) error {
	all, err := s.ownConnectors(ctx)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(all)
	}
	for _, c := range all {
		if err := s.ownConnector(c); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) ownConnectors(ctx context.Context) ([]own.Connector, error) {
	cl, err := s.client()
	if err != nil {
		return nil, err
	}
	var all struct{ Items []own.Connector }
	return all.Items, cl.do(ctx, http.MethodGet, "/own-connectors", nil, nil, &all)
}

func (s *session) ownConnector(c own.Connector) error {
	state := "not trusted: it does nothing"
	switch {
	case c.Trusted:
		state = "trusted by " + c.TrustedBy
	case c.Changed:
		state = "changed since " + c.TrustedBy + " trusted it: its instances are paused"
	}
	none := func(list []string) string {
		if len(list) == 0 {
			return "nothing"
		}
		return strings.Join(list, ", ")
	}
	lines := []string{c.Name + " (" + c.Title + "), " + state, "  calls " + none(c.Hosts), "  asks for " + none(c.Scopes),
		"  could change " + none(c.Writes), "  digest " + c.Digest}
	lines = append(append(lines, indented("  problem: ", c.Problems)...), indented("  ", c.Difference)...)
	for _, line := range lines {
		if err := s.say("%s\n", plain(line)); err != nil {
			return err
		}
	}
	return nil
}

func indented(by string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = by + l
	}
	return out
}

type connectorTrustCmd struct {
	Name   string `arg:"" help:"Name, as in purser connector own."`
	Digest string `help:"The digest that you have seen." required:""`
}

// Run trusts the connector.
func (c *connectorTrustCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodPost, "/own-connectors/"+url.PathEscape(c.Name)+"/trust", nil, map[string]string{"digest": c.Digest}, nil); err != nil {
		return err
	}
	all, err := s.ownConnectors(ctx)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(all, func(o own.Connector) bool { return o.Name == c.Name }); i < 0 || !all[i].Trusted {
		return purser.NotFound("trusted connector", c.Name)
	}
	return s.done(map[string]string{"name": c.Name, "digest": c.Digest}, "%s is trusted\n", c.Name)
}
