package web_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/internal/app"
	"purser/internal/config"
	"purser/internal/demo"
	"purser/internal/sandbox"
	"purser/internal/store/storetest"
	"purser/internal/web/assets"
	"purser/internal/web/browsertest"
)

// site is a whole Purser on loopback, with the made-up company's vendors beside it.
type site struct {
	*app.App
	vendors *sandbox.Sandbox
	host    context.Context // acts as the operator on the host
}

// serve starts a site and stops it with the test.
func serve(t testing.TB) *site {
	t.Helper()
	return serveWith(t, func(*app.Options) {})
}

// serveWith is serve with options of the test's own.
func serveWith(t testing.TB, adapt func(o *app.Options)) *site {
	t.Helper()
	if _, err := assets.Open(); err != nil {
		t.Skip(err)
	}
	vendors, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 1, Unlimited: true, Key: clientKey(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vendors.Close() })
	data := t.TempDir()
	storetest.Migrated(t, data)
	var pairs []string
	for host, address := range vendors.Map() {
		pairs = append(pairs, host+"="+address)
	}
	o := app.Options{Server: config.Server{Data: data, Listen: "127.0.0.1:0", Workers: 2,
		VendorMap: strings.Join(slices.Sorted(slices.Values(pairs)), ",")}, Version: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now}
	adapt(&o)
	a, err := app.Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("the server stopped: %v", err)
		}
	})
	host := purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "host", Name: "host", Role: purser.RoleAdmin, Origin: "system"})
	return &site{App: a, vendors: vendors, host: host}
}

// connectAll connects the company's five systems and waits for their first sync.
func (s *site) connectAll(t testing.TB) {
	t.Helper()
	s.connectSome(t, nil)
}

// connectSome connects those of the company's systems that the connectors read; nil for all.
func (s *site) connectSome(t testing.TB, connectors []string) {
	t.Helper()
	d := &demo.Demo{Organization: s.Organization, Connect: s.Connect, Contracts: s.Contracts, Sandbox: s.vendors, Only: connectors, Say: func(string, ...any) {}, Pause: func(ctx context.Context) error {
		select {
		case <-time.After(150 * time.Millisecond): // to ask costs more than to wait
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	summary, err := d.Run(s.host)
	if err != nil {
		t.Fatal(err)
	}
	if !summary.Complete() {
		t.Fatalf("not every run of the company's systems succeeded: %+v", summary)
	}
}

// signIn opens a tab and signs in there with a one-time link.
func (s *site) signIn(t testing.TB, b *browsertest.Browser, email string, role purser.Role) *browsertest.Page {
	t.Helper()
	path, err := s.Login.OneTimeSignIn(s.host, email, strings.ToUpper(email[:1])+email[1:strings.IndexByte(email, '@')]+" Example", role)
	if err != nil {
		t.Fatal(err)
	}
	p := b.Page(t, 1280, 800)
	p.Light()
	p.Open(s.PublicURL() + path)
	p.Click("button[type=submit]")
	p.Until(`location.pathname === "/" && document.readyState === "complete"`)
	return p
}

// clean fails for errors of the console and for other hosts than the site and those given.
func (s *site) clean(p *browsertest.Page, more ...string) {
	p.Clean(append(more, strings.TrimPrefix(s.PublicURL(), "http://"))...)
}

// vendorHosts are the loopback addresses that play the vendors.
func (s *site) vendorHosts() []string {
	var out []string
	for _, address := range slices.Sorted(maps.Values(s.vendors.Map())) {
		out = append(out, strings.TrimPrefix(address, "http://"))
	}
	return out
}

// clientKey is the key pair that the vendors' clients share: making one takes long.
func clientKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := madeKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

var madeKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
