package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/engine"
	"purser/internal/manifest"
)

// vendor answers requests by a function of path and query.
type vendor struct {
	answer  func(u *url.URL, r engine.Request) (body string, link string, err error)
	asked   []string
	request []engine.Request
}

func (v *vendor) Fetch(ctx context.Context, r engine.Request) (*engine.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	v.asked = append(v.asked, u.RequestURI())
	v.request = append(v.request, r)
	body, link, err := v.answer(u, r)
	if err != nil {
		return nil, err
	}
	return &engine.Response{Status: 200, URL: r.URL, Body: []byte(body), Header: func(name string) []string {
		if name == "Link" && link != "" {
			return []string{`<https://api.acme.example/self>; rel="self"`, "<" + link + `>; rel="next"`}
		}
		return nil
	}}, nil
}

// shelf keeps what is committed. It can fail before its n-th commit.
type shelf struct {
	parents    []string
	rows       map[string]string // partition/id
	complete   map[string]string // partition: evidence
	gone, stay []string
	rejects    []engine.Reject
	checkpoint json.RawMessage
	commits    int
	failAt     int
	sizes      []int
	read       int
}

func newShelf() *shelf { return &shelf{rows: map[string]string{}, complete: map[string]string{}} }

func (s *shelf) Parents(_ context.Context, _, after string) iter.Seq2[engine.Parent, error] {
	return func(yield func(engine.Parent, error) bool) {
		for _, id := range s.parents {
			if id > after && !yield(engine.Parent{ExternalID: id, Field: func(name string) (string, bool) { return "name of " + id, name == "name" }}, nil) {
				return
			}
		}
	}
}

func (s *shelf) Lookup(string, string) (string, bool) { return "", false }

func (s *shelf) Commit(_ context.Context, c engine.Commit) error {
	if s.commits++; s.commits == s.failAt {
		return errors.New("pulled the plug")
	}
	for _, p := range c.Parts {
		if p.Restart {
			for k := range s.rows {
				if strings.HasPrefix(k, p.Partition+"/") {
					delete(s.rows, k)
				}
			}
		}
		for _, r := range p.Rows {
			s.rows[p.Partition+"/"+strings.Clone(r.ExternalID)] += fmt.Sprintf("%x", r.Digest[:4])
		}
		s.rejects = append(s.rejects, p.Rejects...)
		if p.Complete {
			s.complete[p.Partition] = p.Evidence
		}
		if p.Gone {
			s.gone = append(s.gone, p.Partition)
		}
		if p.Stays {
			s.stay = append(s.stay, p.Partition)
		}
	}
	s.sizes = append(s.sizes, c.Rows())
	s.read += c.Read
	s.checkpoint = c.Checkpoint
	return nil
}

