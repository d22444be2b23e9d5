package connectortest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"time"

	"purser"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/refusal"
)

// answers is the vendor of a fixture: an engine.Source without a network. What
// nobody wrote an answer for is told with the request, so that the author of a
// connector can copy it.
type answers struct {
	fixture *Fixture
	rules   refusal.Rules
	used    []bool
	unknown []string // requests without an answer
}

func newAnswers(f *Fixture, m *manifest.Manifest) *answers {
	return &answers{fixture: f, used: make([]bool, len(f.Exchanges)),
		rules: refusal.Rules{Errors: m.HTTP.Errors, Bodies: m.HTTP.ErrorBody, Success: m.HTTP.Success, Missing: m.HTTP.Missing}}
}

// Fetch answers from the fixture.
func (a *answers) Fetch(_ context.Context, r engine.Request) (*engine.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, &purser.Error{Class: purser.ClassConfig, What: "the request has no address", Err: err}
	}
	sent := http.Header{}
	for _, h := range r.Header {
		sent.Add(h[0], h[1])
	}
	for i, e := range a.fixture.Exchanges {
		if !e.Asks(r.Method, u, sent, r.Body) {
			continue
		}
		a.used[i] = true
		e, err := a.redirected(e, r.RedirectTo)
		if err != nil {
			return nil, err
		}
		header := http.Header(e.Answer.Headers)
		told := a.rules.Judge(refusal.Answer{Status: e.Answer.Status, Header: header, Body: e.Answer.Body, Stream: r.Stream,
			What: r.Method + " " + e.Path}, a.fixture.Now)
		if told != nil {
			return nil, told
		}
		return &engine.Response{Status: e.Answer.Status, Header: header.Values, Body: e.Answer.Body, URL: r.URL}, nil
	}
	asked := r.Method + " " + u.RequestURI()
	if len(r.Body) > 0 {
		asked += " with " + string(r.Body)
	}
	a.unknown = append(a.unknown, asked)
	return nil, &purser.Error{Class: purser.ClassConfig, What: "the fixture has no answer to " + asked,
		Hint: "Add an exchange for this request to the fixture."}
}

// redirected goes where an answer redirects to, if the stream declares its host.
func (a *answers) redirected(e Exchange, to []string) (Exchange, error) {
	next, u := a.fixture.Follow(e)
	if u == nil {
		return e, nil
	}
	if next < 0 || !manifest.HostAllowed(u.Hostname(), to) {
		return e, &purser.Error{Class: purser.ClassConfig, What: "the fixture has no answer to GET " + u.Path + ", or the manifest does not declare a redirect to " + u.Hostname(),
			Hint: "Add an exchange for the address, and its host to redirect: {to: […], auth: none}."}
	}
	a.used[next] = true
	return a.fixture.Exchanges[next], nil
}

// Follow returns the exchange to which an answer redirects, -1 if there is none,
// and the address; nil if the answer does not redirect.
func (f *Fixture) Follow(e Exchange) (int, *url.URL) {
	if e.Answer.Status < 301 || e.Answer.Status > 308 {
		return -1, nil
	}
	u, err := url.Parse(http.Header(e.Answer.Headers).Get("Location"))
	if err != nil {
		return -1, &url.URL{}
	}
	return slices.IndexFunc(f.Exchanges, func(next Exchange) bool { return next.Asks(http.MethodGet, u, nil, nil) }), u
}

// Asks reports whether the exchange is for a request, whatever its host.
func (e Exchange) Asks(method string, u *url.URL, header http.Header, body []byte) bool {
	if e.Method != method || e.Path != u.Path {
		return false
	}
	sent := u.Query()
	if len(sent) != len(e.Query) {
		return false
	}
	for name, want := range e.Query {
		if !slices.EqualFunc(sent[name], want, func(got, want string) bool { return want == "*" || got == want }) {
			return false
		}
	}
	for name, want := range e.Headers {
		if got := header.Get(name); got == "" || want != "*" && got != want {
			return false
		}
	}
	return len(e.JSON) == 0 && len(body) == 0 || sameJSON(e.JSON, body)
}

func sameJSON(a, b []byte) bool {
	var x, y any
	if json.NewDecoder(bytes.NewReader(a)).Decode(&x) != nil || json.NewDecoder(bytes.NewReader(b)).Decode(&y) != nil {
		return false
	}
	return likeJSON(x, y)
}

// likeJSON compares values; the text * stands for any.
func likeJSON(want, got any) bool {
	if want == "*" {
		return got != nil
	}
	switch want := want.(type) {
	case map[string]any:
		other, ok := got.(map[string]any)
		if !ok || len(other) != len(want) {
			return false
		}
		for k, v := range want {
			if o, ok := other[k]; !ok || !likeJSON(v, o) {
				return false
			}
		}
		return true
	case []any:
		other, ok := got.([]any)
		return ok && slices.EqualFunc(want, other, likeJSON)
	}
	return reflect.DeepEqual(want, got)
}

// unasked lists the answers that no request asked for.
func (a *answers) unasked() []string {
	var out []string
	for i, e := range a.fixture.Exchanges {
		if !a.used[i] {
			out = append(out, fmt.Sprintf("exchange %d (%s %s) was never asked for", i+1, e.Method, e.Path))
		}
	}
	return out
}

func (a *answers) now() time.Time { return a.fixture.Now }
