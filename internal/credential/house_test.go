package credential_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/manifest"
)

// memory is a Store and FlowStore that counts.
type memory struct {
	mu      sync.Mutex
	records map[string]credential.Record
	flows   map[string]credential.Flow
	leases  map[string]lease
	reads   int
	swaps   int
	onRead  func(reads int, m *memory)

	released *sync.Cond
}

// untilReleased waits as long as somebody holds a lease.
func (m *memory) untilReleased() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.leases) > 0 {
		m.released.Wait()
	}
}

type lease struct {
	holder string
	until  time.Time
}

func newMemory() *memory {
	m := &memory{records: map[string]credential.Record{}, flows: map[string]credential.Flow{}, leases: map[string]lease{}}
	m.released = sync.NewCond(&m.mu)
	return m
}

func (m *memory) Credential(_ context.Context, id string) (credential.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	r, ok := m.records[id]
	if m.onRead != nil {
		m.onRead(m.reads, m)
	}
	if !ok {
		return credential.Record{}, credential.ErrNoCredential
	}
	r.Sealed = maps.Clone(r.Sealed)
	return r, nil
}

func (m *memory) SwapCredential(_ context.Context, r credential.Record, was int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records[r.ID].Generation != was || r.Generation != was+1 {
		return credential.ErrConflict
	}
	m.swaps++
	m.records[r.ID] = r
	return nil
}

func (m *memory) LeaseCredential(_ context.Context, id, holder string, now, until time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l, ok := m.leases[id]; ok && l.holder != holder && now.Before(l.until) {
		return false, nil
	}
	m.leases[id] = lease{holder, until}
	return true, nil
}

func (m *memory) ReleaseCredential(_ context.Context, id, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leases[id].holder == holder {
		delete(m.leases, id)
		m.released.Broadcast()
	}
	return nil
}

func (m *memory) PutFlow(_ context.Context, f credential.Flow, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.flows[f.State] = f
	return nil
}

func (m *memory) TakeFlow(_ context.Context, state string) (credential.Flow, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.flows[state]
	if !ok {
		return credential.Flow{}, credential.ErrNoFlow
	}
	delete(m.flows, state)
	return f, nil
}

// clock is a time that moves only when told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// tokenCall is one request that the vendor's token endpoint received.
type tokenCall struct {
	form   url.Values
	header http.Header
	user   string
	secret string
}

// house is a broker with a store and a vendor on loopback.
type house struct {
	t      *testing.T
	store  *memory
	clock  *clock
	sealer *credential.Sealer
	http   http.RoundTripper
	pins   egress.Pins
	sleep  func() // nil: the clock moves

	mu     sync.Mutex
	calls  []tokenCall
	answer func(n int, c tokenCall, w http.ResponseWriter)
}

const vendorHost = "vendor.example.com"

func newHouse(t *testing.T, answer func(n int, c tokenCall, w http.ResponseWriter)) *house {
	t.Helper()
	h := &house{t: t, store: newMemory(), clock: &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}, pins: egress.Pins{vendorHost}, answer: answer}
	vendor := httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(vendor.Close)
	to, err := egress.ParseVendorMap(vendorHost + "=" + vendor.URL)
	if err != nil {
		t.Fatal(err)
	}
	h.http = egress.New(egress.Options{VendorMap: to}).Transport()
	h.sealer, _, err = credential.OpenKeyFile(filepath.Join(t.TempDir(), "key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) serve(w http.ResponseWriter, r *http.Request) {
	c := tokenCall{header: r.Header.Clone()}
	if r.Header.Get("Content-Type") == "application/json" {
		object := map[string]string{}
		_ = json.NewDecoder(r.Body).Decode(&object)
		c.form = url.Values{}
		for name, value := range object {
			c.form.Set(name, value)
		}
	} else {
		_ = r.ParseForm()
		c.form = r.PostForm
	}
	c.user, c.secret, _ = r.BasicAuth()
	h.mu.Lock()
	h.calls = append(h.calls, c)
	n := len(h.calls)
	h.mu.Unlock()
	h.answer(n, c, w)
}

func (h *house) called() []tokenCall {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.calls)
}

func (h *house) broker(holder string) *credential.Broker {
	return credential.NewBroker(credential.Options{Store: h.store, Flows: h.store, Sealer: h.sealer, HTTP: h.http, UserAgent: "Purser/test",
		Holder: holder, Now: h.clock.Now, Rand: rand.Reader, Sleep: func(ctx context.Context, d time.Duration) error {
			if h.sleep != nil {
				h.sleep()
			} else {
				h.clock.Move(d)
			}
			return ctx.Err()
		}})
}

func (h *house) enter(auth *manifest.Auth, values map[string]string) {
	h.t.Helper()
	err := h.broker("setup").Enter(h.t.Context(), credential.Entry{CredentialID: "crd_1", InstanceID: "ins_1", Connector: "vendor", Auth: auth, Pins: h.pins, Values: values})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) use(auth *manifest.Auth) credential.Use {
	return credential.Use{CredentialID: "crd_1", Auth: auth, Settings: map[string]string{"domain": vendorHost}, Pins: h.pins,
		Scopes: map[string][]string{"": {"users.read", "groups.read"}}}
}

// authorize returns the request as it would leave.
func authorize(ctx context.Context, s *credential.Session, token string, scopes []string, refused string) (*http.Request, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+vendorHost+"/api/users?limit=1", nil)
	if err != nil {
		return nil, "", err
	}
	grip, err := s.Authorize(ctx, r, token, scopes, refused)
	return r, grip, err
}

// granted puts tokens into the record by way of a consent.
func (h *house) granted(auth *manifest.Auth) {
	h.t.Helper()
	b := h.broker("setup")
	s := b.Session(h.use(auth))
	u, err := b.Begin(h.t.Context(), s, credential.Consent{InstanceID: "ins_1", Connector: "vendor", Browser: "browser", Redirect: "https://purser.example.com/oauth/callback"})
	if err != nil {
		h.t.Fatal(err)
	}
	flow, err := b.Take(h.t.Context(), u.Query().Get("state"), "browser")
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := b.Exchange(h.t.Context(), s, flow, "code-1"); err != nil {
		h.t.Fatal(err)
	}
}

func say(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	_ = json.NewEncoder(&body).Encode(v)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

func codeAuth() *manifest.Auth {
	return &manifest.Auth{Name: "app", Grant: "code", ClientAuth: "basic", AuthorizeURL: "https://login.example.com/authorize",
		TokenURL: "https://${settings.domain}/token", Fields: []manifest.CredentialField{{Name: "client_id", Shown: true}, {Name: "client_secret"}}}
}

func clientValues() map[string]string {
	return map[string]string{"client_id": "client-1", "client_secret": "canary-client-secret"}
}

var errAny = errors.New("any")
