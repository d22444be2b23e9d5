package engine_test

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"testing"
	"testing/fstest"

	"purser"
	"purser/internal/engine"
	"purser/internal/manifest"
)

func TestATableIsAskedForAsSuchAndMayBeRedirected(t *testing.T) {
	v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return "id,name\n1,a\n2,b\n", "", nil }}
	k := newShelf()
	res := run(t, stream(t, "body: csv\nredirect: {to: [\"*.Files.example\"], auth: none}"), v, k)
	if res.State != engine.Complete || k.ids() != "1 2" {
		t.Fatalf("%s (%v): %s", res.State, res.Err, k.ids())
	}
	r := v.request[0]
	if !r.Large {
		t.Error("a whole list in one answer is held to the size of a page")
	}
	if !slices.Contains(r.Header, [2]string{"Accept", "text/csv, */*;q=0.5"}) || !slices.Equal(r.RedirectTo, []string{"*.files.example"}) {
		t.Errorf("asked with %v, redirects to %v", r.Header, r.RedirectTo)
	}
}

func TestLinesOverSeveralPagesEndWhereTheHeaderSays(t *testing.T) {
	v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
		if u.Query().Get("p") == "" {
			return "{\"id\":1}\n{\"id\":2}\n", "/list?p=2", nil
		}
		return "{\"id\":3}\n", "", nil
	}}
	k := newShelf()
	if res := run(t, stream(t, "body: ndjson\npage: {kind: link_header}"), v, k); res.State != engine.Complete || k.ids() != "1 2 3" {
		t.Errorf("%s (%v): %s", res.State, res.Err, k.ids())
	}
}

func TestATableOfTheConnectorsOwnIsReadWithoutARequest(t *testing.T) {
	const text = `manifest: 1
name: acme
title: Acme
http: {base_url: "https://api.acme.example"}
tasks:
  license_information:
    streams:
      names: {emits: lookup, mode: snapshot, table: plans.csv, fields: {external_id: id, name: name}}
`
	m, err := manifest.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	compiled := func(table string) *manifest.Plan {
		t.Helper()
		plan, err := manifest.Compile(m, fstest.MapFS{"plans.csv": {Data: []byte(table)}})
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	plan, other := compiled("id,name\nE3,Suite E3\nE5,Suite E5\n"), compiled("id,name\nE3,Suite\n")
	k := newShelf()
	res := run(t, plan.Tasks[0].Stream("names"), &vendor{}, k)
	if res.State != engine.Complete || k.ids() != "E3 E5" || k.complete[""] != "single" {
		t.Errorf("%s (%v): %s %v", res.State, res.Err, k.ids(), k.complete)
	}
	if plan.Digest == other.Digest {
		t.Error("another table has the same digest: nobody would be asked to trust it")
	}
	if _, err := manifest.Compile(m, fstest.MapFS{}); err == nil {
		t.Error("a table that is not there is no problem")
	}
}

func TestAHookPutsAnAnswerIntoAFormThatTheManifestDescribes(t *testing.T) {
	v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return `<l><i>1</i></l>`, "", nil }}
	for name, c := range map[string]struct {
		rewrite func([]byte) ([]byte, error)
		class   purser.Class
		ids     string
	}{
		"there": {func(b []byte) ([]byte, error) {
			return bytes.Replace([]byte(`[{"id":"?"}]`), []byte("?"), b[6:7], 1), nil
		}, "", "1"},
		"not there":  {nil, purser.ClassConfig, ""},
		"not itself": {func([]byte) ([]byte, error) { return nil, errors.New("no XML") }, purser.ClassInvalidResponse, ""},
	} {
		k := newShelf()
		res := engine.Run(t.Context(), engine.Job{Stream: stream(t, "hook: xml"), Now: now, Rewrite: c.rewrite}, v, k)
		class := purser.Class("")
		if res.Err != nil {
			class = res.Err.Class
		}
		if class != c.class || k.ids() != c.ids {
			t.Errorf("%s: %s (%v): %s", name, res.State, res.Err, k.ids())
		}
	}
}

func TestRecordsOfWhichNoneCanBeUsedMeanWhatTheManifestSays(t *testing.T) {
	s := func() *manifest.CompiledStream {
		return stream(t, "body: csv\nkeep: 'id contains \"@\"'\nexpect: {min_kept: 1, else: permission, hint: Show the names.}")
	}
	for body, want := range map[string]engine.State{"id,name\nA81F,x\n": engine.Blocked, "id,name\n": engine.Complete, "id,name\na@b,x\nA81F,y\n": engine.Complete} {
		v := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { return body, "", nil }}
		res := run(t, s(), v, newShelf())
		if res.State != want || want == engine.Blocked && (res.Err.Class != purser.ClassPermission || res.Err.Hint != "Show the names.") {
			t.Errorf("%q: %s (%v)", body, res.State, res.Err)
		}
	}
}

func TestANextPageMayStandUnderAnOddName(t *testing.T) {
	v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
		if u.Query().Get("p") == "" {
			return `{"@odata.nextLink":"https://api.acme.example/list?p=2","value":[{"id":1}]}`, "", nil
		}
		return `{"value":[{"id":2}]}`, "", nil
	}}
	k := newShelf()
	if res := run(t, stream(t, "at: value\npage: {kind: link_body, next: 'this[\"@odata.nextLink\"]'}"), v, k); res.State != engine.Complete || k.ids() != "1 2" {
		t.Errorf("%s (%v): %s", res.State, res.Err, k.ids())
	}
}

func TestABareTokenInPlaceOfAnAddressIsSentAsTheParameter(t *testing.T) {
	v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
		switch u.Query().Get("cursor") {
		case "":
			return `{"links":{"next":"a+b="},"data":[{"id":1}]}`, "", nil
		case "a+b=":
			return `{"links":{"next":"/list?cursor=c"},"data":[{"id":2}]}`, "", nil
		}
		return `{"links":{},"data":[{"id":3}]}`, "", nil
	}}
	k := newShelf()
	if res := run(t, stream(t, "at: data\npage: {kind: link_body, next: links.next, param: cursor}"), v, k); res.State != engine.Complete || k.ids() != "1 2 3" {
		t.Errorf("%s (%v): %s, asked %v", res.State, res.Err, k.ids(), v.asked)
	}
}
