package connectors_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/engine"
	"purser/internal/vendorhttp"
)

// The contract suite: what every stream of every connector must do, whatever
// its vendor answers. It is generated, so a new connector is under it at once.

// ending is how a stream must end, and how many records must have been kept.
type ending struct {
	state engine.State
	class purser.Class
	code  string
	rows  int
}

func (e ending) check(t *testing.T, res engine.Result, sink *tally) {
	t.Helper()
	class, code := purser.Class(""), ""
	if res.Err != nil {
		class, code = res.Err.Class, res.Err.Code
	}
	if res.State != e.state || class != e.class || e.code != "" && code != e.code {
		t.Errorf("ended as %s, %q %q (%v); want %s, %q %q", res.State, class, code, res.Err, e.state, e.class, e.code)
	}
	if sink.rows != e.rows {
		t.Errorf("%d records were kept, want %d", sink.rows, e.rows)
	}
	if e.state != engine.Complete && res.Err != nil && res.Err.Hint == "" {
		t.Errorf("the error %q says nothing that a person can do", res.Err)
	}
	if complete := slices.ContainsFunc(sink.parts, func(p engine.Part) bool { return p.Complete && !p.Gone }); complete && e.state == engine.Failed {
		t.Error("a partition is taken for complete although the stream failed")
	}
}

func eachStream(t *testing.T, run func(t *testing.T, x subject, a answerOf, one int)) {
	t.Helper()
	for name, x := range subjects(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := answerOf{t: t, stream: x.stream, body: x.body}
			run(t, x, a, x.rowsOfOnePage(t, a))
		})
	}
}

// rowsOfOnePage reads a list of one page: what every other case is compared with.
func (x subject) rowsOfOnePage(t *testing.T, a answerOf) int {
	t.Helper()
	root, _ := a.items()
	v := playVendor(t, x.lastPages(a, a.page(root, 1, 1, x.link))...)
	res, sink, _ := x.read(t, v, vendorhttp.Caps{})
	if res.State != engine.Complete || sink.rows == 0 || len(sink.rejects) > 0 {
		t.Fatalf("one good page is read as %s (%v) with %d records, refused %v", res.State, res.Err, sink.rows, sink.rejects)
	}
	return sink.rows
}

// lastPages is a page that is the last one, with the empty page that proves it where the vendor needs one.
func (x subject) lastPages(a answerOf, last reply) []reply {
	if x.endless() {
		root, _ := a.empty()
		return []reply{last, a.page(root, 2, 2, x.link+"2")}
	}
	return []reply{last}
}

// endless reports whether the vendor always names a next page, and an empty one is the end.
func (x subject) endless() bool {
	return len(x.stream.Paging.End) > 0 && x.stream.Paging.End[0] == "empty"
}

func (x subject) paged() bool { return x.stream.Paging.Kind != "none" }

// good is the first of several pages.
func (x subject) good(a answerOf) reply {
	root, _ := a.items()
	return a.page(root, 1, 3, x.link)
}

func TestTwoPagesAreReadToTheEnd(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, one int) {
		if !x.paged() {
			t.Skip("the vendor sends this list in one piece")
		}
		first, _ := a.items()
		second, _ := a.items()
		replies := []reply{a.page(first, 1, 2, x.link)}
		v := playVendor(t, append(replies, x.lastPages(a, a.page(second, 2, 2, x.link+"1"))...)...)
		res, sink, _ := x.read(t, v, vendorhttp.Caps{})
		ending{engine.Complete, "", "", 2 * one}.check(t, res, sink)
	})
}

func TestAnEmptyListIsEmptyOrMeansWhatTheManifestSays(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, _ int) {
		root, ok := a.empty()
		if !ok {
			t.Skip("the answer is one record")
		}
		v := playVendor(t, a.page(root, 1, 1, x.link))
		res, sink, _ := x.read(t, v, vendorhttp.Caps{})
		want := ending{state: engine.Complete}
		if e := x.stream.Expect; e != nil && e.MinRows > 0 {
			want = map[string]ending{"permission": {state: engine.Blocked, class: purser.ClassPermission},
				"not_available": {state: engine.NotOffered, class: purser.ClassNotAvailable}}[e.Else]
		}
		want.check(t, res, sink)
	})
}

func TestAFullLastPageIsTheEndAllTheSame(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, _ int) {
		if !x.paged() || x.stream.As != "" && x.stream.As != "list" {
			t.Skip("the vendor sends no pages of a fixed size")
		}
		full := a.page(a.grown(max(x.stream.Paging.Size, 2)), 1, 1, x.link)
		v := playVendor(t, x.lastPages(a, full)...)
		res, sink, _ := x.read(t, v, vendorhttp.Caps{})
		asked, _ := v.counts()
		ending{engine.Complete, "", "", sink.rows}.check(t, res, sink)
		if want := len(x.lastPages(a, full)); asked != want {
			t.Errorf("%d requests were made, want %d", asked, want)
		}
	})
}

