package engine_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/engine"
)

// dated writes records with a date each.
func dated(dates ...string) string {
	var out []string
	for i, d := range dates {
		out = append(out, fmt.Sprintf(`{"id":"%d","at":"%s"}`, i, d))
	}
	return "[" + strings.Join(out, ",") + "]"
}

const delta = "mode: delta\nquery: {since: '${start}'}\n"

func TestACursorIsTheGreatestMomentAndTheNextRunBeginsBeforeIt(t *testing.T) {
	for name, c := range map[string]struct {
		stream, since string
		back          time.Duration
		asked, cursor string
		full          bool
	}{
		"first, everything":   {"cursor: {kind: time, from: time(at)}", "", 0, "/list", "2026-11-19T00:00:00Z", true},
		"first, looking back": {"oldest: -90d\ncursor: {kind: time, from: time(at)}", "", 30 * 24 * time.Hour, "/list?since=2026-10-21T12%3A00%3A00Z", "2026-11-19T00:00:00Z", false},
		"as far as it tells":  {"oldest: -90d\ncursor: {kind: time, from: time(at)}", "", 0, "/list?since=2026-08-22T12%3A00%3A00Z", "2026-11-19T00:00:00Z", false},
		"no further":          {"oldest: -90d\ncursor: {kind: time, from: time(at)}", "2025-01-01T00:00:00Z", 0, "/list?since=2026-08-22T12%3A00%3A00Z", "2026-11-19T00:00:00Z", false},
		"going on":            {"cursor: {kind: time, from: time(at), overlap: 1h}", "2026-11-18T12:00:00Z", 0, "/list?since=2026-11-18T11%3A00%3A00Z", "2026-11-19T00:00:00Z", false},
		"epoch":               {"cursor: {kind: epoch, from: time(at)}", "2026-11-18T12:00:00Z", 0, "/list?since=1795003200", "2026-11-19T00:00:00Z", false},
		"local time":          {"cursor: {kind: time, from: time(at), format: iso_local}", "2026-11-18T12:00:00.5Z", 0, "/list?since=2026-11-18T12%3A00%3A00", "2026-11-19T00:00:00Z", false},
	} {
		t.Run(name, func(t *testing.T) {
			v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) {
				return dated("2026-11-17T00:00:00Z", "2026-11-19T00:00:00Z"), "", nil
			}}
			res := engine.Run(t.Context(), engine.Job{Stream: stream(t, delta+c.stream), Since: c.since, Lookback: c.back, Now: now}, v, newShelf())
			if res.State != engine.Complete || v.asked[0] != c.asked || res.Cursor != c.cursor || res.Full != c.full {
				t.Errorf("asked %v, result %+v %v", v.asked, res, res.Err)
			}
		})
	}
}

func TestADateInTheFutureDoesNotMakeTheNextRunsBlind(t *testing.T) {
	v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return dated("2099-01-01T00:00:00Z"), "", nil }}
	if res := run(t, stream(t, delta+"cursor: {kind: time, from: time(at)}"), v, newShelf()); res.Cursor != "2026-11-20T12:00:00Z" {
		t.Errorf("cursor = %s", res.Cursor)
	}
}

func TestNothingNewKeepsTheCursor(t *testing.T) {
	v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return "[]", "", nil }}
	res := engine.Run(t.Context(), engine.Job{Stream: stream(t, delta+"cursor: {kind: time, from: time(at)}"), Since: "2026-11-18T12:00:00Z", Now: now}, v, newShelf())
	if res.Cursor != "2026-11-18T12:00:00Z" {
		t.Errorf("cursor = %s", res.Cursor)
	}
}

func TestAnOpaqueCursorIsKeptAsTheVendorGivesIt(t *testing.T) {
	v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return `{"list":[],"latest":"x+1"}`, "", nil }}
	s := stream(t, delta+"at: list\ncursor: {kind: opaque, from: latest}")
	res := engine.Run(t.Context(), engine.Job{Stream: s, Since: "x 0", Now: now}, v, newShelf())
	if res.Cursor != "x+1" || v.asked[0] != "/list?since=x%200" {
		t.Errorf("cursor %q, asked %v", res.Cursor, v.asked)
	}
}

func TestALinkCursorIsFollowedByTheNextRun(t *testing.T) {
	const link = "https://api.acme.example/list?after="
	s := stream(t, "mode: events\noldest: -90d\nfirst_query: {since: '${start}'}\nquery: {limit: 2}\ncursor: {kind: link}\npage: {kind: link_header, end: empty}")
	pages := map[string][2]string{"": {list("a"), "1"}, "1": {list("b"), "2"}, "2": {"[]", "3"}, "3": {list("c"), "4"}, "4": {"[]", "5"}}
	v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
		p := pages[u.Query().Get("after")]
		return p[0], link + p[1], nil
	}}
	first := run(t, s, v, newShelf())
	if first.State != engine.Complete || first.Rows != 2 || first.Cursor != link+"3" || v.asked[0] != "/list?limit=2&since=2026-08-22T12%3A00%3A00Z" || !v.request[1].Followed {
		t.Fatalf("first %+v %v, asked %v", first, first.Err, v.asked)
	}
	v.asked = nil
	second := engine.Run(t.Context(), engine.Job{Stream: s, Since: first.Cursor, Now: now}, v, newShelf())
	if second.Rows != 1 || second.Cursor != link+"5" || v.asked[0] != "/list?after=3" {
		t.Errorf("second %+v %v, asked %v", second, second.Err, v.asked)
	}
}