func (s *shelf) ids() string {
	var out []string
	for k := range s.rows {
		out = append(out, strings.TrimPrefix(k, "/"))
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

// stream compiles one stream of the given YAML, of kind group unless it says otherwise.
func stream(t testing.TB, lines string) *manifest.CompiledStream {
	t.Helper()
	if !strings.Contains(lines, "emits:") {
		lines = "emits: group\nfields: {external_id: id, name: 'coalesce(name, id)'}\n" + lines
	}
	if !strings.Contains(lines, "mode:") {
		lines = "mode: snapshot\n" + lines
	}
	if !strings.Contains(lines, "get:") && !strings.Contains(lines, "post:") {
		lines = "get: /list\n" + lines
	}
	text := `manifest: 1
name: acme
title: Acme
settings: {things: {format: list, optional: true}}
http: {base_url: "https://api.acme.example", max_pages: 5000}
tasks:
  application_roster:
    streams:
      parents: {emits: group, mode: snapshot, get: /parents, fields: {external_id: id, name: id}}
      list:
        ` + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n        ") + "\n"
	m, err := manifest.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	plan, err := manifest.Compile(m, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return plan.Tasks[0].Stream("list")
}

func now() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func run(t testing.TB, s *manifest.CompiledStream, v *vendor, k *shelf) engine.Result {
	t.Helper()
	return engine.Run(t.Context(), engine.Job{Stream: s, Now: now}, v, k)
}

// list writes records with these ids.
func list(ids ...string) string {
	out := []string{}
	for _, id := range ids {
		if id != "" {
			out = append(out, `{"id":"`+id+`"}`)
		}
	}
	return "[" + strings.Join(out, ",") + "]"
}

// paged describes how a vendor pages, and its stream.
type paged struct {
	name   string
	stream string
	// page writes page n (from 0) with ids; there are more if next is true.
	page func(n int, next bool, total int, ids []string) (body, link string)
	// which finds out which page is asked for.
	which func(u *url.URL, r engine.Request) string
}

func query(name string) func(*url.URL, engine.Request) string {
	return func(u *url.URL, _ engine.Request) string { return u.Query().Get(name) }
}

func token(n int, next bool) string {
	if !next {
		return ""
	}
	return fmt.Sprintf("t%d", n+1)
}

func kinds() []paged {
	wrapped := func(meta func(n int, next bool, total int) string) func(int, bool, int, []string) (string, string) {
		return func(n int, next bool, total int, ids []string) (string, string) {
			return `{"list":` + list(ids...) + `,"meta":{` + meta(n, next, total) + `}}`, ""
		}
	}
	cursor := wrapped(func(n int, next bool, _ int) string { return `"next":"` + token(n, next) + `"` })
	return []paged{
		{"link_header", "page: {kind: link_header}", func(n int, next bool, _ int, ids []string) (string, string) {
			if !next {
				return list(ids...), ""
			}
			return list(ids...), "https://api.acme.example/list?after=" + token(n, next)
		}, query("after")},
		{"link_body", "at: list\npage: {kind: link_body, next: meta.next}", wrapped(func(n int, next bool, _ int) string {
			if !next {
				return `"next":null`
			}
			return `"next":"/list?after=` + token(n, next) + `"`
		}), query("after")},
		{"cursor", "at: list\npage: {kind: cursor, next: meta.next, param: after}", cursor, query("after")},
		{"cursor in a header", "at: list\npage: {kind: cursor, next: meta.next, param: X-After, token_in: header}", cursor, func(_ *url.URL, r engine.Request) string {
			for _, h := range r.Header {
				if h[0] == "X-After" {
					return h[1]
				}
			}
			return ""
		}},
		{"cursor in the body", "post: /list\njson: {a: 1}\nat: list\npage: {kind: cursor, next: meta.next, param: after, token_in: json}", cursor, func(_ *url.URL, r engine.Request) string {
			var in struct{ After string }
			_ = json.Unmarshal(r.Body, &in)
			return in.After
		}},
		{"a cursor that is a list", "post: /list\njson: {a: 1}\nat: list\npage: {kind: cursor, next: meta.next, param: after, token_in: json, token_as: json}", wrapped(func(n int, next bool, _ int) string {
			if !next {
				return `"next":""`
			}
			return `"next":"[\"` + token(n, next) + `\",7]"`
		}), func(_ *url.URL, r engine.Request) string {
			var in struct{ After []any }
			if json.Unmarshal(r.Body, &in) != nil || len(in.After) == 0 {
				return ""
			}
			return fmt.Sprint(in.After[0])
		}},
		{"pages in the path", "get: '/list/${page}'\nat: list\npage: {kind: page, token_in: path, pages: meta.pages}", wrapped(func(_ int, _ bool, total int) string { return fmt.Sprintf(`"pages":%d`, total) }),
			func(u *url.URL, _ engine.Request) string { return strings.TrimPrefix(u.Path, "/list/") }},
		{"pages", "at: list\npage: {kind: page, param: page, pages: meta.pages}", wrapped(func(n int, _ bool, total int) string { return fmt.Sprintf(`"pages":%d`, total) }), query("page")},
		{"total", "at: list\npage: {kind: offset, param: offset, total: meta.total}", nil, query("offset")},
		{"flag", "at: list\npage: {kind: page, param: page, flag: meta.more}", wrapped(func(_ int, next bool, _ int) string { return fmt.Sprintf(`"more":%v`, next) }), query("page")},
		{"short", "at: list\npage: {kind: page, param: page, size: 2}", wrapped(func(int, bool, int) string { return "" }), query("page")},
		{"last_id", "at: list\npage: {kind: last_id, next: id, param: after, size: 2}", nil, query("after")},
		{"last_id in the text of a query", "post: /list\njson: {q: 'SELECT id FROM list WHERE id > ${sql_id(page)} ORDER BY id'}\nat: list\n" +
			"page: {kind: last_id, next: id, token_in: path, size: 2}", nil, func(_ *url.URL, r engine.Request) string {
			var in struct{ Q string }
			_ = json.Unmarshal(r.Body, &in)
			return strings.Fields(in.Q)[7]
		}},
	}
}

// serve answers pages of two records each out of ids.
func (p paged) serve(ids []string) func(*url.URL, engine.Request) (string, string, error) {
	pages := (len(ids) + 1) / 2
	return func(u *url.URL, r engine.Request) (string, string, error) {
		w, n := p.which(u, r), 0
		switch {
		case p.name == "total":
			_, _ = fmt.Sscan(w, &n)
			end := min(n+2, len(ids))
			return fmt.Sprintf(`{"list":%s,"meta":{"total":%d}}`, list(ids[min(n, end):end]...), len(ids)), "", nil
		case strings.HasPrefix(p.name, "last_id"):
			for i, id := range ids {
				if id == w {
					n = i + 1
				}
			}
			return `{"list":` + list(ids[n:min(n+2, len(ids))]...) + `}`, "", nil
		case strings.HasPrefix(w, "t"):
			_, _ = fmt.Sscanf(w, "t%d", &n)
		case w != "":
			_, _ = fmt.Sscan(w, &n)
			n--
		}
		from, to := min(n*2, len(ids)), min(n*2+2, len(ids))
		body, link := p.page(n, n+1 < pages, pages, ids[from:to])
		return body, link, nil
	}
}

func numbers(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("r%02d", i))
	}
	return out
}

func TestEachWayOfPagingReadsAllAndProvesTheEnd(t *testing.T) {
	for _, p := range kinds() {
		for _, n := range []int{0, 1, 2, 3, 4, 5} { // empty, one, last page full, two pages, …
			t.Run(fmt.Sprintf("%s of %d", p.name, n), func(t *testing.T) {
				v, k := &vendor{answer: p.serve(numbers(n))}, newShelf()
				res := run(t, stream(t, p.stream), v, k)
				if res.State != engine.Complete || res.Rows != n || k.ids() != strings.Join(numbers(n), " ") || k.complete[""] == "" || !res.Full {
					t.Errorf("result %+v %v, rows %q, complete %v, asked %v", res, res.Err, k.ids(), k.complete, v.asked)
				}
			})
		}
	}
}

func TestAnythingThatIsNoProofOfTheEndIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		stream string
		answer func(n int) (body, link string)
		want   string
	}{
		"repeated token":         {"at: list\npage: {kind: cursor, next: next, param: after}", func(int) (string, string) { return `{"list":[{"id":"a"}],"next":"x"}`, "" }, "leads back"},
		"tokens in a circle":     {"at: list\npage: {kind: cursor, next: next, param: after}", func(n int) (string, string) { return fmt.Sprintf(`{"list":[{"id":"a"}],"next":"x%d"}`, n%3), "" }, "leads back"},
		"link to itself":         {"page: {kind: link_header}", func(int) (string, string) { return list("a"), "https://api.acme.example/list" }, "leads back"},
		"page number ignored":    {"page: {kind: page, param: p, size: 1}", func(int) (string, string) { return list("a"), "" }, "came twice"},
		"no number of pages":     {"at: list\npage: {kind: page, param: p, pages: pages, end: pages}", func(int) (string, string) { return `{"list":[]}`, "" }, "how much"},
		"empty before the end":   {"at: list\npage: {kind: page, param: p, pages: pages}", func(int) (string, string) { return `{"list":[],"pages":9}`, "" }, "is empty"},
		"empty before the total": {"at: list\npage: {kind: offset, param: p, total: total}", func(int) (string, string) { return `{"list":[],"total":9}`, "" }, "is empty"},
		"no token and no proof":  {"at: list\npage: {kind: cursor, next: next, param: after, end: empty}", func(int) (string, string) { return `{"list":[{"id":"a"}]}`, "" }, "proves neither"},
		"cap of pages":           {"at: list\npage: {kind: cursor, next: next, param: after}", func(n int) (string, string) { return fmt.Sprintf(`{"list":[],"next":"x%d"}`, n), "" }, "more than 5000 pages"},
		"links that only grow":   {"page: {kind: link_header}", func(int) (string, string) { return list("a"), "x/" + strings.Repeat("y", 100) + "/" }, "longer than"},
		"HTML":                   {"", func(int) (string, string) { return "<html>", "" }, "HTML"},
		"cut":                    {"", func(int) (string, string) { return `[{"id":"a"`, "" }, "cut off"},
		"empty body":             {"", func(int) (string, string) { return ``, "" }, "empty"},
		"broken link":            {"page: {kind: link_header}", func(int) (string, string) { return list("a"), "http://[" }, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			n := -1
			v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) {
				n++
				b, l := c.answer(n)
				return b, l, nil
			}}
			k := newShelf()
			res := run(t, stream(t, c.stream), v, k)
			if res.State != engine.Failed || res.Err.Class != purser.ClassInvalidResponse || !strings.Contains(res.Err.What, c.want) || len(k.complete) > 0 {
				t.Errorf("result %+v, %v", res, res.Err)
			}
		})
	}
}

