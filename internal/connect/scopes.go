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
	For    string `json:"for"` // what needs it: a stream, the test, the organization's name
}

// tokenNames returns the names of the tokens that a way to authorize gives.
func tokenNames(a *manifest.Auth) []string {
	if len(a.Tokens) == 0 {
		return []string{""}
	}
	names := make([]string, len(a.Tokens))
	for i, t := range a.Tokens {
		names[i] = t.Name
	}
	return names
}

// scopesByToken returns what the tasks need, by the name of the token.
func scopesByToken(m *manifest.Manifest, auth *manifest.Auth, settings map[string]string, tasks []purser.TaskName) map[string][]string {
	out := map[string][]string{}
	for _, token := range tokenNames(auth) {
		out[token] = needed(m, token, tasks).Asked(m, settings)
	}
	return out
}

// needed is manifest.ScopesOf, in which no task means every task and here none.
// A switch among the tasks stands for the actions behind it.
func needed(m *manifest.Manifest, token string, tasks []purser.TaskName) manifest.Scopes {
	names := []string{"no task"}
	for _, t := range tasks {
		names = append(names, string(t))
	}
	return append(m.ScopesOf(token, names...), m.ScopesOfActions(token, names...)...)
}

func baseScopes(m *manifest.Manifest, settings map[string]string) []Scope {
	var out []Scope
	if m.Tenant != nil {
		out = explain(out, m, settings, "", m.Tenant.Token, "the name of your organization at the vendor", m.Tenant.Scopes)
	}
	if m.Probe != nil {
		out = explain(out, m, settings, "", m.Probe.Token, "the test of the connection", m.Probe.Scopes)
	}
	return out
}

func taskScopes(m *manifest.Manifest, settings map[string]string, t *manifest.Task) []Scope {
	var out []Scope
	for i := range t.Streams {
		out = explain(out, m, settings, t.Name, t.Streams[i].Token, t.Streams[i].Name, t.Streams[i].Scopes)
	}
	return out
}

// explain adds each scope that is not there yet, with its reason.
func explain(out []Scope, m *manifest.Manifest, settings map[string]string, task, token, what string, scopes manifest.Scopes) []Scope {
	for _, name := range scopes.Asked(m, settings) {
		if slices.ContainsFunc(out, func(s Scope) bool { return s.Name == name && s.Token == token }) {
			continue
		}
		out = append(out, Scope{Name: name, Why: m.WhyScope(task, name), Access: access(m, name), Token: token, For: what})
	}
	return out
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
