// Package own looks after connectors of the operator's own: folders on the server
// that do nothing until an admin has seen what they call and write, and trusted
// them as they are. One that changes pauses its instances until it is trusted anew.
package own

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/manifest"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Options make a Service.
type Options struct {
	DB      *store.DB
	Gate    Gate
	Catalog manifest.Catalog
	Folder  string // "" for none
	Now     func() time.Time
	Log     *slog.Logger
}

// Service reads the folder and keeps who trusted what. It is safe for concurrent use.
type Service struct {
	Options
	builtin map[string]bool

	mu    sync.Mutex
	found map[string]found // by the folder's name
}

// found is a folder as it was last read.
type found struct {
	text     string
	con      *manifest.Connector
	problems []string
	gone     bool // it was trusted, and there is no such folder any more
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("own: DB, Gate, Now and Log must be set")
	}
	s := &Service{Options: o, builtin: map[string]bool{}, found: map[string]found{}}
	for _, c := range o.Catalog.All() {
		s.builtin[c.Manifest.Name] = true
	}
	return s, nil
}

// pauseReason is why instances of an untrusted connector are inactive.
func pauseReason(name string) string {
	return "the connector " + name + " was changed, and an admin has not trusted it yet"
}

// lookEvery is how often the folder is looked at.
const lookEvery = 30 * time.Second

// Serve looks at the folder again and again until ctx ends.
func (s *Service) Serve(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := s.Look(ctx); err != nil && ctx.Err() == nil {
				s.Log.WarnContext(ctx, "the folder with connectors cannot be read", "error", err)
			}
		}
	}
}

// Look reads the folder. What is new or has changed is inert, and its instances are paused.
func (s *Service) Look(ctx context.Context) error {
	if s.Folder == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	root, err := os.OpenRoot(s.Folder) // links in it cannot lead out of it
	if err != nil {
		return fmt.Errorf("open the folder with connectors: %w", err)
	}
	defer func() { _ = root.Close() }()
	trusted, err := s.trusted(ctx)
	if err != nil {
		return err
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return fmt.Errorf("read the folder with connectors: %w", err)
	}
	now := map[string]found{}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		sub, err := fs.Sub(root.FS(), e.Name())
		if err != nil {
			return err
		}
		now[e.Name()] = s.read(sub, e.Name())
	}
	for name, was := range s.found {
		if _, ok := now[name]; !ok && was.con != nil {
			s.Catalog.Remove(name)
		}
	}
	before := s.found
	s.found = now
	for name := range trusted {
		if _, ok := now[name]; !ok {
			if err := s.pause(ctx, name); err != nil {
				return err
			}
		}
	}
	for name, f := range now {
		if f.con != nil {
			f.con.Trusted = trusted[name].Digest == f.con.Digest
			s.Catalog.Put(f.con)
		}
		switch _, known := trusted[name]; {
		case f.con != nil && f.con.Trusted:
			if was := before[name]; was.con == nil || !was.con.Trusted { // it is again what was trusted
				if err := s.resume(ctx, name); err != nil {
					return err
				}
			}
			continue
		case s.builtin[name]:
			continue
		case f.con == nil && !known: // it was never good
			continue
		case f.con == nil:
			s.Catalog.Remove(name)
		}
		if err := s.pause(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// pause makes the live instances of a connector inactive. Nothing is written where there are none.
func (s *Service) pause(ctx context.Context, name string) error {
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.PauseInstances(ctx, tx, name, pauseReason(name), purser.MicrosOf(s.Now()))
	})
	if err != nil {
		return fmt.Errorf("pause the instances of %s: %w", name, err)
	}
	return nil
}

// resume lets the instances that were paused work again.
func (s *Service) resume(ctx context.Context, name string) error {
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.ResumeInstances(ctx, tx, name, pauseReason(name), purser.MicrosOf(s.Now()))
	})
	if err != nil {
		return fmt.Errorf("resume the instances of %s: %w", name, err)
	}
	return nil
}

func (s *Service) trusted(ctx context.Context) (map[string]store.OwnConnector, error) {
	rows, err := store.OwnConnectors(ctx, s.DB.Read())
	out := make(map[string]store.OwnConnector, len(rows))
	for _, r := range rows {
		out[r.Name] = r
	}
	return out, err
}

// Trust lets a connector work as it is now. digest is the one that the admin has
// seen: if it changed meanwhile, nothing is trusted.
func (s *Service) Trust(ctx context.Context, name, digest string) error {
	if err := s.Gate.Allow(ctx, purser.OpConnectorTrust); err != nil {
		return err
	}
	if err := s.Look(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	f, ok := s.found[name]
	s.mu.Unlock()
	switch {
	case !ok:
		return purser.NotFound("connector in the folder", name)
	case f.con == nil:
		return &purser.Problem{Kind: purser.ProblemConflict, What: name + " cannot be used: " + f.problems[0], Hint: "Mend its manifest; `purser connector lint` says what is wrong"}
	case f.con.Digest != digest:
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "digest", What: "the connector is no longer what was looked at", Hint: "Look at it again, then trust it"}
	}
	actor, _ := purser.ActorFrom(ctx)
	at := purser.MicrosOf(s.Now())
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.TrustOwnConnector(ctx, tx, store.OwnConnector{Name: name, Digest: digest, Manifest: f.text, TrustedBy: actor.Name, TrustedAt: at}); err != nil {
			return err
		}
		if err := store.ResumeInstances(ctx, tx, name, pauseReason(name), at); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpConnectorTrust, Object: name, ObjectName: name, After: map[string]any{"digest": digest, "hosts": f.con.Manifest.Hosts}, At: s.Now()})
	})
	if err != nil {
		return fmt.Errorf("trust %s: %w", name, err)
	}
	return s.Look(ctx)
}
