package connectors_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/connectortest"
	"purser/internal/engine"
	"purser/internal/manifest"
)

func checkUsers(t *testing.T, lists []recorded, got []connectortest.Record) {
	t.Helper()
	want := items(t, lists)
	if len(got) != len(want) {
		t.Fatalf("%d users came of %d", len(got), len(want))
	}
	status := map[any]string{"STAGED": "invited", "PROVISIONED": "invited", "ACTIVE": "active", "SUSPENDED": "suspended", "PASSWORD_EXPIRED": "active"}
	for i, u := range want {
		r := got[i]
		if r["external_id"] != u["id"] || r["email"] != strings.ToLower(asText(text(u, "profile.email"))) || status[u["status"]] != r["status"] || !sameMoment(u["created"], r["created_at"]) {
			t.Errorf("user %v with status %v and creation %v became %v", u["id"], u["status"], u["created"], r)
		}
		if u["lastLogin"] == nil && r["last_active_at"] != "never" || u["lastLogin"] != nil && !sameMoment(u["lastLogin"], r["last_active_at"]) {
			t.Errorf("user %v: last login %v became %v", u["id"], u["lastLogin"], r["last_active_at"])
		}
		if name := asText(text(u, "profile.firstName")) + " " + asText(text(u, "profile.lastName")); r["display_name"] != name {
			t.Errorf("user %v: %q became %v", u["id"], name, r["display_name"])
		}
	}
}

func TestRecordedPagesOfUsersAreFollowedAsTheyCame(t *testing.T) {
	lists := listed(t, "user_pagination.json", "/api/v1/users")
	x := subjectOf(t, "okta", "application_roster", "users", "", map[string]string{"domain": "test.okta.com"})
	res, got, asked := replay(t, x, lists)
	if res.State != engine.Complete || res.Pages != len(lists)+1 || res.Drift["profile.mobilePhone"] == 0 {
		t.Errorf("ended as %s (%v) after %d pages, drift %v", res.State, res.Err, res.Pages, slices.Sorted(maps.Keys(res.Drift)))
	}
	checkUsers(t, lists, got)
	for i, l := range lists {
		link := strings.Join(http.Header(canonical(l.Response.Headers)).Values("Link"), ", ")
		if i+1 < len(asked) && !strings.Contains(link, "<"+asked[i+1]+">") {
			t.Errorf("page %d was asked at %s, the vendor said %s", i+2, asked[i+1], link)
		}
	}
}

func canonical(h map[string][]string) map[string][]string {
	out := http.Header{}
	for name, values := range h {
		for _, v := range values {
			out.Add(name, v)
		}
	}
	return out
}

func TestRecordedUsersHaveTheirStatus(t *testing.T) {
	lists := listed(t, "suspend_user.json", "/api/v1/users")
	x := subjectOf(t, "okta", "application_roster", "users", "", map[string]string{"domain": "test.okta.com"})
	for _, l := range lists {
		one := []recorded{l}
		res, got, _ := replay(t, x, one)
		if res.State != engine.Complete || res.Rejects != 0 {
			t.Errorf("ended as %s: %v", res.State, res.Err)
		}
		checkUsers(t, one, got)
	}
}

