package vendorhttp_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/internal/egress"
	"purser/internal/manifest"
	"purser/internal/vendorhttp"
)

const vendorHost = "vendor.example.com"

// vendor is a vendor on loopback, and a clock that only waits move.
type vendor struct {
	t      *testing.T
	answer func(n int, w http.ResponseWriter, r *http.Request)

	mu     sync.Mutex
	now    time.Time
	slept  []time.Duration
	seen   []*http.Request
	events []vendorhttp.Event

	transport http.RoundTripper
	caps      vendorhttp.Caps
	instance  vendorhttp.Instance
}

func newVendor(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *vendor {
	t.Helper()
	v := &vendor{t: t, answer: answer, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		v.seen = append(v.seen, r)
		n := len(v.seen)
		v.mu.Unlock()
		v.answer(n, w, r)
	}))
	t.Cleanup(server.Close)
	mapped, err := egress.ParseVendorMap(vendorHost + "=" + server.URL + ",files.example.net=" + server.URL + ",evil.example.net=" + server.URL)
	if err != nil {
		t.Fatal(err)
	}
	v.transport = egress.New(egress.Options{VendorMap: mapped}).Transport()
	v.instance = vendorhttp.Instance{ID: "ins_1", Pins: egress.Pins{vendorHost}, HTTP: &manifest.HTTP{}, Record: func(e vendorhttp.Event) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.events = append(v.events, e)
	}}
	return v
}

func (v *vendor) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

func (v *vendor) client() *vendorhttp.Client {
	return vendorhttp.New(vendorhttp.Options{Transport: v.transport, UserAgent: "Purser/test", Now: v.Now, Caps: v.caps,
		Jitter: func() float64 { return 0.5 },
		Sleep: func(ctx context.Context, d time.Duration) error {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.now = v.now.Add(d)
			v.slept = append(v.slept, d)
			return ctx.Err()
		}})
}

func (v *vendor) caller() *vendorhttp.Caller { return v.client().Caller(v.instance) }

func list() vendorhttp.Request {
	return vendorhttp.Request{Stream: "users", Route: "/users", Method: "GET", URL: "https://" + vendorHost + "/api/users?limit=2", Page: 1}
}

func good(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`[{"id":"1"}]`))
}

// fails expects the class after so many requests.
func (v *vendor) fails(c *vendorhttp.Caller, r vendorhttp.Request, want purser.Class, requests int) *purser.Error {
	v.t.Helper()
	before := v.requests()
	_, err := c.Do(v.t.Context(), r)
	told, ok := errors.AsType[*purser.Error](err)
	if !ok || told.Class != want {
		v.t.Fatalf("got %v (%q), want %s", err, purser.ClassOf(err), want)
	}
	if told.What == "" {
		v.t.Errorf("%s is told without words", want)
	}
	if got := v.requests() - before; got != requests {
		v.t.Errorf("%s: %d requests, want %d", want, got, requests)
	}
	return told
}

func (v *vendor) requests() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.seen)
}

// keys are credentials that change when they are refused, until they run out.
type keys struct {
	mu   sync.Mutex
	list []string
	err  error
}

func (k *keys) Authorize(_ context.Context, r *http.Request, _ string, _ []string, refused string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return "", k.err
	}
	if refused == k.list[0] && len(k.list) > 1 {
		k.list = k.list[1:]
	}
	r.Header.Set("Authorization", "Bearer canary-"+k.list[0])
	return k.list[0], nil
}

func (k *keys) Answered(r *http.Request, a *http.Response) bool {
	return a.Header.Get("DPoP-Nonce") != "" && a.StatusCode == 401
}

func (k *keys) Redact(text string) string { return strings.ReplaceAll(text, "canary-", "[secret]") }
