package organization

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
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
	// Category returns a connector's category: "hr", "identity" …
	Category func(connector string) string
	// MailWorks reports whether a mail server is configured. nil: none is.
	MailWorks func() bool
	// Local is the zone where the organization says none; nil: UTC.
	Local *time.Location
}

// Service keeps the settings of the organization. It is safe for concurrent use.
type Service struct {
	Options
	mu   sync.Mutex
	kept *purser.Organization
	zone *time.Location
	read time.Time
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Now == nil || o.Category == nil {
		return nil, errors.New("organization: DB, Gate, Now and Category must be set")
	}
	if o.Local == nil {
		o.Local = time.UTC
	}
	return &Service{Options: o}, nil
}

// Names of settings.
const (
	settingOrganization = "organization"
	settingStart        = "getting_started"
)

// Show returns the settings for those who may look at settings.
func (s *Service) Show(ctx context.Context) (purser.Organization, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingRead); err != nil {
		return purser.Organization{}, err
	}
	return s.load(ctx, s.DB.Read())
}

func (s *Service) load(ctx context.Context, db bun.IDB) (purser.Organization, error) {
	o := purser.Organization{MailDomains: []string{}, FiscalStart: 1}
	text, ok, err := store.Setting(ctx, db, settingOrganization)
	if err != nil || !ok {
		return o, err
	}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return o, fmt.Errorf("read the settings of the organization: %w", err)
	}
	return o, nil
}

// Set keeps the settings; nothing is kept before all of them are right.
func (s *Service) Set(ctx context.Context, o purser.Organization) (purser.Organization, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingWrite); err != nil {
		return o, err
	}
	o, err := Check(o)
	if err != nil {
		return o, err
	}
	text, err := json.Marshal(o)
	if err != nil {
		return o, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		old, err := s.load(ctx, tx)
		if err != nil {
			return err
		}
		before, after := facts(old), facts(o)
		for k := range after {
			if before[k] == after[k] {
				delete(before, k)
				delete(after, k)
			}
		}
		if len(after) == 0 {
			return nil
		}
		if err := store.PutSetting(ctx, tx, settingOrganization, string(text), purser.MicrosOf(s.Now())); err != nil {
			return err
		}
		if _, domains := after["mail domains"]; domains {
			if err := store.MarkEverybody(ctx, tx); err != nil { // who is a guest follows from them
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: "organization", ObjectName: "Organization", At: s.Now(), Before: before, After: after})
	})
	if err == nil {
		s.forget()
	}
	return o, err
}

func facts(o purser.Organization) map[string]any {
	return map[string]any{"name": o.Name, "mail domains": strings.Join(o.MailDomains, ", "), "currency": o.Currency, "time zone": o.TimeZone,
		"fiscal year starts in": time.Month(max(o.FiscalStart, 1)).String()}
}

// rememberFor is how long settings are kept in memory: another process may change them.
const rememberFor = 5 * time.Second

// Facts returns the settings for pages, which all rest on them. It is no secret
// to anybody who is signed in; what cannot be read is not known.
func (s *Service) Facts(ctx context.Context) (purser.Organization, *time.Location) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.Now(); s.kept == nil || now.Sub(s.read) > rememberFor || now.Before(s.read) {
		o, err := s.load(ctx, s.DB.Read())
		if err != nil && s.kept == nil {
			return purser.Organization{FiscalStart: 1}, s.Local
		}
		if err == nil {
			zone := s.Local
			if o.TimeZone != "" {
				if z, err := time.LoadLocation(o.TimeZone); err == nil {
					zone = z
				}
			}
			s.kept, s.zone, s.read = &o, zone, now
		}
	}
	o := *s.kept
	o.MailDomains = slices.Clone(o.MailDomains)
	return o, s.zone
}

func (s *Service) forget() {
	s.mu.Lock()
	s.kept = nil
	s.mu.Unlock()
}
