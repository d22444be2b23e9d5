package source_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/connectors"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/sandbox"
	"purser/internal/source"
	"purser/internal/vendorhttp"
)

// shelf is a credential.Store and FlowStore for one test.
type shelf struct {
	mu      sync.Mutex
	records map[string]credential.Record
	flows   map[string]credential.Flow
}

func (s *shelf) Credential(_ context.Context, id string) (credential.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[id]
	if !ok {
		return r, credential.ErrNoCredential
	}
	return r, nil
}

func (s *shelf) SwapCredential(_ context.Context, r credential.Record, was int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records[r.ID].Generation != was {
		return credential.ErrConflict
	}
	s.records[r.ID] = r
	return nil
}

func (s *shelf) LeaseCredential(context.Context, string, string, time.Time, time.Time) (bool, error) {
	return true, nil
}
func (s *shelf) ReleaseCredential(context.Context, string, string) error { return nil }

func (s *shelf) PutFlow(_ context.Context, f credential.Flow, _ time.Time) error {
	s.flows[f.State] = f
	return nil
}

func (s *shelf) TakeFlow(_ context.Context, state string) (credential.Flow, error) {
	f, ok := s.flows[state]
	if !ok {
		return f, credential.ErrNoFlow
	}
	delete(s.flows, state)
	return f, nil
}

// tenant is one connector connected to the sandbox.
type tenant struct {
	t       *testing.T
	box     *sandbox.Sandbox
	m       *manifest.Manifest
	auth    *manifest.Auth
	broker  *credential.Broker
	session *credential.Session
	source  source.HTTP
	events  []vendorhttp.Event
}