func TestNewestFirstIsReadUntilWhatIsKnown(t *testing.T) {
	n := 0
	v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) {
		n++
		return fmt.Sprintf(`{"list":%s,"next":"%d"}`, dated(fmt.Sprintf("2026-11-%02dT00:00:00Z", 20-n)), n), "", nil
	}}
	s := stream(t, "mode: events\nat: list\npage: {kind: cursor, next: next, param: c}\ncursor: {kind: time, from: time(at), order: descending, stop_at: start}")
	k := newShelf()
	res := engine.Run(t.Context(), engine.Job{Stream: s, Since: "2026-11-17T12:00:00Z", Now: now}, v, k)
	if res.State != engine.Complete || n != 3 || k.complete[""] != "stop_at" || res.Cursor != "2026-11-19T00:00:00Z" {
		t.Errorf("%d requests, %+v %v", n, res, res.Err)
	}
}

func TestWindowsAreAskedOneAfterTheOther(t *testing.T) {
	v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
		return dated(u.Query().Get("from")), "", nil
	}}
	s := stream(t, "mode: events\nquery: {from: '${start}', to: '${end}'}\ncursor: {kind: time, from: time(at), window: 1d}")
	res := engine.Run(t.Context(), engine.Job{Stream: s, Since: "2026-11-18T00:00:00Z", Now: now}, v, newShelf())
	want := "[/list?from=2026-11-18T00%3A00%3A00Z&to=2026-11-19T00%3A00%3A00Z /list?from=2026-11-19T00%3A00%3A00Z&to=2026-11-20T00%3A00%3A00Z /list?from=2026-11-20T00%3A00%3A00Z&to=2026-11-20T12%3A00%3A00Z]"
	if fmt.Sprint(v.asked) != want || res.State != engine.Complete || res.Partitions != 1 {
		t.Errorf("asked %v, %+v", v.asked, res)
	}
}

func TestAForgottenCursorIsReplacedByAFullReadingOnce(t *testing.T) {
	for times, want := range map[int]engine.State{1: engine.Complete, 2: engine.Failed} {
		n := 0
		v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
			if n++; n <= times {
				return "", "", &purser.Error{Class: purser.ClassCursorExpired, What: "forgotten"}
			}
			return dated("2026-11-19T00:00:00Z"), "", nil
		}}
		res := engine.Run(t.Context(), engine.Job{Stream: stream(t, delta+"cursor: {kind: time, from: time(at)}"), Since: "2026-11-18T00:00:00Z", Now: now}, v, newShelf())
		if res.State != want || want == engine.Complete && (!res.Full || v.asked[1] != "/list") {
			t.Errorf("%d times: %+v, asked %v", times, res, v.asked)
		}
	}
}

func TestATokenForgottenHalfWayBeginsThePartitionAgain(t *testing.T) {
	n := 0
	v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
		n++
		switch {
		case u.Query().Get("c") == "":
			return fmt.Sprintf(`{"list":%s,"next":"t%d"}`, list(fmt.Sprint("a", n)), n), "", nil
		case n == 2:
			return "", "", &purser.Error{Class: purser.ClassCursorExpired, What: "forgotten"}
		}
		return `{"list":` + list("b") + `}`, "", nil
	}}
	k := newShelf()
	res := run(t, stream(t, "at: list\npage: {kind: cursor, next: next, param: c}"), v, k)
	if res.State != engine.Complete || k.ids() != "a1 a3 b" && k.ids() != "a3 b" {
		t.Errorf("%+v, rows %s", res, k.ids())
	}
}

func TestReportedRemovalsAreMarked(t *testing.T) {
	var removed []string
	v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) {
		return `[{"id":"a","name":"A"},{"id":"b","deleted":true}]`, "", nil
	}}
	k := &marks{newShelf(), &removed}
	s := stream(t, "emits: group\nfields: {external_id: id, name: name}\nremovals: deleted")
	if res := engine.Run(t.Context(), engine.Job{Stream: s, Now: now}, v, k); res.State != engine.Complete || fmt.Sprint(removed) != "[b]" {
		t.Errorf("removed %v, %+v", removed, res)
	}
}

type marks struct {
	*shelf
	removed *[]string
}

func (m *marks) Commit(_ context.Context, c engine.Commit) error {
	for _, p := range c.Parts {
		for _, r := range p.Rows {
			if r.Removed {
				*m.removed = append(*m.removed, r.ExternalID)
			}
		}
	}
	return nil
}
