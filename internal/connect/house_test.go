package connect_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/uptrace/bun"

	"purser"
	"purser/connectors"
	"purser/internal/connect"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/manifest"
	"purser/internal/sandbox"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/internal/vendorhttp"
)

// house is a service in front of a made-up company's vendors.
type house struct {
	*connect.Service
	t       *testing.T
	db      *store.DB
	vendors *sandbox.Sandbox
	creds   sandbox.Credentials
	links   connect.Links
	gate    *gate
	starts  *starts
	zone    *time.Location // of the organization; nil: UTC
	ctx     context.Context

	mu    sync.Mutex
	clock time.Time
}

type gate struct{ no map[purser.Operation]bool }

func (g *gate) Allow(_ context.Context, op purser.Operation) error {
	if g.no[op] {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: string(op)}
	}
	return nil
}

// starts notes which runs were asked for.
type starts struct {
	mu   sync.Mutex
	list []start
}

type start struct {
	instance string
	trigger  purser.Trigger
	tasks    []purser.TaskName
}

func (s *starts) Start(_ context.Context, id string, trigger purser.Trigger, tasks ...purser.TaskName) ([]purser.Run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, start{id, trigger, slices.Clone(tasks)})
	return nil, nil
}

func (s *starts) all() []start {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

// each runs fn in a house on both databases.
func each(t *testing.T, o sandbox.Options, fn func(h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(build(t, db, o)) })
}

// The catalog and the vendors' key are each one for all tests of this package: to
// make them takes longer than most of the tests.
var (
	catalog   = sync.OnceValues(func() (manifest.Catalog, error) { return manifest.Load(connectors.Files()) })
	vendorKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
)

// build makes a house; others are vendors beside the made-up company's.
func build(t *testing.T, db *store.DB, o sandbox.Options, others ...egress.VendorMap) *house {
	t.Helper()
	h := &house{t: t, db: db, gate: &gate{no: map[purser.Operation]bool{}}, starts: &starts{}, clock: time.Now().UTC().Truncate(time.Second)}
	var err error
	if o.Key == nil {
		if o.Key, err = vendorKey(); err != nil {
			t.Fatal(err)
		}
	}
	o.Now = h.now
	if h.vendors, err = sandbox.Start(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.vendors.Close() })
	h.creds = h.vendors.Credentials()
	led := egress.VendorMap{}
	for host, at := range h.vendors.Map() {
		if led[host], err = url.Parse(at); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range others {
		maps.Copy(led, other)
	}
	transport := egress.New(egress.Options{VendorMap: led}).Transport()
	catalog, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := credential.NewSealer(keys)
	if err != nil {
		t.Fatal(err)
	}
	still := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	h.links = connect.Links{Catalog: catalog,
		Broker: credential.NewBroker(credential.Options{Store: db.Credentials(), Flows: db.Credentials(), Sealer: sealer, HTTP: transport,
			UserAgent: "Purser/test", Holder: "test", Now: h.now, Sleep: still, Rand: rand.Reader}),
		Client: vendorhttp.New(vendorhttp.Options{Transport: transport, UserAgent: "Purser/test", Now: h.now, Sleep: still, Jitter: func() float64 { return 0 }}),
	}
	h.Service = connect.New(connect.Options{DB: db, Gate: h.gate, Links: h.links, Starter: h.starts, IDs: purser.IDSource{Now: h.now, Rand: rand.Reader},
		Now: h.now, PublicURL: "https://purser.example.com/", Browser: led.Browser, Safelist: []string{"192.0.2.7"},
		Zone: func(context.Context) *time.Location {
			if h.zone == nil {
				return time.UTC
			}
			return h.zone
		}})
	h.ctx = purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_1", Name: "admin@example.com", Role: purser.RoleAdmin, Session: browser})
	return h
}

// browser is the session of the person of the tests.
const browser = "session of the admin"

func (h *house) create(in connect.CreateInput) purser.Instance {
	h.t.Helper()
	i, err := h.Create(h.ctx, in)
	if err != nil {
		h.t.Fatalf("create %s: %v", in.Connector, err)
	}
	return i
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) test(id string) connect.TestResult {
	h.t.Helper()
	r, err := h.Test(h.ctx, id)
	h.must(err)
	return r
}

func (h *house) instance(id string) purser.Instance {
	h.t.Helper()
	i, err := h.Instance(h.ctx, id)
	h.must(err)
	return i
}

// okta connects the made-up Okta by its API token.
func (h *house) okta() purser.Instance {
	h.t.Helper()
	i := h.create(connect.CreateInput{Connector: sandbox.Okta, Name: "Acme", Auth: "api_token", Settings: map[string]string{"domain": h.creds.Okta.Domain}})
	h.must(h.SetCredential(h.ctx, i.ID, "api_token", map[string]string{"token": h.creds.Okta.APIToken}))
	if r := h.test(i.ID); !r.OK {
		h.t.Fatalf("test: %+v", r)
	}
	h.must(h.Confirm(h.ctx, i.ID))
	return h.instance(i.ID)
}

// consent goes through the vendor's page and returns what the browser brings back.
func (h *house) consent(id string, allow bool, tenants ...string) url.Values {
	h.t.Helper()
	page, err := h.StartAuthorize(h.ctx, id, browser)
	h.must(err)
	back, err := h.vendors.Consent(h.t.Context(), page, allow, tenants...)
	h.must(err)
	u, err := url.Parse(back)
	h.must(err)
	if u.Scheme+"://"+u.Host+u.Path != "https://purser.example.com/oauth/callback" {
		h.t.Fatalf("the vendor sent the browser to %s", back)
	}
	return u.Query()
}

func (h *house) write(stmt string, args ...any) {
	h.t.Helper()
	h.must(h.db.Write(h.ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(stmt, args...).Exec(ctx)
		return err
	}))
}

// setTenant makes an instance one of another organization.
func (h *house) setTenant(id, tenant, name string) {
	h.write("UPDATE instance SET tenant_id = ?, tenant_name = ? WHERE id = ?", tenant, name, id)
}

func (h *house) setStatus(id string, status purser.Status, reason string) {
	h.write("UPDATE instance SET status = ?, reason = ? WHERE id = ?", string(status), reason, id)
}
