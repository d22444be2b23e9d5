package notify

import (
	"context"
	"errors"
	"io"
	"log/slog"
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

// Options make a Service.
type Options struct {
	DB   *store.DB
	Gate Gate
	Now  func() time.Time
	Rand io.Reader
	Log  *slog.Logger
}

// Service tells people what changed. It is safe for concurrent use.
type Service struct {
	Options
	ids  purser.IDSource
	wake chan struct{}
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Now == nil || o.Rand == nil || o.Log == nil {
		return nil, errors.New("notify: DB, Gate, Now, Rand and Log must be set")
	}
	return &Service{Options: o, ids: purser.IDSource{Now: o.Now, Rand: o.Rand}, wake: make(chan struct{}, 1)}, nil
}

func (s *Service) now() purser.Micros { return purser.MicrosOf(s.Now()) }

// rouse lets the worker look now and not only at its next turn.
func (s *Service) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
