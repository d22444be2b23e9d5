package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// Counts says how many rows a complete reading of each list gives now: vendor,
// then list, in the words of the product (users, groups, memberships, apps,
// assignments, seats, people …). Demo and tests compare what was synced with it.
func (s *Sandbox) Counts() map[string]map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.company
	out := map[string]map[string]int{
		Okta:     {"users": len(s.okta.people()), "groups": len(c.Teams)},
		Google:   {"users": len(s.google.people()), "groups": len(c.Teams)},
		Slack:    {"users": len(s.slack.people()) + 1}, // and the vendor's own robot
		BambooHR: {"people": len(s.bamboo.people())},
		Xero:     {"tenants": len(s.xero.books)},
	}
	for _, p := range c.People {
		if keepsBooks(p) {
			out[Xero]["users"]++
		}
	}
	for t, team := range c.Teams {
		out[Google]["memberships"] += len(s.google.teamMembers(t))
		if !team.Everyone && team.Name != emptyTeam {
			out[Slack]["groups"]++
		}
		for _, p := range s.okta.people() {
			if c.InTeam(p, t) {
				out[Okta]["memberships"]++
			}
		}
	}
	for n, a := range c.Apps {
		if a.Hidden {
			continue
		}
		out[Okta]["apps"]++
		for _, p := range s.okta.people() {
			if c.HasApp(p, n) {
				out[Okta]["assignments"]++
			}
		}
	}
	for _, p := range s.google.people() {
		for _, product := range []string{"Google-Apps", "101047"} {
			if s.google.edition(p, product) != "" {
				out[Google]["seats"]++
			}
		}
	}
	for _, p := range s.bamboo.people() {
		if p.Employment != Left && p.Employment != Future {
			out[BambooHR]["employed"]++
		}
	}
	if s.labs != nil {
		out[OneLogin] = map[string]int{"users": len(c.Labs), "apps": len(c.LabsApps)}
		for _, app := range c.LabsApps {
			for _, a := range c.Labs {
				if c.HasLabsApp(a, app) {
					out[OneLogin]["assignments"]++
				}
			}
		}
	}
	if v := s.okta.scale; v != nil {
		out[Okta] = map[string]int{"users": v.size.Users, "apps": v.size.Apps, "assignments": v.size.Assignments, "groups": v.size.Groups, "memberships": v.size.Memberships}
	}
	return out
}

// Served names the applications that the company's identity providers serve or let
// people into, each once: what the second provider calls otherwise is told to be the
// same by its key.
func (s *Sandbox) Served() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := map[string]string{} // in lower case, to the name
	add := func(name string) { names[strings.ToLower(name)] = name }
	keys := map[string]bool{}
	for _, a := range s.company.Apps {
		if !a.Hidden {
			add(a.Label)
			keys[a.Key] = true
		}
	}
	if s.labs != nil {
		for _, a := range s.company.LabsApps {
			if !keys[a.Key] {
				add(a.Name)
			}
		}
	}
	for i, a := range s.google.consentedApps() {
		for _, p := range s.google.people() {
			if s.google.everConsented(p, i, a) && !s.google.tookBack(p, i) {
				add(a.name)
				break
			}
		}
	}
	return slices.Sorted(maps.Values(names))
}