func TestABadAnswerIsAskedForOnceMore(t *testing.T) {
	n := 0
	v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) {
		if n++; n == 1 {
			return "<html>", "", nil
		}
		return list("a"), "", nil
	}}
	if res := run(t, stream(t, ""), v, newShelf()); res.State != engine.Complete || res.Pages != 1 || n != 2 {
		t.Errorf("result %+v after %d requests", res, n)
	}
}

func TestACrashBeforeAnyCommitLosesAndDoublesNothing(t *testing.T) {
	for _, p := range kinds() {
		// Three partitions of five records; every record ends a buffer, as the clock jumps.
		s := stream(t, p.stream+"\nfor_each: parents")
		job := func(resume json.RawMessage) engine.Job {
			at := now()
			return engine.Job{Stream: s, Resume: resume, Now: func() time.Time { at = at.Add(time.Second); return at }}
		}
		whole := newShelf()
		whole.parents = []string{"A", "B", "C"}
		if res := engine.Run(t.Context(), job(nil), &vendor{answer: p.serve(numbers(5))}, whole); res.State != engine.Complete || res.Rows != 15 || res.Partitions != 3 {
			t.Fatalf("%s: %+v %v", p.name, res, res.Err)
		}
		for first := 1; first <= whole.commits; first++ {
			for second := 0; second <= whole.commits; second += 2 {
				k := newShelf()
				k.parents, k.failAt = whole.parents, first
				for try := 0; try < 4; try++ {
					res := engine.Run(t.Context(), job(k.checkpoint), &vendor{answer: p.serve(numbers(5))}, crashing{k})
					if res.State == engine.Complete {
						if res.Rows != 15 || res.Partitions != 3 {
							t.Errorf("%s: crash at %d, %d: counts %+v", p.name, first, second, res)
						}
						break
					}
					if k.failAt = 0; try == 0 && second > 0 {
						k.failAt = k.commits + second
					}
				}
				if fmt.Sprint(k.rows) != fmt.Sprint(whole.rows) || fmt.Sprint(k.complete) != fmt.Sprint(whole.complete) {
					t.Fatalf("%s: crash at %d and %d: %v, want %v", p.name, first, second, k.rows, whole.rows)
				}
			}
		}
	}
}

