package connectors_test

import (
	"slices"
	"strings"
	"testing"

	"purser/internal/manifest"
)

// Days on which vendors shut something. A dated rule becomes an end of the
// credential, of which people are told 30 days before and the page tells always;
// the others are met by what the server answers.
func TestVendorsDeadlinesAreMet(t *testing.T) {
	for _, c := range []struct{ connector, auth, setting, value, want string }{
		{"zendesk", "api_token", "", "", "2027-04-30"},
		{"netsuite", "tba", "", "", "2028-08-01"},
		{"netsuite", "m2m", "", "", ""},
		{"xero", "oauth", "scopes", "classic", "2027-09-01"},
		{"xero", "oauth", "scopes", "granular", ""},
	} {
		m := decoded(t, c.connector)
		if got := m.EndsOn(m.AuthNamed(c.auth), map[string]string{c.setting: c.value}); got != c.want {
			t.Errorf("%s %s %s ends on %q, want %q", c.connector, c.auth, c.value, got, c.want)
		}
	}
	// What is recommended never has an end that is known.
	for _, name := range vendors(t) {
		if m := decoded(t, name); m.Auth[0].EndsOn != "" {
			t.Errorf("%s recommends a way that ends on %s", name, m.Auth[0].EndsOn)
		}
	}
	// HubSpot removes its first token interface on 16 February 2027.
	if m := decoded(t, "hubspot"); !strings.Contains(m.AuthNamed("oauth").TokenURL, "/oauth/v3/") {
		t.Errorf("HubSpot's tokens are asked for at %s", m.AuthNamed("oauth").TokenURL)
	}
	// BambooHR says a limit with 429 since September 2026, before with 503 and Retry-After.
	m := decoded(t, "bamboohr")
	if !slices.ContainsFunc(m.HTTP.Errors, func(r manifest.ErrorRule) bool {
		return slices.Contains(r.Status, 503) && len(r.Header) > 0 && r.Class == "rate_limited"
	}) || slices.ContainsFunc(m.HTTP.Errors, func(r manifest.ErrorRule) bool { return slices.Contains(r.Status, 429) }) {
		t.Errorf("BambooHR's limits: %+v", m.HTTP.Errors)
	}
	// Jamf Pro takes versions of the inventory away: what the server knows is asked for, the newest first.
	jamf, err := manifest.Compile(decoded(t, "jamf-pro"), folder(t, "jamf-pro"))
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range jamf.Tasks {
		for _, s := range task.Streams {
			if s.Name == "computers" && len(s.Requests) != 3 {
				t.Errorf("computers are asked for in %d versions", len(s.Requests))
			}
		}
	}
}
