package sandbox_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"purser/internal/sandbox"
)

func TestTheSameSeedMakesTheSameCompany(t *testing.T) {
	a, b := sandbox.NewCompany(3, sandbox.CompanyOptions{}), sandbox.NewCompany(3, sandbox.CompanyOptions{})
	if !reflect.DeepEqual(a, b) {
		t.Error("two companies of one seed differ")
	}
	if reflect.DeepEqual(a.People, sandbox.NewCompany(4, sandbox.CompanyOptions{}).People) {
		t.Error("another seed makes the same people")
	}
}

func TestTheCompanyHasAllKindsOfPeople(t *testing.T) {
	c := sandbox.NewCompany(1, sandbox.CompanyOptions{})
	count, addresses := map[string]int{}, map[string]bool{}
	for _, p := range c.People {
		count[string(p.Kind)]++
		count[string(p.Employment)]++
		if p.Employment == sandbox.Left && p.Lingers {
			count["leaver with access"]++
		}
		if p.LastSeen.IsZero() {
			count["never seen"]++
		}
		if len(p.Given) >= 10_000 {
			count["long name"]++
		}
		if strings.Contains(p.Given, "<script>") || strings.HasPrefix(p.Given, "=") || strings.Contains(p.Given, "\u202e") || strings.Contains(p.Given, "hx-get") {
			count["hostile name"]++
		}
		if len(p.Aliases) > 0 {
			count["alias"]++
		}
		own := strings.HasSuffix(p.Email, "example.com")
		if addresses[p.Email] || own == (p.Kind == sandbox.Guest) || !own && !strings.HasSuffix(p.Email, "@partner.example.net") {
			t.Errorf("address %s", p.Email)
		}
		addresses[p.Email] = true
	}
	if len(c.People) != 250 {
		t.Errorf("%d people", len(c.People))
	}
	for what, least := range map[string]int{"guest": 10, "robot": 8, "shared": 4, "left": 10, "future": 3, "on_leave": 2, "not_in_hr": 30,
		"leaver with access": 3, "never seen": 10, "long name": 1, "hostile name": 4, "alias": 10} {
		if count[what] < least {
			t.Errorf("%s: %d, want %d at least", what, count[what], least)
		}
	}
}

func TestNothingHasHappenedYetThatIsStillToCome(t *testing.T) {
	now := time.Date(2026, 11, 3, 5, 0, 0, 0, time.UTC)
	c := sandbox.NewCompany(1, sandbox.CompanyOptions{Today: now})
	for _, p := range c.People {
		if p.LastSeen.After(now) || p.Changed.After(now) {
			t.Errorf("person %d was last seen at %s and changed at %s; it is %s", p.N, p.LastSeen, p.Changed, now)
		}
	}
	for _, e := range c.Events {
		if e.At.After(now) {
			t.Errorf("event %d is of %s; it is %s", e.Seq, e.At, now)
		}
	}
}

func TestCountsAreWhatTheVendorsList(t *testing.T) {
	c := start(t, sandbox.Options{})
	n := c.Counts()
	if got := len(c.all(oktaAPI+"/users?limit=200"+allUsers, c.ssws(), 9)); got != n[sandbox.Okta]["users"] {
		t.Errorf("%d users of %d", got, n[sandbox.Okta]["users"])
	}
	assigned, apps := 0, 0
	for _, a := range c.all(oktaAPI+"/apps?limit=200&includeNonDeleted=true", c.ssws(), 9) {
		if name := a["name"].(string); name == "saasure" || strings.HasPrefix(name, "okta_") {
			continue
		}
		apps++
		assigned += len(c.all(oktaAPI+"/apps/"+a["id"].(string)+"/users?limit=500", c.ssws(), 9))
	}
	if apps != n[sandbox.Okta]["apps"] || assigned != n[sandbox.Okta]["assignments"] {
		t.Errorf("%d apps, %d assignments: %v", apps, assigned, n[sandbox.Okta])
	}
	if got := len(c.employees("status in ('Active','Inactive')", 1000)); got != n[sandbox.BambooHR]["people"] {
		t.Errorf("%d people of %d", got, n[sandbox.BambooHR]["people"])
	}
	h := c.google("admin.directory.user.readonly", "admin.directory.group.readonly", "apps.licensing")
	seats := 0
	for _, product := range []string{"Google-Apps", "101047"} {
		seats += len(c.collect(licenseAPI+product+"/users?customerId="+c.creds.Google.CustomerID, "items", h))
	}
	members := 0
	for _, g := range c.collect(adminAPI+"groups?customer=my_customer", "groups", h) {
		members += len(c.collect(adminAPI+"groups/"+g["id"].(string)+"/members?maxResults=200", "members", h))
	}
	if seats != n[sandbox.Google]["seats"] || members != n[sandbox.Google]["memberships"] {
		t.Errorf("%d seats, %d memberships: %v", seats, members, n[sandbox.Google])
	}
	bot := c.slackTokens("users:read,usergroups:read", "")["access_token"].(string)
	if got := len(c.slack("users.list?limit=1000", bot)["members"].([]any)); got != n[sandbox.Slack]["users"] {
		t.Errorf("%d members: %v", got, n[sandbox.Slack])
	}
	if got := len(c.slack("usergroups.list", bot)["usergroups"].([]any)); got != n[sandbox.Slack]["groups"] {
		t.Errorf("%d user groups: %v", got, n[sandbox.Slack])
	}
}