// crashing stays dead after its first failure, as a killed process does.
type crashing struct{ *shelf }

func (c crashing) Commit(ctx context.Context, commit engine.Commit) error {
	if c.failAt > 0 && c.commits >= c.failAt {
		return errors.New("still dead")
	}
	return c.shelf.Commit(ctx, commit)
}

func TestPagesAreCommittedWholeAndTogether(t *testing.T) {
	big := kinds()[0]
	ids := make([]string, 0, 4600)
	for i := range 4600 {
		ids = append(ids, fmt.Sprintf("r%05d", i))
	}
	k := newShelf()
	res := run(t, stream(t, big.stream), &vendor{answer: big.serve(ids)}, k)
	if res.State != engine.Complete || fmt.Sprint(k.sizes) != "[2000 2000 600]" {
		t.Errorf("commits of %v rows, %+v", k.sizes, res)
	}
}

func failing(class purser.Class) func(*url.URL, engine.Request) (string, string, error) {
	return func(u *url.URL, _ engine.Request) (string, string, error) {
		if strings.HasSuffix(u.Path, "/B") {
			return "", "", &purser.Error{Class: class, What: "no", Scope: "read.all"}
		}
		return list("x"), "", nil
	}
}

func TestErrorsEndAStreamAsTheirClassSays(t *testing.T) {
	for class, want := range map[purser.Class]engine.State{
		purser.ClassTransient: engine.Failed, purser.ClassRateLimited: engine.Waiting, purser.ClassAuthRevoked: engine.Failed,
		purser.ClassPermission: engine.Blocked, purser.ClassNotAvailable: engine.NotOffered, purser.ClassConfig: engine.Failed,
		purser.ClassCanceled: engine.Canceled, purser.ClassInternal: engine.Failed, purser.ClassNotFound: engine.Complete,
	} {
		k := newShelf()
		k.parents = []string{"A", "B", "C"}
		res := run(t, stream(t, "get: '/of/${parent.external_id}'\nfor_each: parents"), &vendor{answer: failing(class)}, k)
		if res.State != want || !strings.HasPrefix(k.ids(), "A/x") {
			t.Errorf("%s: %+v, rows %s", class, res, k.ids())
		}
		if class == purser.ClassPermission && res.Err.Scope != "read.all" {
			t.Errorf("the scope is lost: %+v", res.Err)
		}
	}
}