func connectTo(t *testing.T, box *sandbox.Sandbox, name, auth string, pins egress.Pins, settings, values map[string]string, scopes map[string][]string) *tenant {
	t.Helper()
	text, err := connectors.Manifest(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	c := &tenant{t: t, box: box, m: m}
	for i := range m.Auth {
		if m.Auth[i].Name == auth {
			c.auth = &m.Auth[i]
		}
	}
	var entries []string
	for host, to := range box.Map() {
		entries = append(entries, host+"="+to)
	}
	mapped, err := egress.ParseVendorMap(strings.Join(entries, ","))
	if err != nil {
		t.Fatal(err)
	}
	transport := egress.New(egress.Options{VendorMap: mapped}).Transport()
	sealer, _, err := credential.OpenKeyFile(filepath.Join(t.TempDir(), "key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	store := &shelf{records: map[string]credential.Record{}, flows: map[string]credential.Flow{}}
	sleep := func(ctx context.Context, d time.Duration) error { box.AdvanceClock(d); return ctx.Err() }
	c.broker = credential.NewBroker(credential.Options{Store: store, Flows: store, Sealer: sealer, HTTP: transport, UserAgent: "Purser/test",
		Holder: "test", Now: box.Now, Sleep: sleep, Rand: rand.Reader})
	if err := c.broker.Enter(t.Context(), credential.Entry{CredentialID: "crd_1", InstanceID: "ins_1", Connector: name, Auth: c.auth, Pins: pins, Values: values}); err != nil {
		t.Fatal(err)
	}
	c.session = c.broker.Session(credential.Use{CredentialID: "crd_1", Auth: c.auth, Settings: settings, Pins: pins, Scopes: scopes})
	client := vendorhttp.New(vendorhttp.Options{Transport: transport, UserAgent: "Purser/test", Now: box.Now, Sleep: sleep, Jitter: func() float64 { return 0.5 }})
	c.source = source.HTTP{Limits: source.StreamLimits(m), Caller: client.Caller(vendorhttp.Instance{ID: "ins_1", Pins: pins, HTTP: &m.HTTP, Credentials: c.session,
		Record: func(e vendorhttp.Event) { c.events = append(c.events, e) }})}
	return c
}

func (c *tenant) fetch(method, address, token string, scopes ...string) (*engine.Response, error) {
	var need manifest.Scopes
	for _, s := range scopes {
		need = append(need, []string{s})
	}
	return c.source.Fetch(c.t.Context(), engine.Request{Stream: "users", Route: "/users", Method: method, URL: address, Token: token, Scopes: need, Page: 1})
}

func (c *tenant) reads(method, address, token, want string, scopes ...string) {
	c.t.Helper()
	answer, err := c.fetch(method, address, token, scopes...)
	if err != nil {
		c.t.Fatalf("%s: %v", address, err)
	}
	if !strings.Contains(string(answer.Body), want) {
		c.t.Errorf("%s: %.200s", address, answer.Body)
	}
}

// consent goes through the vendor's page as a person does.
func (c *tenant) consent() {
	c.t.Helper()
	u, err := c.broker.Begin(c.t.Context(), c.session, credential.Consent{InstanceID: "ins_1", Connector: c.m.Name, Browser: "b", Redirect: "https://purser.example.com/oauth/callback"})
	if err != nil {
		c.t.Fatal(err)
	}
	back, err := c.box.Consent(c.t.Context(), u.String(), true)
	if err != nil {
		c.t.Fatal(err)
	}
	callback, err := url.Parse(back)
	if err != nil {
		c.t.Fatal(err)
	}
	flow, err := c.broker.Take(c.t.Context(), callback.Query().Get("state"), "b")
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.broker.Exchange(c.t.Context(), c.session, flow, callback.Query().Get("code")); err != nil {
		c.t.Fatal(err)
	}
}

func okta(t *testing.T, o sandbox.Options, auth string) *tenant {
	t.Helper()
	box, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	k := box.Credentials().Okta
	return connectTo(t, box, "okta", auth, egress.Pins{k.Domain}, map[string]string{"domain": k.Domain},
		map[string]string{"client_id": k.ClientID, "key_id": k.KeyID, "private_key": k.PrivateKey, "token": k.APIToken}, nil)
}

func TestAServiceAppReadsWithAnAssertionAndWithProofsWhenTheyAreDemanded(t *testing.T) {
	for _, demanded := range []bool{false, true} {
		c := okta(t, sandbox.Options{DPoP: demanded}, "service_app")
		address := "https://" + c.box.Credentials().Okta.Domain + "/api/v1/users?limit=2"
		for range 3 {
			c.reads("GET", address, "", `"profile"`, "okta.users.read")
		}
		if n := c.box.TokensIssued("okta"); n != 1 {
			t.Errorf("DPoP %v: %d tokens for one set of scopes", demanded, n)
		}
		c.box.ExpireTokens("okta")
		c.reads("GET", address, "", `"profile"`, "okta.users.read")
		if n := c.box.TokensIssued("okta"); n != 2 {
			t.Errorf("DPoP %v: %d tokens after an end", demanded, n)
		}
	}
}

func TestAnAPITokenReadsAndItsRevocationIsToldAsSuch(t *testing.T) {
	c := okta(t, sandbox.Options{}, "api_token")
	address := "https://" + c.box.Credentials().Okta.Domain + "/api/v1/users?limit=2"
	c.reads("GET", address, "", `"profile"`)
	c.box.RevokeTokens("okta")
	_, err := c.fetch("GET", address, "")
	if purser.ClassOf(err) != purser.ClassAuthRevoked || errors.Is(err, credential.ErrRefused) || strings.Contains(err.Error(), c.box.Credentials().Okta.APIToken) {
		t.Errorf("%v", err)
	}
}

func TestAClientThatTheTokenEndpointRefusesIsConfirmedAsRefused(t *testing.T) {
	c := okta(t, sandbox.Options{}, "service_app")
	c.box.RevokeTokens("okta")
	_, err := c.fetch("GET", "https://"+c.box.Credentials().Okta.Domain+"/api/v1/users?limit=2", "", "okta.users.read")
	if purser.ClassOf(err) != purser.ClassAuthRevoked || !errors.Is(err, credential.ErrRefused) {
		t.Errorf("%v", err)
	}
}

func TestAServiceAccountReadsAndAScopeThatIsNotDelegatedStopsItsStreamAlone(t *testing.T) {
	box, err := sandbox.Start(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	k := box.Credentials().Google
	c := connectTo(t, box, "google-workspace", "service_account", egress.Pins{"oauth2.googleapis.com", "admin.googleapis.com", "licensing.googleapis.com"}, nil,
		map[string]string{"service_account": k.ServiceAccountJSON, "admin": k.Admin}, nil)
	users := "https://admin.googleapis.com/admin/directory/v1/users?customer=my_customer&maxResults=5"
	c.reads("GET", users, "", `primaryEmail`, "admin.directory.user.readonly")
	_, err = c.fetch("GET", users, "", "admin.directory.device.chromeos")
	told, ok := errors.AsType[*purser.Error](err)
	if !ok || told.Class != purser.ClassPermission || told.Scope != "admin.directory.device.chromeos" {
		t.Errorf("%v", err)
	}
	c.reads("GET", users, "", `primaryEmail`, "admin.directory.user.readonly")
}

func TestAConsentWithTwoTokensReadsWithEach(t *testing.T) {
	for _, rotation := range []bool{false, true} {
		box, err := sandbox.Start(t.Context(), sandbox.Options{SlackRotation: rotation})
		if err != nil {
			t.Fatal(err)
		}
		k := box.Credentials().Slack
		c := connectTo(t, box, "slack", "oauth", egress.Pins{"slack.com"}, nil, map[string]string{"client_id": k.ClientID, "client_secret": k.ClientSecret},
			map[string][]string{"bot": {"users:read", "users:read.email"}, "user": {"admin"}})
		c.consent()
		check := func() {
			t.Helper()
			c.reads("GET", "https://slack.com/api/users.list?limit=5", "bot", `"members"`)
			c.reads("GET", "https://slack.com/api/team.accessLogs?limit=5", "user", `"logins"`)
		}
		check()
		if rotation {
			box.AdvanceClock(13 * time.Hour)
			check()
			box.AdvanceClock(13 * time.Hour)
			check()
		}
	}
}

func TestARotatingTokenIsRenewedAndAnEndedConsentIsRefused(t *testing.T) {
	box, err := sandbox.Start(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	k := box.Credentials().Xero
	c := connectTo(t, box, "xero", "oauth", egress.Pins{"login.xero.com", "identity.xero.com", "api.xero.com"}, nil,
		map[string]string{"client_id": k.ClientID, "client_secret": k.ClientSecret}, map[string][]string{"": {"accounting.settings.read"}})
	c.consent()
	for range 3 {
		c.reads("GET", "https://api.xero.com/connections", "", "tenantId")
		box.AdvanceClock(time.Hour)
	}
	box.RevokeTokens("xero")
	if _, err := c.fetch("GET", "https://api.xero.com/connections", ""); !errors.Is(err, credential.ErrRefused) {
		t.Errorf("%v", err)
	}
}

func TestFaultsOnCueAreOvercome(t *testing.T) {
	c := okta(t, sandbox.Options{Unlimited: true}, "api_token")
	for _, kind := range []sandbox.FaultKind{sandbox.Dropped, sandbox.CutBody, sandbox.EmptyBody, sandbox.HTMLBody, sandbox.RateLimited} {
		c.box.Script(sandbox.Fault{Vendor: "okta", Kind: kind, Times: 1})
		c.reads("GET", "https://"+c.box.Credentials().Okta.Domain+"/api/v1/users?limit=2", "", `"profile"`)
		if c.box.Fired(kind) != 1 {
			t.Errorf("%s fired %d times", kind, c.box.Fired(kind))
		}
	}
}