func TestTheRecordedSuspensionIsTheRequestOfTheAction(t *testing.T) {
	m := decoded(t, "okta")
	plan, err := manifest.Compile(m, folder(t, "okta"))
	if err != nil {
		t.Fatal(err)
	}
	var sent []string
	id := ""
	for _, r := range readRecording(t, "suspend_user.json") {
		sent = append(sent, r.Request.Method+" "+r.Request.URL)
		if _, rest, ok := strings.Cut(r.Request.URL, "/users/"); ok && strings.HasSuffix(rest, "/lifecycle/suspend") {
			id = strings.TrimSuffix(rest, "/lifecycle/suspend")
		}
	}
	vars := func(name string) (string, bool) {
		v, ok := map[string]string{"settings.domain": "test.okta.com", "account.external_id": id}[name]
		return v, ok
	}
	for _, name := range []string{"suspend", "reactivate"} {
		built, err := plan.Action(name).Steps[0].Build(vars, manifest.Added{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(sent, built.Method+" "+built.URL) {
			t.Errorf("%s would send %s %s, the vendor's own client never did", name, built.Method, built.URL)
		}
	}
}

func TestRecordedMembersOfAGroup(t *testing.T) {
	const group = "00gsf7bj3rH2d9PvL4x6"
	lists := listed(t, "group_users_operations.json", "/api/v1/groups/"+group+"/users")
	x := subjectOf(t, "okta", "application_roster", "members", group, map[string]string{"domain": "test.okta.com"})
	for _, l := range lists { // before and after the member was taken out
		res, got, _ := replay(t, x, []recorded{l})
		want := items(t, []recorded{l})
		if res.State != engine.Complete || res.Partitions != 1 || len(got) != len(want) {
			t.Errorf("ended as %s (%v) with %d of %d members", res.State, res.Err, len(got), len(want))
		}
		for i, u := range want {
			if got[i]["group"] != group || got[i]["account"] != u["id"] {
				t.Errorf("member %v became %v", u["id"], got[i])
			}
		}
	}
}

func TestRecordedAssignmentsOfAnApplication(t *testing.T) {
	const app = "0oasf86d7hw9MMcnd4x6"
	lists := listed(t, "get_list_assign_users_app.json", "/api/v1/apps/"+app+"/users")
	x := subjectOf(t, "okta", "application_discovery", "assignments", app, map[string]string{"domain": "test.okta.com"})
	res, got, _ := replay(t, x, lists)
	want := items(t, lists)
	if res.State != engine.Complete || len(got) != len(want) {
		t.Fatalf("ended as %s (%v) with %d of %d assignments", res.State, res.Err, len(got), len(want))
	}
	via := map[any]string{"USER": "direct", "GROUP": "group"}
	for i, u := range want {
		r := got[i]
		if r["application"] != app || r["account"] != u["id"] || r["via"] != via[u["scope"]] || r["status"] != u["status"] || !sameMoment(u["created"], r["assigned_at"]) {
			t.Errorf("assignment %v became %v", u, r)
		}
		if name := text(u, "credentials.userName"); name != nil && r["user_name"] != name {
			t.Errorf("assignment of %v: user name %v became %v", u["id"], name, r["user_name"])
		}
	}
}

func TestRecordedApplicationsAndTheirNextPage(t *testing.T) {
	lists := listed(t, "list_applications_pagination_with_after.json", "/api/v1/apps")[:1]
	// The recording's own host was replaced in the requests, not in the links.
	x := subjectOf(t, "okta", "application_discovery", "apps", "", map[string]string{"domain": "dev-20982288.okta.com", "hidden_apps": "none"})
	res, got, asked := replay(t, x, lists)
	want := items(t, lists)
	if res.State != engine.Complete || len(got) != len(want) || len(asked) != 2 {
		t.Fatalf("ended as %s (%v) with %d of %d applications after %v", res.State, res.Err, len(got), len(want), asked)
	}
	for i, a := range want {
		if r := got[i]; r["external_id"] != a["id"] || r["name"] != a["label"] || r["vendor_key"] != a["name"] || r["sign_on"] != a["signOnMode"] || !sameMoment(a["created"], r["created_at"]) {
			t.Errorf("application %v became %v", a["id"], r)
		}
	}
	// With another domain the very same link is one to a foreign host.
	x = subjectOf(t, "okta", "application_discovery", "apps", "", map[string]string{"domain": "test.okta.com", "hidden_apps": "none"})
	res, _, asked = replay(t, x, lists)
	if res.State != engine.Failed || res.Err.Class != purser.ClassConfig || len(asked) != 1 {
		t.Errorf("a recorded link to a foreign host: ended as %s (%v) after %v", res.State, res.Err, asked)
	}
}
