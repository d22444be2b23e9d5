package connect

import (
	"slices"

	"purser"
	"purser/internal/manifest"
)

// Scope is one permission at the vendor, with the reason to ask for it.
type Scope struct {
	Name   string `json:"name"`
	Why    string `json:"why,omitempty"`
	Access string `json:"access"` // read, or write
	Token  string `json:"token,omitempty"`
	For    string `json:"for"` // what needs it: a stream, the test, the tenant's name
}

// scopeNeed is what one request of a connector needs.
type scopeNeed struct {
	what   string
	token  string
	scopes manifest.Scopes
}

// chosen returns one name for each group of any-of scopes: the one that exists
// with the chosen settings, else the first.
func chosen(m *manifest.Manifest, settings map[string]string, scopes manifest.Scopes) []string {
	var exist []string
	for i := range m.Settings {
		for _, c := range m.Settings[i].Choices {
			if c.Value == settings[m.Settings[i].Name] {
				exist = append(exist, c.Scopes...)
			}
		}
	}
	var out []string
	for _, group := range scopes {
		if len(group) == 0 {
			continue
		}
		pick := group[0]
		for _, name := range group {
			if slices.Contains(exist, name) {
				pick = name
				break
			}
		}
		out = append(out, pick)
	}
	return out
}

func needsOf(m *manifest.Manifest, tasks []purser.TaskName) []scopeNeed {
	var needs []scopeNeed
	if m.Probe != nil {
		needs = append(needs, scopeNeed{"the test of the connection", m.Probe.Token, m.Probe.Scopes})
	}
	if m.Tenant != nil {
		needs = append(needs, scopeNeed{"the name of your organization at the vendor", m.Tenant.Token, m.Tenant.Scopes})
	}
	for i := range m.Tasks {
		if slices.Contains(tasks, purser.TaskName(m.Tasks[i].Name)) {
			needs = append(needs, streamNeeds(&m.Tasks[i])...)
		}
	}
	return needs
}

func streamNeeds(t *manifest.Task) []scopeNeed {
	needs := make([]scopeNeed, 0, len(t.Streams))
	for i := range t.Streams {
		needs = append(needs, scopeNeed{t.Streams[i].Name, t.Streams[i].Token, t.Streams[i].Scopes})
	}
	return needs
}

// ScopesByToken returns the scopes that the tasks need, by the name of the token
// ("" where a grant gives only one), without repetition and in the manifest's order.
func ScopesByToken(m *manifest.Manifest, settings map[string]string, tasks []purser.TaskName) map[string][]string {
	out := map[string][]string{}
	for _, n := range needsOf(m, tasks) {
		for _, name := range chosen(m, settings, n.scopes) {
			if !slices.Contains(out[n.token], name) {
				out[n.token] = append(out[n.token], name)
			}
		}
	}
	return out
}

// explain lists the scopes of some needs once each, with reason and access.
func explain(m *manifest.Manifest, settings map[string]string, why []manifest.Pair, needs []scopeNeed) []Scope {
	var out []Scope
	for _, n := range needs {
		for _, name := range chosen(m, settings, n.scopes) {
			if slices.ContainsFunc(out, func(s Scope) bool { return s.Name == name && s.Token == n.token }) {
				continue
			}
			out = append(out, Scope{Name: name, Why: reason(name, why, m.Why), Access: access(m, name), Token: n.token, For: n.what})
		}
	}
	return out
}

func reason(scope string, lists ...[]manifest.Pair) string {
	for _, list := range lists {
		for _, p := range list {
			if p.Name == scope {
				return p.Value()
			}
		}
	}
	return ""
}

// access is write where one of the connector's own actions needs the scope:
// whoever holds it could change something, also when only a reading task asked.
func access(m *manifest.Manifest, scope string) string {
	for i := range m.Actions {
		if slices.Contains(m.Actions[i].Scopes.Names(), scope) {
			return "write"
		}
	}
	return "read"
}