func TestARepeatedTokenIsNeverTheEnd(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, one int) {
		if !x.paged() {
			t.Skip("the vendor sends this list in one piece")
		}
		v := playVendor(t, x.good(a))
		res, sink, _ := x.read(t, v, vendorhttp.Caps{})
		ending{engine.Failed, purser.ClassInvalidResponse, "", one}.check(t, res, sink)
	})
}

func TestALinkToAForeignHostIsNotFollowed(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, one int) {
		if !strings.HasPrefix(x.stream.Paging.Kind, "link_") {
			t.Skip("the vendor gives no links")
		}
		for _, foreign := range []string{"https://elsewhere.example/next", "http://" + x.hosts[0] + "/next", "//elsewhere.example/next",
			"https://" + x.hosts[0] + "@elsewhere.example/next", "https://" + x.hosts[0] + ".elsewhere.example/next"} {
			root, _ := a.items()
			v := playVendor(t, a.page(root, 1, 3, foreign))
			res, sink, _ := x.read(t, v, vendorhttp.Caps{})
			asked, strays := v.counts()
			class, kept := purser.ClassConfig, one
			if strings.Contains(foreign, "@") { // no address of a page at all: the page itself is not believed
				class, kept, asked = purser.ClassInvalidResponse, 0, 1
			}
			ending{engine.Failed, class, "", kept}.check(t, res, sink)
			if asked != 1 || strays != 0 {
				t.Errorf("%s: %d requests went to the vendor and %d elsewhere, want 1 and 0", foreign, asked, strays)
			}
		}
	})
}

func TestARefusalHasTheClassOfItsStatus(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, one int) {
		for status, want := range map[int]ending{
			401: {state: engine.Failed, class: purser.ClassAuthRevoked},
			402: {state: engine.NotOffered, class: purser.ClassNotAvailable},
			403: {state: engine.Blocked, class: purser.ClassPermission},
			500: {state: engine.Failed, class: purser.ClassTransient},
		} {
			x.refused(t, a, reply{status: status, body: []byte(`{}`)}, want, one)
		}
	})
}

// refused answers with a refusal, first at once and then after a good page.
func (x subject) refused(t *testing.T, a answerOf, bad reply, want ending, one int) {
	t.Helper()
	caps := vendorhttp.Caps{Body: 1 << 20}
	if bad.stall {
		caps.Idle, caps.Tries = 30*time.Millisecond, 2 // too short for a good page on a busy machine
	}
	res, sink, _ := x.read(t, playVendor(t, bad), caps)
	want.check(t, res, sink)
	if want.class == purser.ClassPermission && len(x.stream.Scopes) == 1 && res.Err != nil && !slices.Contains(x.stream.Scopes.Names(), res.Err.Scope) {
		t.Errorf("the missing scope is told as %q, want one of %v", res.Err.Scope, x.stream.Scopes)
	}
	if x.paged() && !bad.stall {
		want.rows = one
		res, sink, _ = x.read(t, playVendor(t, x.good(a), bad), caps)
		want.check(t, res, sink)
	}
}

func TestAListThatIsNotFoundEndsItsPartitionOnly(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, _ int) {
		res, sink, _ := x.read(t, playVendor(t, reply{status: 404, body: []byte(`{}`)}), vendorhttp.Caps{})
		gone := slices.ContainsFunc(sink.parts, func(p engine.Part) bool { return p.Gone })
		switch {
		case x.stream.ForEach == nil && x.stream.Vary == nil:
			ending{state: engine.Failed, class: purser.ClassNotFound}.check(t, res, sink)
		case x.stream.Expect != nil:
			ending{state: engine.Blocked, class: purser.ClassPermission}.check(t, res, sink)
		default:
			ending{state: engine.Complete}.check(t, res, sink)
		}
		if want := x.stream.OnNotFound == "gone"; gone != want {
			t.Errorf("the partition is taken for gone: %v, the manifest says %v", gone, want)
		}
	})
}

