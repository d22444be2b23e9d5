// Package source has the places where pages come from, as the engine sees them.
package source

import (
	"context"
	"errors"

	"purser"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/vendorhttp"
)

// HTTP asks a vendor's interface. It is an engine.Source.
type HTTP struct {
	Caller *vendorhttp.Caller
	// Scopes picks the names to ask for where a stream names alternatives; nil: the first of each.
	Scopes func(manifest.Scopes) []string
	// Limits are the budgets of single streams, by the stream's name.
	Limits map[string][]manifest.Limit
}

// Fetch sends one request for a page. Every error is a *purser.Error.
func (h HTTP) Fetch(ctx context.Context, r engine.Request) (*engine.Response, error) {
	answer, err := h.Caller.Do(ctx, vendorhttp.Request{
		Stream: r.Stream, Route: r.Route, Method: r.Method, URL: r.URL, Header: r.Header, Body: r.Body, ContentType: r.ContentType,
		Token: r.Token, Scopes: h.names(r.Scopes), Page: r.Page, Limits: h.Limits[r.Stream], Lend: true, RedirectTo: r.RedirectTo, Large: r.Large,
		// An address of the vendor's that is not the next page of this run was kept by an earlier one.
		Cursor: r.Followed && r.Page <= 1,
	})
	if err != nil {
		if told, ok := errors.AsType[*purser.Error](err); ok && told.Class == purser.ClassPermission && told.Scope == "" {
			named := *told
			named.Scope = only(h.names(r.Scopes))
			return nil, &named
		}
		return nil, err
	}
	header := answer.Header
	return &engine.Response{Status: answer.Status, Body: answer.Body, URL: answer.URL, Header: header.Values, Release: answer.Release}, nil
}

func (h HTTP) names(s manifest.Scopes) []string {
	if len(s) == 0 {
		return nil
	}
	if h.Scopes != nil {
		return h.Scopes(s)
	}
	out := make([]string, 0, len(s))
	for _, group := range s {
		if len(group) > 0 {
			out = append(out, group[0])
		}
	}
	return out
}

// only returns the one scope that can be the missing one, "" where several could.
func only(scopes []string) string {
	if len(scopes) == 1 {
		return scopes[0]
	}
	return ""
}

// StreamLimits returns the budgets that a manifest states for single streams.
func StreamLimits(m *manifest.Manifest) map[string][]manifest.Limit {
	out := map[string][]manifest.Limit{}
	for t := range m.Tasks {
		for s := range m.Tasks[t].Streams {
			if stream := &m.Tasks[t].Streams[s]; len(stream.Limits) > 0 {
				out[stream.Name] = stream.Limits
			}
		}
	}
	return out
}

var _ engine.Source = HTTP{}
