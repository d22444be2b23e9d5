// Package doctor looks at the box and says what to mend, and packs what support
// needs without telling anything about the organization.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"purser"
	"purser/internal/freeze"
	"purser/internal/store"
)

// Finding is one thing that was looked at.
type Finding struct {
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Gate says whether the actor of a context may do something.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Options are what a Service looks at.
type Options struct {
	DB        *store.DB
	Gate      Gate
	Now       func() time.Time
	Version   string
	PublicURL string
	Data      string
	TLSCert   string // file, "" if Purser does no TLS itself
	Calls     func() freeze.State
	// Verify walks the audit log.
	Verify func(ctx context.Context) (int64, error)
	// Hosts lists the hosts of live instances.
	Hosts func(ctx context.Context) ([]string, error)
	// Reach sees that a host answers, through everything that calls to it go through.
	Reach func(ctx context.Context, host string) error
	// Mail sees that the mail server answers; nil: there is none.
	Mail func(ctx context.Context) error
	// Metrics writes the metrics as Prometheus reads them.
	Metrics func() ([]byte, error)
	// Config is the configuration with nothing in it but what support may know.
	Config map[string]any
	// Words returns the parts of paths that connectors know by themselves: read anew
	// for each bundle, as they are a megabyte that nothing else needs.
	Words func() (map[string]bool, error)
}

// Service looks at the box.
type Service struct{ Options }

// New returns the service.
func New(o Options) *Service { return &Service{o} }

// longest is how long one thing may take to look at.
const longest = 15 * time.Second

// Look looks at everything that only the server can see.
func (s *Service) Look(ctx context.Context) ([]Finding, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingRead); err != nil {
		return nil, err
	}
	all := []Finding{s.database(ctx), s.clock(ctx), s.disk(), s.address(), s.certificate()}
	calls := s.Calls()
	if calls.Frozen {
		all = append(all, Finding{Check: "outgoing calls", Message: calls.Sentence(),
			Hint: "Hosts and mail server are not looked at while calls are frozen"})
	} else {
		all = append(all, s.hosts(ctx)...)
		all = append(all, s.mail(ctx))
	}
	return append(all, s.audit(ctx)), nil
}

func ok(check, format string, args ...any) Finding {
	return Finding{Check: check, OK: true, Message: fmt.Sprintf(format, args...)}
}

// mend is a finding of an error in its own words.
func mend(check string, err error) Finding {
	f := Finding{Check: check, Message: err.Error()}
	if p, is := errors.AsType[*purser.Problem](err); is {
		f.Message, f.Hint = p.What, p.Hint
	} else if e, is := errors.AsType[*purser.Error](err); is {
		f.Message, f.Hint = e.What, e.Hint
	}
	return f
}

func (s *Service) database(ctx context.Context) Finding {
	const check = "database"
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := s.DB.Health(ctx); err != nil {
		return mend(check, err)
	}
	var steps int
	if err := s.DB.Read().NewRaw("SELECT count(*) FROM migration").Scan(ctx, &steps); err != nil {
		return mend(check, err)
	}
	return ok(check, "%s answers; %d steps of migration are applied", s.DB.Dialect(), steps)
}

// drift is how far two clocks may be apart: signed requests fail beyond it.
const drift = 30 * time.Second

func (s *Service) clock(ctx context.Context) Finding {
	const check, hint = "clock", "Let this machine's time be kept by NTP: signed tokens are refused by vendors otherwise"
	now := s.Now()
	if at, has, err := s.DB.ClockOf(ctx); err == nil && has {
		if d := at.Time().Sub(now); d.Abs() > drift {
			return Finding{Check: check, Message: fmt.Sprintf("it differs by %s from that of the database server", d.Abs().Round(time.Second)), Hint: hint}
		}
	}
	newest, err := store.NewestAudit(ctx, s.DB.Read())
	if err != nil {
		return mend(check, err)
	}
	if d := newest.Time().Sub(now); newest > 0 && d > drift {
		return Finding{Check: check, Message: fmt.Sprintf("it stands %s before the newest entry of the audit log", d.Round(time.Second)), Hint: hint}
	}
	return ok(check, "%s", now.UTC().Format(time.RFC3339))
}

func (s *Service) address() Finding {
	const check = "public address"
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Host == "" {
		return Finding{Check: check, Message: "it cannot be read", Hint: "Set --public-url to what people type, as in https://purser.example.com"}
	}
	switch host := u.Hostname(); {
	case u.Scheme == "https":
		return ok(check, "%s", s.PublicURL)
	case host == "localhost" || host == "127.0.0.1" || host == "::1":
		return ok(check, "%s: this machine only", s.PublicURL)
	}
	return Finding{Check: check, Message: s.PublicURL + " is not encrypted", Hint: "Give --tls-cert and --tls-key, or let a proxy do TLS and set --public-url to https://…"}
}

func (s *Service) hosts(ctx context.Context) []Finding {
	hosts, err := s.Hosts(ctx)
	if err != nil {
		return []Finding{mend("vendors", err)}
	}
	if len(hosts) == 0 {
		return []Finding{ok("vendors", "no application is connected yet")}
	}
	out := make([]Finding, len(hosts))
	for i, host := range hosts {
		out[i] = s.reach(ctx, host)
	}
	return out
}

func (s *Service) reach(ctx context.Context, host string) Finding {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := s.Reach(ctx, host); err != nil {
		return mend("vendor "+host, err)
	}
	return ok("vendor "+host, "it answers")
}

func (s *Service) mail(ctx context.Context) Finding {
	if s.Mail == nil {
		return ok("mail server", "none is configured: nobody is told by mail")
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := s.Mail(ctx); err != nil {
		return mend("mail server", err)
	}
	return ok("mail server", "it answers")
}

func (s *Service) audit(ctx context.Context) Finding {
	n, err := s.Verify(ctx)
	if p, is := errors.AsType[*purser.Problem](err); is && p.Kind == purser.ProblemForbidden {
		return ok("audit log", "not looked at: your role may not read it")
	}
	if err != nil {
		return Finding{Check: "audit log", Message: err.Error(), Hint: "Compare the database with a backup from before"}
	}
	return ok("audit log", "the chain of %d entries holds", n)
}
