package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Sandbox is the running company: one listener for each vendor host.
type Sandbox struct {
	opts    Options
	journal journal
	faults  faultScript
	done    chan struct{}
	stop    sync.Once
	servers []*http.Server
	urls    map[string]string

	mu      sync.Mutex // guards all below, and the vendors' own state
	frozen  time.Time
	company *Company
	book    tokenBook
	key     func() rsaKey // of both clients that sign
	buckets map[string]*bucket
	vendors map[string]vendor
	okta    *okta
	google  *google
	slack   *slack
	bamboo  *bamboo
	xero    *xero
	labs    *onelogin // nil without Options.Labs
}

// vendor is one of the company's systems, on one or more hosts.
type vendor interface {
	name() string
	hosts() []string
	mux(host string) *http.ServeMux
	// refuse answers with a status in the vendor's own words.
	refuse(x *exchange, status int, detail string)
	// limited answers that too much was asked, as the vendor does, until a time.
	limited(x *exchange, until time.Time)
}

// Start makes the company and serves its vendors on loopback until ctx ends or Close is called.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Company.Today.IsZero() {
		o.Company.Today = o.Now()
	}
	s := &Sandbox{opts: o, done: make(chan struct{}), urls: map[string]string{}, buckets: map[string]*bucket{}, vendors: map[string]vendor{},
		company: NewCompany(o.Seed, o.Company), book: newTokenBook()}
	s.key = keyPair(o.Key)
	s.journal.off = o.NoJournal
	s.faults.seed = o.Seed
	s.okta, s.google, s.slack, s.bamboo, s.xero = newOkta(s), newGoogle(s), newSlack(s), newBamboo(s), newXero(s)
	all := []vendor{s.okta, s.google, s.slack, s.bamboo, s.xero}
	if o.Labs {
		s.labs = newOneLogin(s)
		s.company.addLabs()
		all = append(all, s.labs)
	}
	for _, v := range all {
		s.vendors[v.name()] = v
		for _, host := range v.hosts() {
			if err := s.listen(ctx, v, host); err != nil {
				return nil, errors.Join(err, s.Close())
			}
		}
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

func (s *Sandbox) listen(ctx context.Context, v vendor, host string) error {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the sandbox cannot listen on loopback for %s: %w", host, err)
	}
	srv := &http.Server{Handler: s.handler(v, host), ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	s.servers = append(s.servers, srv)
	s.urls[host] = "http://" + ln.Addr().String()
	go func() { _ = srv.Serve(ln) }()
	return nil
}

// Close stops all listeners and ends what is still being answered.
func (s *Sandbox) Close() error {
	var errs []error
	s.stop.Do(func() {
		close(s.done)
		for _, srv := range s.servers {
			errs = append(errs, srv.Close())
		}
	})
	return errors.Join(errs...)
}

// Map gives each vendor host the loopback URL that serves it.
func (s *Sandbox) Map() map[string]string {
	out := make(map[string]string, len(s.urls))
	for host, url := range s.urls {
		out[host] = url
	}
	return out
}

// Now is the vendors' clock.
func (s *Sandbox) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Sandbox) now() time.Time {
	if !s.frozen.IsZero() {
		return s.frozen
	}
	return s.opts.Now().UTC()
}

// FreezeClock stops the vendors' clock at a time.
func (s *Sandbox) FreezeClock(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = at.UTC()
}

// AdvanceClock freezes the vendors' clock d later than it stands.
func (s *Sandbox) AdvanceClock(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = s.now().Add(d)
}

// Company runs f on the company while no vendor answers, to read or change it.
func (s *Sandbox) Company(f func(*Company)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.company)
}

// lifetime is how long an access token lives where the vendor says def.
func (s *Sandbox) lifetime(def time.Duration) time.Duration {
	if s.opts.TokenLifetime > 0 {
		return s.opts.TokenLifetime
	}
	return def
}
