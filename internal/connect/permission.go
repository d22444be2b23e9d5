package connect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/store"
)

// unusedAfter is how long a permission may lie idle before it counts as not used.
const unusedAfter = 90 * 24 * time.Hour

// Permission is one permission that the vendor granted, with what used it.
type Permission struct {
	Scope  string    `json:"scope"`
	Access string    `json:"access"` // read, write, or unknown: the connector does not know it
	Used   bool      `json:"used"`   // in the time that Permissions names
	By     []string  `json:"by"`     // what used it, in words
	UsedAt time.Time `json:"used_at,omitzero"`
	Why    string    `json:"why,omitempty"` // why it is asked for
}

// Permissions is what an instance's credential may do and what of it was used.
type Permissions struct {
	Known    bool         `json:"known"` // false: the vendor does not say what it granted, or was not asked yet
	ReadAt   time.Time    `json:"read_at,omitzero"`
	Since    time.Time    `json:"since"` // begin of the time that was looked at: 90 days, or since the instance exists
	Granted  []Permission `json:"granted"`
	Unused   int          `json:"unused"`
	Sentence string       `json:"sentence"`
}

// Permissions tells which granted permissions nothing used in the last 90 days.
func (s *Service) Permissions(ctx context.Context, instanceID string) (Permissions, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return Permissions{}, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return Permissions{}, err
	}
	p := Permissions{Since: s.now().Add(-unusedAfter), Granted: []Permission{}}
	if i.CreatedAt.After(p.Since) {
		p.Since = i.CreatedAt
	}
	c, err := s.connector(i.Connector)
	if err != nil {
		return p, err
	}
	g, ok, err := store.GrantOf(ctx, s.db.Read(), i.No)
	if err != nil {
		return p, err
	}
	p.Known, p.ReadAt = ok && g.Known, g.ReadAt.Time()
	if !p.Known {
		p.Sentence = "Nothing was read yet, so it is not known what the vendor granted."
		if ok {
			p.Sentence = c.Manifest.Title + " does not say what it granted to this credential, so it is not known what of it lies idle. Compare with its console."
		}
		return p, nil
	}
	used, err := store.StreamsUsed(ctx, s.db.Read(), i.No, purser.MicrosOf(p.Since))
	if err != nil {
		return p, err
	}
	p.Granted = permissionsOf(c.Manifest, i, g.Scopes, used)
	var idle []string
	for _, x := range p.Granted {
		if !x.Used {
			idle = append(idle, x.Scope)
		}
	}
	p.Unused = len(idle)
	p.Sentence = "Everything that was granted is used."
	if p.Unused > 0 {
		p.Sentence = fmt.Sprintf("Granted, but not used since %s: %s. Take it back at the vendor, unless a task or action is to need it.",
			p.Since.UTC().Format("2 January 2006"), strings.Join(idle, ", "))
	}
	return p, nil
}

// permissionsOf says of each granted scope what used it. Of scopes of which any
// one is enough, the one that is asked for counts as used.
func permissionsOf(m *manifest.Manifest, i purser.Instance, granted []string, used []store.StreamUse) []Permission {
	out := make([]Permission, 0, len(granted))
	for _, scope := range granted {
		out = append(out, Permission{Scope: scope, Access: knownAccess(m, scope), Why: m.WhyScope("", scope), By: []string{}})
	}
	use := func(scopes manifest.Scopes, by string, at time.Time) {
		for _, group := range scopes {
			pick := first(manifest.Scopes{group}.Asked(m, i.Settings))
			if !slices.Contains(granted, pick) {
				pick = ""
				if at := slices.IndexFunc(group, func(s string) bool { return slices.Contains(granted, s) }); at >= 0 {
					pick = group[at]
				}
			}
			for n := range out {
				if out[n].Scope == pick && pick != "" {
					out[n].Used = true
					out[n].By = append(out[n].By, by)
					if at.After(out[n].UsedAt) {
						out[n].UsedAt = at
					}
				}
			}
		}
	}
	if a := m.AuthNamed(i.Auth); a != nil {
		for _, scope := range a.Scope.Default {
			use(manifest.Scopes{{scope}}, "the authorization itself", time.Time{})
		}
	}
	if m.Tenant != nil {
		use(m.Tenant.Scopes, "the name of your organization", time.Time{})
	}
	if m.Probe != nil {
		use(m.Probe.Scopes, "the test of the connection", time.Time{})
	}
	for _, u := range used {
		if t := taskOf(m, purser.TaskName(u.Task)); t != nil {
			if at := slices.IndexFunc(t.Streams, func(st manifest.Stream) bool { return st.Name == u.Stream }); at >= 0 {
				use(t.Streams[at].Scopes, purser.TaskName(u.Task).Title()+": "+u.Stream, u.At.Time())
			}
		}
	}
	return out
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// knownAccess is unknown for a scope that no part of the connector names.
func knownAccess(m *manifest.Manifest, scope string) string {
	if access(m, scope) == "write" {
		return "write"
	}
	all := m.ScopesOf("").Names()
	for t := range m.Tasks {
		for s := range m.Tasks[t].Streams {
			all = append(all, m.Tasks[t].Streams[s].Scopes.Names()...)
		}
	}
	if slices.Contains(all, scope) {
		return "read"
	}
	return "unknown"
}
