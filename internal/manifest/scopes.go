package manifest

import "slices"

// Missing returns the groups of scopes of which nothing was granted.
func (s Scopes) Missing(granted []string) Scopes {
	var out Scopes
	for _, group := range s {
		if !slices.ContainsFunc(group, func(name string) bool { return slices.Contains(granted, name) }) {
			out = append(out, group)
		}
	}
	return out
}

// Asked returns the scopes to ask for with these settings: of a group, the first
// name that the chosen settings speak for, else the first of all.
func (s Scopes) Asked(m *Manifest, settings map[string]string) []string {
	var spoken []string
	for _, set := range m.Settings {
		for _, c := range set.Choices {
			if c.Value == settings[set.Name] {
				spoken = append(spoken, c.Scopes...)
			}
		}
	}
	var out []string
	for _, group := range s {
		if len(group) == 0 {
			continue
		}
		pick := group[0]
		if i := slices.IndexFunc(group, func(name string) bool { return slices.Contains(spoken, name) }); i >= 0 {
			pick = group[i]
		}
		if !slices.Contains(out, pick) {
			out = append(out, pick)
		}
	}
	return out
}

// ScopesOf returns what the named tasks need of one token ("" where a grant has
// only one), with probe and tenant. It returns all tasks' for no names.
func (m *Manifest) ScopesOf(token string, tasks ...string) Scopes {
	var out Scopes
	add := func(t string, s Scopes) {
		if t != token {
			return
		}
		for _, group := range s {
			if !slices.ContainsFunc(out, func(g []string) bool { return slices.Equal(g, group) }) {
				out = append(out, group)
			}
		}
	}
	if m.Tenant != nil {
		add(m.Tenant.Token, m.Tenant.Scopes)
	}
	if m.Probe != nil {
		add(m.Probe.Token, m.Probe.Scopes)
	}
	for _, t := range m.Tasks {
		if len(tasks) > 0 && !slices.Contains(tasks, t.Name) {
			continue
		}
		for _, s := range t.Streams {
			add(s.Token, s.Scopes)
		}
	}
	return out
}

// WhyScope returns the reason for a scope, as a task or the whole manifest gives it.
func (m *Manifest) WhyScope(task, scope string) string {
	for _, t := range m.Tasks {
		if t.Name == task {
			if i := slices.IndexFunc(t.Why, func(p Pair) bool { return p.Name == scope }); i >= 0 {
				return t.Why[i].Value()
			}
		}
	}
	if i := slices.IndexFunc(m.Why, func(p Pair) bool { return p.Name == scope }); i >= 0 {
		return m.Why[i].Value()
	}
	return ""
}

// AuthNamed returns a way to authorize, nil if there is none of that name.
func (m *Manifest) AuthNamed(name string) *Auth {
	for i := range m.Auth {
		if m.Auth[i].Name == name {
			return &m.Auth[i]
		}
	}
	return nil
}
