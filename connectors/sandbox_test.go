package connectors_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/manifest"
	"purser/internal/sandbox"
	"purser/internal/trial"
	"purser/internal/vendorhttp"
)

// connections are the ways to connect the made-up company's systems.
func connections(s *sandbox.Sandbox) []sandbox.Connection {
	c := s.Credentials()
	return append(s.Connections(), sandbox.Connection{Connector: sandbox.Okta, Name: "by token", Auth: "api_token",
		Settings: map[string]string{"domain": c.Okta.Domain}, Fields: map[string]string{"token": c.Okta.APIToken}})
}

// connection is one of them.
func connection(t *testing.T, s *sandbox.Sandbox, connector string) sandbox.Connection {
	t.Helper()
	for _, of := range s.Connections() {
		if of.Connector == connector {
			return of
		}
	}
	t.Fatalf("the made-up company has no %s", connector)
	return sandbox.Connection{}
}

// connected is a connector with a credential that the made-up vendor accepts.
type connected struct {
	plan     *manifest.Plan
	settings map[string]string
	identity manifest.Identity
	caller   *vendorhttp.Caller
	now      func() time.Time
}

func connect(t *testing.T, s *sandbox.Sandbox, of sandbox.Connection) connected {
	t.Helper()
	m := decoded(t, of.Connector)
	plan, err := manifest.Compile(m, folder(t, of.Connector))
	if err != nil {
		t.Fatal(err)
	}
	settings, _, err := m.CheckSettings(of.Settings)
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := m.HostsFor(settings)
	if err != nil {
		t.Fatal(err)
	}
	var mapped []string
	for host, to := range s.Map() {
		mapped = append(mapped, host+"="+to)
	}
	to, err := egress.ParseVendorMap(strings.Join(mapped, ","))
	if err != nil {
		t.Fatal(err)
	}
	transport := egress.New(egress.Options{VendorMap: to}).Transport()
	sealer, _, err := credential.OpenKeyFile(filepath.Join(t.TempDir(), "key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	v := trial.NewVault()
	sleep := func(ctx context.Context, d time.Duration) error { s.AdvanceClock(d); return ctx.Err() }
	broker := credential.NewBroker(credential.Options{Store: v, Flows: v, Sealer: sealer, HTTP: transport, UserAgent: "Purser/test", Holder: "test",
		Now: s.Now, Rand: rand.Reader, Sleep: sleep})
	auth := m.AuthNamed(of.Auth)
	if err := broker.Enter(t.Context(), credential.Entry{CredentialID: "crd_1", InstanceID: "ins_1", Connector: m.Name, Auth: auth, Pins: hosts, Values: of.Fields}); err != nil {
		t.Fatal(err)
	}
	use := credential.Use{CredentialID: "crd_1", Auth: auth, Settings: settings, Pins: hosts, Scopes: map[string][]string{}}
	for _, token := range []string{"", "bot", "user"} {
		use.Scopes[token] = m.ScopesOf(token).Asked(m, settings)
	}
	session := broker.Session(use)
	if auth.Grant == "code" {
		consent(t, s, broker, session, m.Name)
	}
	client := vendorhttp.New(vendorhttp.Options{Transport: transport, UserAgent: "Purser/test", Now: s.Now, Sleep: sleep, Jitter: func() float64 { return 0 }})
	c := connected{plan: plan, settings: settings, now: s.Now,
		caller: client.Caller(vendorhttp.Instance{ID: "ins_1", Pins: hosts, HTTP: &m.HTTP, Credentials: session})}
	c.identity = c.whose(t)
	return c
}

// consent goes through the vendor's page as a person does.
func consent(t *testing.T, s *sandbox.Sandbox, b *credential.Broker, session *credential.Session, connector string) {
	t.Helper()
	to, err := b.Begin(t.Context(), session, credential.Consent{InstanceID: "ins_1", Connector: connector, Browser: "b", Redirect: "https://purser.example.com/oauth/callback"})
	if err != nil {
		t.Fatal(err)
	}
	back, err := s.Consent(t.Context(), to.String(), true)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	flow, err := b.Take(t.Context(), u.Query().Get("state"), "b")
	if err != nil {
		t.Fatalf("%v, at %s", err, back)
	}
	if _, err := b.Exchange(t.Context(), session, flow, u.Query().Get("code")); err != nil {
		t.Fatal(err)
	}
}

// whose asks the vendor what was connected, and holds the probe against its expectation.
func (c connected) whose(t *testing.T) manifest.Identity {
	t.Helper()
	body := c.ask(t, c.plan.Tenant.Request, c.plan.Tenant.Token, c.plan.Tenant.Scopes)
	all, err := c.plan.Tenant.Read(body, c.vars)
	if err != nil {
		t.Fatal(err)
	}
	c.identity = all[0]
	if all[0].ID == "" || all[0].Name == "" {
		t.Errorf("the vendor's tenant is %+v", all[0])
	}
	if err := c.plan.Probe.Check(c.ask(t, c.plan.Probe.Request, c.plan.Probe.Token, c.plan.Probe.Scopes)); err != nil {
		t.Error(err)
	}
	return all[0]
}

func (c connected) ask(t *testing.T, r *manifest.CompiledRequest, token string, scopes manifest.Scopes) []byte {
	t.Helper()
	built, err := r.Build(c.vars, manifest.Added{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.caller.Do(t.Context(), vendorhttp.Request{Route: built.Route, Method: built.Method, URL: built.URL, Header: built.Header, Body: built.Body,
		ContentType: built.ContentType, Token: token, Scopes: scopes.Asked(c.plan.Manifest, c.settings)})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Body
}

func (c connected) vars(name string) (string, bool) {
	switch name {
	case "tenant.id":
		return c.identity.ID, c.identity.ID != ""
	case "tenant.name":
		return c.identity.Name, c.identity.Name != ""
	}
	setting, ok := strings.CutPrefix(name, "settings.")
	v, known := c.settings[setting]
	return v, ok && known
}
