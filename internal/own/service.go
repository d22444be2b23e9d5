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
	"slices"
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

// Connector is a connector of the operator's own, as an admin must see it.
type Connector struct {
	Name       string    `json:"name"`
	Title      string    `json:"title,omitempty"`
	Digest     string    `json:"digest,omitempty"`
	Trusted    bool      `json:"trusted"`
	Changed    bool      `json:"changed"` // since it was trusted
	TrustedBy  string    `json:"trusted_by,omitempty"`
	TrustedAt  time.Time `json:"trusted_at,omitzero"`
	Hosts      []string  `json:"hosts"`                // that it may call
	Scopes     []string  `json:"scopes"`               // that it asks for
	Writes     []string  `json:"writes"`               // what it could change at the vendor, once that is turned on
	Problems   []string  `json:"problems"`             // why it cannot be used
	Difference []string  `json:"difference,omitempty"` // lines of the manifest since it was trusted, with - or + before them
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
	s.found = now
	for name, f := range now {
		if f.con != nil {
			f.con.Trusted = trusted[name].Digest == f.con.Digest
			s.Catalog.Put(f.con)
		}
		switch _, known := trusted[name]; {
		case f.con != nil && f.con.Trusted, s.builtin[name]:
			continue
		case f.con == nil && !known: // it was never good
			continue
		case f.con == nil:
			s.Catalog.Remove(name)
		}
		if err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			return store.PauseInstances(ctx, tx, name, pauseReason(name), purser.MicrosOf(s.Now()))
		}); err != nil {
			return fmt.Errorf("pause the instances of %s: %w", name, err)
		}
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

// read reads one folder, and says why it cannot be used.
func (s *Service) read(folder fs.FS, name string) found {
	var f found
	text, err := fs.ReadFile(folder, "manifest.yaml")
	if err != nil {
		return found{problems: []string{"the folder has no manifest.yaml"}}
	}
	f.text = string(text)
	if s.builtin[name] {
		f.problems = append(f.problems, "a connector of that name is built in: choose another one")
	}
	con, err := manifest.LoadConnector(folder)
	if problems, ok := errors.AsType[manifest.Problems](err); ok {
		for _, p := range problems {
			f.problems = append(f.problems, p.String())
		}
	} else if err != nil {
		f.problems = append(f.problems, err.Error())
	}
	if con != nil {
		if con.Manifest.Name != name {
			f.problems = append(f.problems, "its manifest says name: "+con.Manifest.Name+", the folder is called "+name)
		}
		if strings.Contains(f.text, "hook:") && slices.ContainsFunc(con.Tasks, hooked) {
			f.problems = append(f.problems, "a connector of one's own has no hooks")
		}
	}
	if con != nil && len(f.problems) == 0 {
		con.Custom = true
		f.con = con
	}
	return f
}

func hooked(t *manifest.CompiledTask) bool {
	return slices.ContainsFunc(t.Streams, func(st *manifest.CompiledStream) bool { return st.Hook != "" })
}

// List shows every folder: what each connector calls, asks for and could write,
// what changed since it was trusted, and what is wrong with it.
func (s *Service) List(ctx context.Context) ([]Connector, error) {
	if err := s.Gate.Allow(ctx, purser.OpCatalogRead); err != nil {
		return nil, err
	}
	if err := s.Look(ctx); err != nil {
		return nil, err
	}
	trusted, err := s.trusted(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Connector{}
	for name, f := range s.found {
		c := Connector{Name: name, Hosts: []string{}, Scopes: []string{}, Writes: []string{}, Problems: f.problems}
		if c.Problems == nil {
			c.Problems = []string{}
		}
		was, known := trusted[name]
		if known {
			c.TrustedBy, c.TrustedAt = was.TrustedBy, was.TrustedAt.Time()
		}
		if f.con != nil {
			describe(&c, f.con)
			c.Trusted = known && was.Digest == c.Digest
		}
		if known && !c.Trusted {
			c.Changed, c.Difference = true, difference(was.Manifest, f.text)
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Connector) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func describe(c *Connector, con *manifest.Connector) {
	m := con.Manifest
	c.Title, c.Digest, c.Hosts = m.Title, con.Digest, slices.Clone(m.Hosts)
	for _, s := range m.Settings {
		for _, choice := range s.Choices {
			c.Hosts = append(c.Hosts, choice.Hosts...)
		}
	}
	for _, t := range con.Tasks {
		for _, st := range t.Streams {
			c.Scopes = append(c.Scopes, st.Scopes.Names()...)
		}
	}
	for _, a := range con.Actions {
		c.Scopes = append(c.Scopes, a.Scopes.Names()...)
		method, addresses := a.Request.Method()
		c.Writes = append(c.Writes, strings.TrimSpace(a.Name+": "+method+" "+strings.Join(addresses, ", ")))
	}
	slices.Sort(c.Scopes)
	c.Scopes = append([]string{}, slices.Compact(c.Scopes)...)
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

// difference lists the lines that went and came between two texts.
func difference(before, after string) []string {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	if len(a) > 2000 || len(b) > 2000 {
		return []string{"both manifests are too long to be compared line by line"}
	}
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j >= len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[j])
			j++
		}
	}
	return out
}
