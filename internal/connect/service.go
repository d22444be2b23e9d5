package connect

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/manifest"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Starter starts runs.
type Starter interface {
	Start(ctx context.Context, instanceID string, trigger purser.Trigger, tasks ...purser.TaskName) ([]purser.Run, error)
}

// Options make a Service.
type Options struct {
	DB        *store.DB
	Gate      Gate
	Links     Links
	Starter   Starter
	IDs       purser.IDSource
	Now       func() time.Time
	PublicURL string                    // where people reach Purser; the only source of the redirect address
	Browser   func(u *url.URL) *url.URL // where a browser finds a vendor's page; nil: at its own address
	Safelist  []string                  // addresses that Purser calls out from, as configured
	Proxy     string                    // the outbound proxy, without its password; "" for none
	Zone      purser.Zone
	// Tell notes in the transaction of a change that people are to be told of it. nil: nobody is told.
	Tell func(ctx context.Context, tx bun.Tx, e purser.Event) error
}

// Service connects applications and changes instances. It is safe for concurrent use.
type Service struct {
	db        *store.DB
	gate      Gate
	links     Links
	starter   Starter
	ids       purser.IDSource
	now       func() time.Time
	publicURL string
	browser   func(u *url.URL) *url.URL
	safelist  []string
	proxy     string
	zone      purser.Zone
	tell      func(ctx context.Context, tx bun.Tx, e purser.Event) error
	tries     tries // of delegates' links
}

// New returns a Service.
func New(o Options) *Service {
	s := &Service{db: o.DB, gate: o.Gate, links: o.Links, starter: o.Starter, ids: o.IDs, now: o.Now,
		publicURL: strings.TrimSuffix(o.PublicURL, "/"), browser: o.Browser, safelist: o.Safelist, proxy: o.Proxy, zone: o.Zone, tell: o.Tell}
	if s.now == nil {
		s.now = time.Now
	}
	if s.tell == nil {
		s.tell = func(context.Context, bun.Tx, purser.Event) error { return nil }
	}
	if s.browser == nil {
		s.browser = func(u *url.URL) *url.URL { return u }
	}
	return s
}

// CallbackPath is where vendors send the browser back to, below the public URL.
const CallbackPath = "/oauth/callback"

// RedirectURL is the address to register at the vendor.
func (s *Service) RedirectURL() string { return s.publicURL + CallbackPath }

// connector returns one connector, or the refusal for a name that is none.
// ConnectorTitle is what people call a connector, its name where it is not in the catalog.
func (s *Service) ConnectorTitle(name string) string {
	if c := s.links.Catalog.Get(name); c != nil {
		return c.Manifest.Title
	}
	return name
}

func (s *Service) connector(name string) (*manifest.Connector, error) {
	if c := s.links.Catalog.Get(name); c != nil {
		return c, nil
	}
	return nil, purser.NotFound("connector", name)
}

// everyOf is the default time between two runs of a task.
func everyOf(t *manifest.Task) time.Duration {
	if every := t.Schedule.Std(); every > 0 {
		return every
	}
	return 24 * time.Hour
}
