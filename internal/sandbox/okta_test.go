package sandbox_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser/internal/sandbox"
)

const (
	oktaAPI = "https://acme.okta.com/api/v1"
	// allUsers is the filter that deactivated people do not fall through.
	allUsers = "&filter=lastUpdated%20gt%20%221970-01-01T00:00:00.000Z%22"
)

func TestABareListOfUsersOmitsTheDeactivatedOnes(t *testing.T) {
	c := start(t, sandbox.Options{})
	bare := c.all(oktaAPI+"/users?limit=200", c.ssws(), 5)
	full := c.all(oktaAPI+"/users?limit=200"+allUsers, c.ssws(), 5)
	gone := c.all(oktaAPI+`/users?filter=status%20eq%20%22DEPROVISIONED%22`, c.ssws(), 5)
	if len(gone) == 0 || len(bare)+len(gone) != len(full) || distinct(t, full, "id") != len(full) {
		t.Errorf("bare %d, deactivated %d, all %d", len(bare), len(gone), len(full))
	}
	if slices.ContainsFunc(bare, func(u map[string]any) bool { return u["status"] == "DEPROVISIONED" }) {
		t.Error("a deactivated user stands in the bare list")
	}
}

func TestOktaPagesByAfterAndKeepsTheQueryInItsLinks(t *testing.T) {
	c := start(t, sandbox.Options{})
	r := c.get(200, oktaAPI+"/users?limit=7"+allUsers, c.ssws())
	next := r.next()
	if len(r.list(t)) != 7 || !strings.HasPrefix(next, oktaAPI+"/users?") || !strings.Contains(next, "limit=7") || !strings.Contains(next, "filter=") {
		t.Errorf("%d rows, next %q", len(r.list(t)), next)
	}
	if len(r.Header.Values("Link")) != 2 {
		t.Errorf("self and next must be two lines: %q", r.Header.Values("Link"))
	}
	if r.Header.Get("X-Rate-Limit-Limit") != "600" || r.Header.Get("X-Rate-Limit-Remaining") != "599" || r.Header.Get("X-Rate-Limit-Reset") == "" {
		t.Errorf("rate headers: %v", r.Header)
	}
}

func TestOktaRefusesWhatItDoesNotKnow(t *testing.T) {
	c := start(t, sandbox.Options{})
	for target, want := range map[string]int{
		"/users?page=2": 400, "/users?limit=201": 400, "/users?filter=profile.city%20eq%20%22x%22": 400, "/users?filter=status": 400,
		"/users?after=zzz": 400, "/users?sortBy=id": 400, "/apps/0oanone/users": 404, "/nothing": 404, "/logs?since=x": 400, "/logs?filter=published%20gt%20%22x%22": 400,
		"/logs?since=2026-01-01T00:00:00Z&after=e1": 400, "/apps/x/groups?limit=5": 404,
	} {
		r := c.get(want, oktaAPI+target, c.ssws())
		if code, _ := r.object(t)["errorCode"].(string); code != map[int]string{400: "E0000001", 404: "E0000007"}[want] {
			t.Errorf("%s: code %q", target, code)
		}
	}
	r := c.get(401, oktaAPI+"/users", map[string]string{"Authorization": "SSWS wrong"})
	if r.object(t)["errorCode"] != "E0000011" {
		t.Errorf("wrong token: %s", r.Body)
	}
}

func TestASuspensionChangesLaterAnswersAndIsReversible(t *testing.T) {
	c := start(t, sandbox.Options{})
	users := c.all(oktaAPI+"/users", c.ssws(), 3)
	i := slices.IndexFunc(users, func(u map[string]any) bool { return u["status"] == "ACTIVE" })
	self := oktaAPI + "/users/" + users[i]["id"].(string)
	c.ask(200, "POST", self+"/lifecycle/suspend", c.ssws(), "")
	if got := c.get(200, self, c.ssws()).object(t)["status"]; got != "SUSPENDED" {
		t.Errorf("after suspend: %v", got)
	}
	c.ask(400, "POST", self+"/lifecycle/suspend", c.ssws(), "")
	c.ask(200, "POST", self+"/lifecycle/unsuspend", c.ssws(), "")
	if got := c.get(200, self, c.ssws()).object(t)["status"]; got != "ACTIVE" {
		t.Errorf("after unsuspend: %v", got)
	}
}

