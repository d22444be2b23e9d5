package app_test

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/store"
)

// What an address asks for stands in the form of its list, ticked, entered or kept, and
// above its rows as what can be taken away: a filter that is set next narrows the list
// and does not widen it again.
func TestAnotherFilterKeepsWhatTheAddressAsksFor(t *testing.T) {
	a, h, _ := aged(t)
	p := plant(t, a)
	cookie, _, _ := session(t, a, purser.RoleAdmin)
	users, err := store.Users(t.Context(), a.DB.Read())
	if err != nil || len(users) == 0 {
		t.Fatalf("%d users: %v", len(users), err)
	}
	application, instance := "application="+p.of["applications"], "instance="+p.of["instances"]
	day := time.Now().UTC().AddDate(0, 0, -2).Format(time.DateOnly)
	for path, conditions := range map[string][]string{
		"/findings":           {application, instance, "account=acc_1", "plan=pln_1", "currency=EUR", "owner=" + users[0].ID, "owner=me", "kind=unused_seat", "state=open", "any1.kind=unused_seat", "any2.owner=" + users[0].ID},
		"/suspicious":         {application, instance, "kind=used_after_leaving"},
		"/contracts":          {application, "decision=renew", "standing=running", "owner=" + users[0].ID, "from=2026-01-01", "until=2027-01-01", "ended=1", "no_day=1"},
		"/licenses":           {application, instance},
		"/spend":              {application, instance, "since=2026-01-01", "until=2026-12-31", "type=bill"},
		"/changes":            {application, instance, "from=" + day, "to=" + day, "what=joined"},
		"/accounts":           {application, instance, "connector=slack", "days=30", "active_days=8-14", "removed=1", "as_of=2026-11-01", "status=active", "department="},
		"/accounts/sso":       {application, instance, "person=per_2", "way=direct"},
		"/accounts/unmatched": {application, instance, "connector=slack", "use=unknown"},
		"/applications":       {"status=managed", "read=direct"},
		"/people":             {"employment=employed", "department=Sales", "leavers=1", "disputed=1", "has=" + p.of["applications"], "uses=" + p.of["applications"]},
		"/devices":            {application, instance, "app=Chat", "platform=macos", "removed=1", "seen=never"},
		"/leavers":            {instance, "status=active", "department=Sales", "admin=yes"},
		"/runs":               {instance, "task=" + string(purser.TaskNames()[0]), "from=2026-01-01"},
		"/actions":            {instance, "account=acc_1", "state=done"},
	} {
		for _, condition := range conditions {
			name, value, _ := strings.Cut(condition, "=")
			code, _, body := ask(t, a, h, request{path: path + "?" + condition, header: map[string]string{"Cookie": "purser=" + cookie}})
			if code != 200 {
				t.Errorf("%s?%s: %d", path, condition, code)
				continue
			}
			if sent := submitted(body)[name]; !slices.Contains(sent, value) || len(sent) != 1 {
				t.Errorf("%s?%s: the form would ask for %q", path, condition, sent)
			}
			if !strings.Contains(body, `class="chip"`) {
				t.Errorf("%s?%s: nothing says that it is set", path, condition)
			}
		}
	}
}

// submitted is what the form of a list would send as it stands.
func submitted(page string) url.Values {
	out := url.Values{}
	form := regexp.MustCompile(`(?s)<form[^>]*class="filters".*?</form>`).FindString(page)
	for _, input := range regexp.MustCompile(`<input[^>]*>`).FindAllString(form, -1) {
		said := func(attribute string) string {
			if m := regexp.MustCompile(` ` + attribute + `="([^"]*)"`).FindStringSubmatch(input); m != nil {
				return html.UnescapeString(m[1])
			}
			return ""
		}
		if said("type") != "checkbox" || regexp.MustCompile(`\schecked`).MatchString(input) {
			out.Add(said("name"), said("value"))
		}
	}
	return out
}
