package engine_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"purser/internal/engine"
)

// headed tells the next token in a header, as some vendors of bare lists do.
type headed struct {
	ids   []string
	after []string
	stuck bool
}

func (v *headed) Fetch(_ context.Context, r engine.Request) (*engine.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	at := u.Query().Get("cursor")
	v.after = append(v.after, at)
	i := 0
	for i < len(v.ids) && v.ids[i] <= at {
		i++
	}
	next := ""
	if i+1 < len(v.ids) || v.stuck {
		next = v.ids[min(i, len(v.ids)-1)]
	}
	return &engine.Response{Status: 200, URL: r.URL, Body: []byte(list(v.ids[min(i, len(v.ids)-1)])), Header: func(name string) []string {
		return map[string][]string{"After-Cursor": {next}}[name]
	}}, nil
}

func TestATokenInAHeaderIsFollowedToTheEmptyOne(t *testing.T) {
	s := stream(t, "page: {kind: cursor, next: 'header:After-Cursor', param: cursor}")
	v, k := &headed{ids: []string{"a", "b", "c"}}, newShelf()
	res := engine.Run(t.Context(), engine.Job{Stream: s, Now: now}, v, k)
	if res.State != engine.Complete || k.ids() != "a b c" || strings.Join(v.after, ",") != ",a,b" || k.complete[""] != "no_next" {
		t.Errorf("%+v %v, rows %q, asked after %q", res, res.Err, k.ids(), v.after)
	}
	v, k = &headed{ids: []string{"a", "b"}, stuck: true}, newShelf()
	if res := engine.Run(t.Context(), engine.Job{Stream: s, Now: now}, v, k); res.State != engine.Failed {
		t.Errorf("a token that comes again is taken for %s", res.State)
	}
}

func TestTheDayOfTheReadingIsKnownToExpressions(t *testing.T) {
	s := stream(t, "emits: person\nfields: {external_id: id, employment: '(date(left) ?? \"9999\") < run.today ? \"ended\" : \"employed\"'}")
	v, k := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) {
		return `[{"id":"a","left":"2026-11-19"},{"id":"b","left":"2026-11-21"},{"id":"c"}]`, "", nil
	}}, &words{shelf: newShelf()}
	res := engine.Run(t.Context(), engine.Job{Stream: s, Now: now}, v, k)
	if res.State != engine.Complete || strings.Join(k.said, " ") != "a=ended b=employed c=employed" {
		t.Errorf("%+v %v: %v", res, res.Err, k.said)
	}
}

// words keeps the employment of people.
type words struct {
	*shelf
	said []string
}

func (w *words) Commit(ctx context.Context, c engine.Commit) error {
	for _, p := range c.Parts {
		for _, r := range p.Rows {
			w.said = append(w.said, strings.Clone(r.ExternalID+"="+r.Values[4].S))
		}
	}
	return w.shelf.Commit(ctx, c)
}