func TestGroupsAppsAndTheirPeopleAgree(t *testing.T) {
	c := start(t, sandbox.Options{})
	users := map[any]bool{}
	for _, u := range c.all(oktaAPI+"/users?limit=200"+allUsers, c.ssws(), 5) {
		users[u["id"]] = true
	}
	groups, apps := c.all(oktaAPI+"/groups?limit=5", c.ssws(), 9), c.all(oktaAPI+"/apps?limit=5", c.ssws(), 9)
	if distinct(t, groups, "id") != 15 || distinct(t, apps, "id") != 25 {
		t.Errorf("%d groups, %d apps", len(groups), len(apps))
	}
	members, empty := 0, 0
	for _, g := range groups {
		rows := c.all(oktaAPI+"/groups/"+g["id"].(string)+"/users?limit=200", c.ssws(), 3)
		members += len(rows)
		if len(rows) == 0 {
			empty++
		}
	}
	assigned := 0
	for _, a := range apps {
		for _, u := range c.all(oktaAPI+"/apps/"+a["id"].(string)+"/users?limit=100", c.ssws(), 5) {
			assigned++
			if !users[u["id"]] {
				t.Fatalf("app %v has an unknown user %v", a["label"], u["id"])
			}
		}
		c.get(200, oktaAPI+"/apps/"+a["id"].(string)+"/groups?limit=200", c.ssws())
	}
	if members < 300 || empty != 1 || assigned < 800 {
		t.Errorf("%d members, %d empty groups, %d assignments", members, empty, assigned)
	}
}

func TestTheLogIsPolledWithoutEnd(t *testing.T) {
	c := start(t, sandbox.Options{})
	target := oktaAPI + `/logs?sortOrder=ASCENDING&limit=1000&since=2026-10-01T00:00:00Z&filter=eventType%20eq%20%22user.authentication.sso%22`
	var rows []map[string]any
	for range 10 {
		r := c.get(200, target, c.ssws())
		page := r.list(t)
		rows = append(rows, page...)
		if target = r.next(); target == "" {
			t.Fatal("the log has no next link")
		}
		if len(page) == 0 {
			break
		}
	}
	if len(rows) < 300 || distinct(t, rows, "uuid") != len(rows) {
		t.Fatalf("%d events", len(rows))
	}
	var who string
	c.Company(func(co *sandbox.Company) { who = co.People[0].Email })
	c.AdvanceClock(time.Minute)
	if err := c.Use(who, "slack"); err != nil {
		t.Fatal(err)
	}
	c.AdvanceClock(time.Minute)
	if page := c.get(200, target, c.ssws()).list(t); len(page) != 1 || at(page[0], "actor.alternateId") != who {
		t.Errorf("the kept link gives %d events", len(page))
	}
	bounded := c.get(200, oktaAPI+"/logs?limit=1000&since=2026-10-01T00:00:00Z&until=2026-10-01T01:00:00Z", c.ssws())
	if bounded.next() != "" {
		t.Error("a bounded query has a next link")
	}
}

func TestOktaSaysWhenItIsAskedTooOften(t *testing.T) {
	c := start(t, sandbox.Options{Limits: map[string]int{"okta/users": 2}})
	c.get(200, oktaAPI+"/users?limit=1", c.ssws())
	c.get(200, oktaAPI+"/users?limit=1", c.ssws())
	r := c.get(429, oktaAPI+"/users?limit=1", c.ssws())
	if r.object(t)["errorCode"] != "E0000047" || r.Header.Get("X-Rate-Limit-Remaining") != "0" || r.Header.Get("Retry-After") != "" {
		t.Errorf("%v %s", r.Header, r.Body)
	}
	c.AdvanceClock(time.Minute)
	c.get(200, oktaAPI+"/users?limit=1", c.ssws())
}

func TestRevokedOktaKeysAreRefusedUntilTheyAreMended(t *testing.T) {
	c := start(t, sandbox.Options{})
	c.RevokeTokens(sandbox.Okta)
	c.get(401, oktaAPI+"/org", c.ssws())
	c.RestoreKeys(sandbox.Okta)
	if got := c.get(200, oktaAPI+"/org", c.ssws()).object(t)["subdomain"]; got != "acme" {
		t.Errorf("subdomain %v", got)
	}
}

func q(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}
