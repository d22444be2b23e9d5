package own

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/store"
)

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
	Missing    bool      `json:"missing,omitempty"`    // it was trusted, and its folder is gone
	Instances  []Served  `json:"instances"`            // that are connected by it
}

// Served is an instance that a connector of one's own serves.
type Served struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Status purser.Status `json:"status"`
	Paused bool          `json:"paused"` // until the connector is trusted
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
	tenants, err := s.tenants(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := maps.Clone(s.found)
	for name := range trusted {
		if _, ok := all[name]; !ok && s.Folder != "" {
			all[name] = found{gone: true, problems: []string{"the folder is gone, or cannot be read any more"}}
		}
	}
	out := []Connector{}
	for name, f := range all {
		c := Connector{Name: name, Hosts: []string{}, Scopes: []string{}, Writes: []string{}, Problems: f.problems, Missing: f.gone, Instances: tenants[name]}
		if c.Instances == nil || s.builtin[name] {
			c.Instances = []Served{}
		}
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
		if known && !c.Trusted && !f.gone {
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

// tenants returns the instances of every connector, by its name.
func (s *Service) tenants(ctx context.Context) (map[string][]Served, error) {
	all, err := store.Instances(ctx, s.DB.Read(), store.InstanceFilter{})
	out := map[string][]Served{}
	for _, i := range all {
		paused := i.Status == purser.StatusInactive && i.Reason == pauseReason(i.Connector)
		out[i.Connector] = append(out[i.Connector], Served{ID: i.ID, Name: i.Name, Status: i.Status, Paused: paused})
	}
	return out, err
}

// Where returns the folder that holds connectors of one's own; "" if none is configured.
func (s *Service) Where() string { return s.Folder }
