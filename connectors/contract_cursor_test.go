package connectors_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser/internal/engine"
	"purser/internal/vendorhttp"
)

// A stream that reads changes or events goes on where its last complete reading
// ended, and asks for no more than the overlap again.
func TestTheNextReadingGoesOnWhereTheLastOneEnded(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, _ int) {
		if x.stream.Cursor == nil {
			t.Skip("a snapshot is read as a whole each time")
		}
		root, _ := a.items()
		replies := x.lastPages(a, a.page(root, 1, 1, x.link))
		x.since = ""
		first, _, _ := x.read(t, playVendor(t, replies...), vendorhttp.Caps{})
		if first.State != engine.Complete || first.Cursor == "" {
			t.Fatalf("the first reading ended as %s (%v) with the cursor %q", first.State, first.Err, first.Cursor)
		}
		x.since = first.Cursor
		var asked []*http.Request
		v := playVendor(t, reply{serve: func(w http.ResponseWriter, r *http.Request) {
			body, _ := readAll(r)
			copied := r.Clone(r.Context())
			copied.Body = io.NopCloser(bytes.NewReader(body))
			asked = append(asked, copied)
			w.WriteHeader(http.StatusForbidden)
		}})
		x.read(t, v, vendorhttp.Caps{})
		if len(asked) == 0 {
			t.Fatal("nothing was asked")
		}
		x.checkGoesOn(t, first.Cursor, asked[0])
	})
}

func (x subject) checkGoesOn(t *testing.T, cursor string, r *http.Request) {
	t.Helper()
	c := x.stream.Cursor
	sent, err := url.QueryUnescape(r.URL.RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	body, err := readAll(r)
	if err != nil {
		t.Fatal(err)
	}
	sent += " " + r.Header.Get("If-Modified-Since") + " " + string(body)
	switch {
	case c.Kind == "link":
		if got := "https://" + r.Host + r.URL.RequestURI(); got != cursor {
			t.Errorf("asked at %s, the last reading ended at %s", got, cursor)
		}
	case c.StopAt != "": // the vendor takes no lower bound
	case c.Kind == "opaque":
		if !strings.Contains(sent, cursor) {
			t.Errorf("asked with %q, the last reading ended at %q", sent, cursor)
		}
	default:
		at, err := time.Parse(time.RFC3339Nano, cursor)
		if err != nil {
			t.Fatal(err)
		}
		layout := "2006-01-02T15:04:05"
		switch c.Format {
		case "iso_space":
			layout = time.DateTime
		case "date":
			layout = time.DateOnly
		}
		if want := at.Add(-c.Overlap.Std()).UTC().Format(layout); !strings.Contains(sent, want) {
			t.Errorf("asked with %q, want changes since %s", sent, want)
		}
	}
}

// Where the vendor has no lower bound, pages are read until they are older than it.
func TestPagesOlderThanTheLastReadingAreNotAskedFor(t *testing.T) {
	eachStream(t, func(t *testing.T, x subject, a answerOf, one int) {
		if x.stream.Cursor == nil || x.stream.Cursor.StopAt == "" {
			t.Skip("the vendor takes a lower bound")
		}
		x.since = x.fixture.Now.Format(time.RFC3339Nano)
		v := playVendor(t, x.good(a))
		res, sink, _ := x.read(t, v, vendorhttp.Caps{})
		ending{engine.Complete, "", "", one}.check(t, res, sink)
		if asked, _ := v.counts(); asked != 1 {
			t.Errorf("%d pages were asked for, want the one in which the last reading ended", asked)
		}
	})
}
