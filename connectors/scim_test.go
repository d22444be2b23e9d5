package connectors_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/egress"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/source"
	"purser/internal/source/scimtest"
	"purser/internal/vendorhttp"
)

// scimServer is the connector at a real SCIM server.
type scimServer struct {
	plan   *manifest.Plan
	client http.RoundTripper
	source source.HTTP
}

func newScimServer(t *testing.T, token string) scimServer {
	t.Helper()
	address := scimtest.Start(t)
	plan, err := manifest.Compile(decoded(t, "scim"), folder(t, "scim"))
	if err != nil {
		t.Fatal(err)
	}
	mapped, err := egress.ParseVendorMap("planner.example.com=" + address)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	transport := egress.New(egress.Options{VendorMap: mapped}).Transport()
	client := vendorhttp.New(vendorhttp.Options{Transport: bearer{transport, token}, UserAgent: "Purser/test", Now: c.Now, Sleep: c.Sleep, Jitter: func() float64 { return 0 }})
	return scimServer{plan: plan, client: bearer{transport, token},
		source: source.HTTP{Caller: client.Caller(vendorhttp.Instance{ID: "ins_scim", Pins: []string{"planner.example.com"}, HTTP: &plan.Manifest.HTTP})}}
}

// bearer adds the token that the credential's session adds in a running product.
type bearer struct {
	next  http.RoundTripper
	token string
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

func scimVars(name string) (string, bool) {
	v, ok := map[string]string{"settings.address": "https://planner.example.com/scim/v2", "account.external_id": "7", "account.status": "active"}[name]
	return v, ok
}

func (s scimServer) read(t *testing.T, stream string) (engine.Result, *tally) {
	t.Helper()
	return s.readWith(t, stream, scimVars)
}

func (s scimServer) readWith(t *testing.T, stream string, vars manifest.Vars) (engine.Result, *tally) {
	t.Helper()
	sink := &tally{}
	res := engine.Run(t.Context(), engine.Job{Stream: s.plan.Task("application_roster").Stream(stream), Vars: vars, Now: time.Now}, s.source, sink)
	return res, sink
}

// filtered are the variables of an instance with a filter for users.
func filtered(filter string) manifest.Vars {
	return func(name string) (string, bool) {
		if name == "settings.filter" {
			return filter, true
		}
		return scimVars(name)
	}
}

func TestARealScimServerIsReadToItsEnd(t *testing.T) {
	s := newScimServer(t, scimtest.Token)
	for stream, want := range map[string]int{"users": 250, "groups": 3, "members": 4} {
		res, sink := s.read(t, stream)
		if res.State != engine.Complete || sink.rows != want || len(sink.rejects) > 0 {
			t.Errorf("%s: %s (%v), %d records, want %d; refused %v", stream, res.State, res.Err, sink.rows, want, sink.rejects)
		}
	}
}

func TestOnlyUsersThatMeetTheFilterAreRead(t *testing.T) {
	s := newScimServer(t, scimtest.Token)
	for filter, want := range map[string]int{
		`userName eq "u7@example.com"`:        1,
		`active eq true and userName co "u"`:  225, // more than a page
		`title pr and userType eq "Employee"`: 1,
		`userName eq "nobody+x&count=1"`:      0,
	} {
		res, sink := s.readWith(t, "users", filtered(filter))
		if res.State != engine.Complete || sink.rows != want {
			t.Errorf("%s: %s (%v), %d users, want %d", filter, res.State, res.Err, sink.rows, want)
		}
		if res, sink := s.readWith(t, "groups", filtered(filter)); res.State != engine.Complete || sink.rows != 3 {
			t.Errorf("%s: %s, %d groups: it is about users alone", filter, res.State, sink.rows)
		}
	}
}

func TestAFilterThatTheServerRefusesIsToldBySettingsName(t *testing.T) {
	s := newScimServer(t, scimtest.Token)
	res, sink := s.readWith(t, "users", filtered(`userName is "u7@example.com"`))
	if res.Err == nil || res.Err.Class != purser.ClassConfig || !strings.Contains(res.Err.Hint, "Filter for users") || sink.rows != 0 {
		t.Errorf("%s: %+v, %d rows", res.State, res.Err, sink.rows)
	}
}

func TestAScimServerThatRefusesTheTokenIsTold(t *testing.T) {
	s := newScimServer(t, "wrong")
	if res, _ := s.read(t, "users"); res.Err == nil || res.Err.Class != "auth_revoked" || res.Err.Hint == "" {
		t.Errorf("%s: %v", res.State, res.Err)
	}
}

func TestAScimServerSuspendsByPatch(t *testing.T) {
	s := newScimServer(t, scimtest.Token)
	i := slices.IndexFunc(s.plan.Actions, func(a *manifest.CompiledAction) bool { return a.Name == "suspend" })
	built, err := s.plan.Actions[i].Steps[0].Build(scimVars, manifest.Added{})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), built.Method, built.URL, bytes.NewReader(built.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", built.ContentType)
	for _, h := range built.Header {
		req.Header.Set(h[0], h[1])
	}
	res, err := s.client.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK || !strings.Contains(string(body), `"active":false`) {
		t.Fatalf("the server answers %d: %s", res.StatusCode, body)
	}
}
