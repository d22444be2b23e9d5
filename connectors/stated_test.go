package connectors_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/connectors"
	"purser/internal/manifest"
)

// emits reports whether a task reads records of a kind, and a field of them where one is named.
func emits(task *manifest.Task, kind purser.Kind, field string) bool {
	return slices.ContainsFunc(task.Streams, func(s manifest.Stream) bool {
		return s.Emits == kind && (field == "" || slices.ContainsFunc(s.Fields, func(f manifest.Field) bool { return f.Name == field }))
	})
}

// What an admin has to know before connecting is said by every connector, or here
// stands why not.
func TestEveryConnectorSaysWhatItNeedsCannotTellAndCountsAsUse(t *testing.T) {
	useless := regexp.MustCompile(`(?i)sign|use|visit|active|open|last`)
	for _, name := range connectors.Names() {
		m := decoded(t, name)
		if m.Needs == "" {
			t.Errorf("%s does not say what it needs", name)
		}
		told, dated, people := slices.Clone(m.Cannot), false, false
		for i := range m.Tasks {
			task := &m.Tasks[i]
			told = append(told, task.Cannot...)
			people = people || emits(task, purser.KindAccount, "")
			if m.HandedOver() || !emits(task, purser.KindAccount, "last_active_at") && !emits(task, purser.KindActivity, "") && !emits(task, purser.KindAssignment, "last_used_at") {
				continue
			}
			if dated = true; task.CountsAsUse == "" {
				t.Errorf("%s %s reads dates of use, and does not say what counts as use", name, task.Name)
			}
		}
		if len(told) == 0 {
			t.Errorf("%s does not say what its vendor never tells", name)
		}
		if people && !dated && !m.HandedOver() && !slices.ContainsFunc(told, useless.MatchString) {
			t.Errorf("%s reads accounts without a date of use, and does not say so: %q", name, told)
		}
	}
}

// A person gets from an account to the vendor's own page of it.
func TestEveryConnectorWithAccountsLeadsToTheVendorsPageOfThem(t *testing.T) {
	why := map[string]string{
		"auth0":      "the dashboard's addresses have the region and an inner name of the tenant, which its interface does not tell",
		"kandji":     "people have no page of their own there; devices have, and lead to it",
		"ldap":       "a directory has no pages",
		"sap-concur": "the address of a profile is not published",
		"scim":       "each application has its own",
		"xero":       "its users have no page by their identifier; each organization has one list",
		"file":       "nobody is asked", "push": "nobody is asked",
	}
	for _, name := range connectors.Names() {
		m := decoded(t, name)
		reads := false
		for i := range m.Tasks {
			reads = reads || emits(&m.Tasks[i], purser.KindAccount, "")
		}
		switch _, excused := why[name]; {
		case reads && m.AdminURL == "" && !excused:
			t.Errorf("%s reads accounts, and leads to no page of theirs", name)
		case m.AdminURL != "" && excused:
			t.Errorf("%s has a page now: take the excuse away", name)
		case m.AdminURL != "" && !strings.HasPrefix(m.AdminURL, "https://"):
			t.Errorf("%s leads to %s", name, m.AdminURL)
		}
	}
}

// How old the vendor's own data may be is said where its sheet says it; the others
// answer with what is true at that moment.
func TestTheVendorsDelayStandsWhereItIsKnown(t *testing.T) {
	const day = 24 * time.Hour
	for cell, want := range map[string]time.Duration{
		"atlassian application_access": 0, "dropbox application_access": 0, "github application_access": 0, "zoom application_access": 0,
		"google-workspace application_access": 0, "google-workspace application_discovery": 0, "microsoft-entra application_access": 0,
		"okta application_access": 0, "onelogin application_access": time.Hour, "jumpcloud application_access": 0, "jamf-pro device_inventory": day,
		"kandji device_inventory": day, "microsoft-intune device_inventory": 8 * time.Hour, "netsuite expense_discovery": time.Hour,
		"quickbooks-online expense_discovery": time.Hour, "ramp expense_discovery": time.Hour, "sap-concur expense_discovery": day, "xero expense_discovery": time.Hour,
	} {
		name, task, _ := strings.Cut(cell, " ")
		m := decoded(t, name)
		i := slices.IndexFunc(m.Tasks, func(x manifest.Task) bool { return x.Name == task })
		if i < 0 || m.Tasks[i].Lag <= 0 || want > 0 && m.Tasks[i].Lag.Std() != want {
			t.Errorf("%s: the vendor's delay is not said, want %s", cell, want)
		}
	}
}

// Every way in says where it is taken back, and how long it lives where the vendor
// has an end of its own; an end that an admin chose in the console is entered.
func TestEveryWayInSaysWhereItIsTakenBackAndWhenItEnds(t *testing.T) {
	type life struct {
		made, idle time.Duration
		on         string
	}
	const day = 24 * time.Hour
	known := map[string]life{
		"atlassian organization": {made: 365 * day}, "docusign oauth": {idle: 30 * day}, "microsoft-entra delegated": {idle: 90 * day},
		"netsuite m2m": {made: 730 * day}, "netsuite oauth": {made: 7 * day}, "netsuite tba": {on: "2028-08-01"}, "okta api_token": {idle: 30 * day},
		"quickbooks-online oauth": {idle: 100 * day}, "rippling api_token": {idle: 30 * day}, "sap-concur company": {idle: 180 * day},
		"sap-concur company_direct": {idle: 180 * day}, "servicenow oauth": {idle: 100 * day}, "xero oauth": {idle: 60 * day},
		"zendesk api_token": {idle: 30 * day, on: "2027-04-30"},
	}
	for _, name := range connectors.Names() {
		m := decoded(t, name)
		for i := range m.Auth {
			a := &m.Auth[i]
			if a.RevokeAt == "" || a.Why == "" || a.Title == "" {
				t.Errorf("%s %s: title, reason or where it is taken back is missing", name, a.Name)
			}
			want := known[name+" "+a.Name]
			if got := (life{a.ExpiresAfter.Std(), a.IdleExpiresAfter.Std(), a.EndsOn}); got != want {
				t.Errorf("%s %s lives %+v, want %+v", name, a.Name, got, want)
			}
		}
	}
}