func TestAParentThatIsGoneTakesItsRowsOrStays(t *testing.T) {
	for how, want := range map[string]string{"gone": "gone [B] stay []", "stay": "gone [] stay [B]"} {
		k := newShelf()
		k.parents = []string{"A", "B", "C"}
		res := run(t, stream(t, "get: '/of/${parent.external_id}'\nfor_each: parents\non_not_found: "+how), &vendor{answer: failing(purser.ClassNotFound)}, k)
		if got := fmt.Sprintf("gone %v stay %v", k.gone, k.stay); got != want || res.State != engine.Complete || k.ids() != "A/x C/x" {
			t.Errorf("%s: %s, %+v, rows %s", how, got, res, k.ids())
		}
	}
}

func TestTheNextAddressIsTriedWhereOneIsNotFound(t *testing.T) {
	v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
		if u.Path == "/v2" {
			return "", "", &purser.Error{Class: purser.ClassNotFound}
		}
		return list("a"), "", nil
	}}
	if res := run(t, stream(t, "get: [/v2, /v1]"), v, newShelf()); res.State != engine.Complete || fmt.Sprint(v.asked) != "[/v2 /v1]" {
		t.Errorf("%+v, asked %v", res, v.asked)
	}
}

func TestTooFewRecordsMeanWhatTheManifestSays(t *testing.T) {
	empty := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return "[]", "", nil }}
	if res := run(t, stream(t, "expect: {min_rows: 1, else: permission}"), empty, newShelf()); res.State != engine.Blocked || res.MaySweep("snapshot") {
		t.Errorf("%+v", res)
	}
}