func TestALimitIsWaitedFor(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, one int) {
		now := x.fixture.Now
		root, _ := a.items()
		replies := x.lastPages(a, a.page(root, 1, 1, x.link))
		for name, c := range map[string]struct {
			header string
			least  time.Duration
		}{
			"seconds": {"7", 7 * time.Second},
			"date":    {now.Add(9 * time.Second).UTC().Format(http.TimeFormat), 9 * time.Second},
			"ISO":     {now.Add(11 * time.Second).UTC().Format(time.RFC3339), 11 * time.Second},
			"none":    {"", time.Second},
		} {
			limit := reply{status: 429, header: map[string]string{}, body: []byte(`{}`)}
			if c.header != "" {
				limit.header["Retry-After"] = c.header
			}
			res, sink, passed := x.read(t, playVendor(t, append([]reply{limit}, replies...)...), vendorhttp.Caps{})
			ending{engine.Complete, "", "", one}.check(t, res, sink)
			if waited := passed.Now().Sub(now); waited < c.least {
				t.Errorf("%s: it was asked again after %s, the vendor said %s", name, waited, c.least)
			}
		}
		long := reply{status: 429, header: map[string]string{"Retry-After": "3600"}, body: []byte(`{}`)}
		res, sink, _ := x.read(t, playVendor(t, long), vendorhttp.Caps{})
		ending{state: engine.Waiting, class: purser.ClassRateLimited}.check(t, res, sink)
		if res.Err != nil && res.Err.Until.Before(now.Add(time.Hour)) {
			t.Errorf("the run waits until %s, the vendor said %s", res.Err.Until, now.Add(time.Hour))
		}
	})
}

func TestAPassingTroubleIsTriedAgain(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, one int) {
		root, _ := a.items()
		replies := append([]reply{{status: 500}, {status: 503, body: []byte(`{}`)}}, x.lastPages(a, a.page(root, 1, 1, x.link))...)
		res, sink, _ := x.read(t, playVendor(t, replies...), vendorhttp.Caps{})
		ending{engine.Complete, "", "", one}.check(t, res, sink)
	})
}

func TestAnUnreadableAnswerIsNeverTheEnd(t *testing.T) {
	bomb := packed(t, 50<<20)
	eachStream(t, func(t *testing.T, x subject, a answerOf, one int) {
		whole := x.good(a)
		invalid := ending{state: engine.Failed, class: purser.ClassInvalidResponse}
		for name, c := range map[string]struct {
			bad  reply
			want ending
		}{
			"a web page with 200":  {reply{status: 200, header: map[string]string{"Content-Type": "text/html"}, body: []byte("<!doctype html><title>Sign in</title>")}, invalid},
			"JSON that is cut":     {reply{status: 200, header: whole.header, body: whole.body[:len(whole.body)*2/3]}, invalid},
			"nothing with 200":     {reply{status: 200, header: whole.header}, invalid},
			"50 MB":                {reply{serve: flood(50 << 20)}, ending{engine.Failed, purser.ClassInvalidResponse, "body_too_large", 0}},
			"a decompression bomb": {reply{status: 200, header: map[string]string{"Content-Encoding": "gzip"}, body: bomb}, ending{engine.Failed, purser.ClassInvalidResponse, "body_too_large", 0}},
			"a slow body":          {reply{status: 200, header: whole.header, body: whole.body, stall: true}, ending{engine.Failed, purser.ClassTransient, "slow", 0}},
		} {
			t.Run(name, func(t *testing.T) { x.refused(t, a, c.bad, c.want, one) })
		}
	})
}

func TestAPageBeforeASlowBodyIsKept(t *testing.T) {
	x := subjects(t)["okta/application_roster/users"]
	a := answerOf{t: t, stream: x.stream, body: x.body}
	slow := x.good(a)
	slow.stall = true
	res, sink, _ := x.read(t, playVendor(t, x.good(a), slow), vendorhttp.Caps{Idle: 3 * time.Second, Tries: 1})
	ending{engine.Failed, purser.ClassTransient, "slow", x.rowsOfOnePage(t, a)}.check(t, res, sink)
}

// flood sends n bytes of a JSON text that never ends.
func flood(n int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		chunk := bytes.Repeat([]byte(" "), 64<<10)
		_, _ = w.Write([]byte(`{"ok":true,`))
		for sent := 0; sent < n; sent += len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
}

func packed(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write([]byte(`{"ok":true,"x":"`))
	chunk := bytes.Repeat([]byte("a"), 1<<20)
	for range n >> 20 {
		_, _ = z.Write(chunk)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNullsAndMissingKeysAnywhereRefuseARecordAtMost(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, _ int) {
		root, n := a.holed()
		if n == 0 {
			t.Skip("the answer is one record")
		}
		res, sink, _ := x.read(t, playVendor(t, x.lastPages(a, a.page(root, 1, 1, x.link))...), vendorhttp.Caps{})
		if res.State != engine.Complete && (res.State != engine.Partial || res.Err == nil || res.Err.Code != "rejects") {
			t.Errorf("ended as %s: %v", res.State, res.Err)
		}
		if sink.rows == 0 {
			t.Errorf("of %d records with holes none was kept", n)
		}
		for _, id := range sink.ids {
			if id == "" {
				t.Error("a record without an id was kept")
			}
		}
		for _, why := range sink.rejects {
			if !strings.Contains(why, "is missing") && !strings.Contains(why, "is no object") && !strings.Contains(why, "this is") {
				t.Errorf("a record was refused with words of no use: %q", why)
			}
		}
	})
}
