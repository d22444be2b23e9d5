package notify

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"purser"
	"purser/internal/store"
)

// Ways on which people are told.
const (
	WayMail    = "mail"
	WayWebhook = "webhook"
	WayChat    = "chat"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Sealer keeps the addresses and secrets of endpoints from those who read the database.
type Sealer interface {
	Seal(plain []byte, endpointID, field string) ([]byte, error)
	Open(sealed []byte, endpointID, field string) ([]byte, error)
}

// Options make a Service.
type Options struct {
	DB        *store.DB
	Gate      Gate
	Now       func() time.Time
	Rand      io.Reader
	Log       *slog.Logger
	PublicURL string      // where people reach Purser, for links
	Mail      *MailServer // nil: none is configured, and mail waits
	HTTP      http.RoundTripper
	Sealer    Sealer
	UserAgent string
	Frozen    func() bool // reports that nothing may go out now; nil: never
	Safelist  []string    // addresses that vendors see, as the operator says
	// Attach makes the file of a report when its mail goes out, with the rights that
	// the user of the address has then. nil: mails have no files.
	Attach func(ctx context.Context, report, address string) (File, error)
	Node   string // names this process and those before it, of which none can be alive now
}

// File goes with a mail. Note says what must be said of it.
type File struct {
	Name    string
	Content []byte
	Note    string
}

// Service tells people what changed. It is safe for concurrent use.
type Service struct {
	Options
	ids    purser.IDSource
	holder string
	wake   chan struct{}

	mu       sync.Mutex
	mailRest time.Time // the mail server is left alone until then
	mailBad  int       // how often in a row it was not there
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Now == nil || o.Rand == nil || o.Log == nil {
		return nil, errors.New("notify: DB, Gate, Now, Rand and Log must be set")
	}
	s := &Service{Options: o, ids: purser.IDSource{Now: o.Now, Rand: o.Rand}, wake: make(chan struct{}, 1)}
	s.holder = s.ids.New("")
	if s.Node != "" {
		s.holder = s.Node + "." + s.holder
	}
	return s, nil
}

func (s *Service) now() purser.Micros { return purser.MicrosOf(s.Now()) }

func (s *Service) frozen() bool { return s.Frozen != nil && s.Frozen() }

// rouse lets the worker look now and not only at its next turn.
func (s *Service) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