func TestTooManyRejectsMakeAStreamPartial(t *testing.T) {
	for bad, want := range map[int]engine.State{0: engine.Complete, 5: engine.Complete, 6: engine.Partial} {
		body := "[" + strings.Repeat(`{"name":"no id"},`, bad) + strings.TrimPrefix(list(numbers(100-bad)...), "[")
		k := newShelf()
		res := run(t, stream(t, ""), &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return body, "", nil }}, k)
		if res.State != want || len(k.rejects) != bad || res.MaySweep("snapshot") != (want == engine.Complete) {
			t.Errorf("%d bad: %+v", bad, res)
		}
	}
}

func TestRejectsAreHeldAgainstRecordsNotItems(t *testing.T) {
	body := `[{"list":["` + strings.Join(numbers(99), `","`) + `",{}]}]`
	v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return body, "", nil }}
	res := run(t, stream(t, "emits: group\nexplode: list\nfields: {external_id: item, name: item}"), v, newShelf())
	if res.State != engine.Complete || res.Rows != 99 || res.Rejects != 1 || res.Items != 1 {
		t.Errorf("%+v", res)
	}
}

func TestReadCountsRecordsAfterKeepAndExplode(t *testing.T) {
	for _, c := range []struct {
		name, stream, body string
		want               int
	}{
		{"a list of one item that holds three", "emits: group\nexplode: list\nfields: {external_id: item, name: item}", `[{"list":["a","b","c"]}]`, 3},
		{"three items of which one is kept", "emits: group\nkeep: id == 'b'\nfields: {external_id: id, name: id}", `[{"id":"a"},{"id":"b"},{"id":"c"}]`, 1},
		{"one of two cannot be read", "emits: group\nexplode: list\nfields: {external_id: item, name: item}", `[{"list":["a",{}]}]`, 2},
	} {
		v, k := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return c.body, "", nil }}, newShelf()
		res := run(t, stream(t, c.stream), v, k)
		if k.read != c.want || res.Rows+res.Rejects != c.want {
			t.Errorf("%s: %d read, want %d: %+v", c.name, k.read, c.want, res)
		}
	}
}

func TestOneValueOneRequest(t *testing.T) {
	v, k := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return list("x"), "", nil }}, newShelf()
	res := engine.Run(t.Context(), engine.Job{Now: now, Stream: stream(t, "get: '/of/${vary.thing}'\nvary: {thing: '${settings.things}'}"),
		Vars: func(name string) (string, bool) { return "a b, c,,c", name == "settings.things" }}, v, k)
	if res.State != engine.Complete || fmt.Sprint(v.asked) != "[/of/a%20b /of/c]" || k.ids() != "a b/x c/x" {
		t.Errorf("%+v, asked %v, rows %s", res, v.asked, k.ids())
	}
}

func TestParentsCanBeAskedInBatches(t *testing.T) {
	v, k := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) { return list(u.Query().Get("ids")), "", nil }}, newShelf()
	k.parents = []string{"A", "B", "C"}
	res := run(t, stream(t, "query: {ids: '${parent.ids}'}\nfor_each: {stream: parents, batch: 2}"), v, k)
	if res.State != engine.Complete || fmt.Sprint(v.asked) != "[/list?ids=A%2CB /list?ids=C]" {
		t.Errorf("%+v, asked %v", res, v.asked)
	}
}
