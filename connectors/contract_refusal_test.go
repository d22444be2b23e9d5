package connectors_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"testing"
	"time"

	"purser"
	"purser/internal/engine"
	"purser/internal/vendorhttp"
)

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
