package connectors_test

import (
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/engine"
	"purser/internal/manifest"
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

// endless reports whether an empty page, or the same token once more, is the end:
// the vendor always names a next page, or tells nothing and all pages here are full.
func (x subject) endless() bool {
	end := x.stream.Paging.End
	return len(end) > 0 && (end[0] == "empty" || end[0] == "same_token") || len(end) == 1 && byLength(x.stream)
}

// byLength reports whether the end of a list shows first of all by a page that is not full.
func byLength(s *manifest.CompiledStream) bool {
	return len(s.Paging.End) > 0 && s.Paging.End[0] == "short"
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
		if x.stream.Paging.End[0] == "same_token" {
			t.Skip("to this vendor a repeated token is the end")
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
			if strings.Contains(x.stream.Paging.Next, " ") { // takes the parameters of a link, and never its host
				if strays != 0 {
					t.Errorf("%s: %d requests went elsewhere", foreign, strays)
				}
				continue
			}
			ending{engine.Failed, class, "", kept}.check(t, res, sink)
			if asked != 1 || strays != 0 {
				t.Errorf("%s: %d requests went to the vendor and %d elsewhere, want 1 and 0", foreign, asked, strays)
			}
		}
	})
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
