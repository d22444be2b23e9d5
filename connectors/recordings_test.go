package connectors_test

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connectortest"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/vendorhttp"
)

// recorded is an exchange as it went over the wire.
type recorded struct {
	Request struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	} `json:"request"`
	Response struct {
		Status  int                 `json:"status"`
		Headers map[string][]string `json:"headers"`
		Body    json.RawMessage     `json:"body"`
	} `json:"response"`
}

func readRecording(t *testing.T, file string) []recorded {
	t.Helper()
	data, err := os.ReadFile(vendorData(t, "recordings", "okta", file))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Interactions []recorded `json:"interactions"`
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all.Interactions
}

// listed picks the recorded lists of a path.
func listed(t *testing.T, file, path string) []recorded {
	t.Helper()
	var out []recorded
	for _, r := range readRecording(t, file) {
		u, err := url.Parse(r.Request.URL)
		if err != nil {
			t.Fatal(err)
		}
		if r.Request.Method == http.MethodGet && u.Path == path && r.Response.Status == 200 && strings.HasPrefix(string(r.Response.Body), "[") {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s has no list of %s", file, path)
	}
	return out
}

// replayed answers with recorded lists in their order, as they came. Where the
// recording stops in the middle of a list, an empty page ends it.
func replayed(t *testing.T, lists []recorded, asked *[]string) *vendor {
	t.Helper()
	n := 0
	return playVendor(t, reply{serve: func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, "https://"+r.Host+r.URL.RequestURI())
		w.Header().Set("Content-Type", "application/json")
		if n == len(lists) {
			_, _ = w.Write([]byte("[]"))
			return
		}
		for name, values := range lists[n].Response.Headers {
			for _, v := range values {
				w.Header().Add(name, v)
			}
		}
		w.WriteHeader(lists[n].Response.Status)
		_, _ = w.Write(lists[n].Response.Body)
		n++
	}})
}

// keeper is an engine.Sink that keeps records as people write them.
type keeper struct {
	tally
	stream  *manifest.CompiledStream
	records []connectortest.Record
}

func (k *keeper) Commit(ctx context.Context, c engine.Commit) error {
	for _, p := range c.Parts {
		for _, row := range p.Rows {
			k.records = append(k.records, connectortest.Written(k.stream.Kind, row))
		}
	}
	return k.tally.Commit(ctx, c)
}

func (k *keeper) Parents(ctx context.Context, stream, after string) iter.Seq2[engine.Parent, error] {
	return k.tally.Parents(ctx, stream, after)
}

// subjectOf makes a stream ready for recorded answers.
func subjectOf(t *testing.T, connector, task, stream, parent string, settings map[string]string) subject {
	t.Helper()
	m := decoded(t, connector)
	plan, err := manifest.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	settings, _, err = m.CheckSettings(settings)
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := m.HostsFor(settings)
	if err != nil {
		t.Fatal(err)
	}
	return subject{manifest: m, stream: plan.Task(task).Stream(stream), settings: settings, hosts: hosts, parent: parent,
		fixture: &connectortest.Fixture{Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}}
}

// replay reads a stream from recorded lists.
func replay(t *testing.T, x subject, lists []recorded) (engine.Result, []connectortest.Record, []string) {
	t.Helper()
	var asked []string
	k := &keeper{stream: x.stream, tally: tally{parent: engine.Parent{ExternalID: x.parent}}}
	res := x.readInto(t, replayed(t, lists, &asked), vendorhttp.Caps{}, k)
	return res, k.records, asked
}

// as decodes the recorded items themselves.
func items(t *testing.T, lists []recorded) []object {
	t.Helper()
	var out []object
	for _, l := range lists {
		var page []object
		if err := json.Unmarshal(l.Response.Body, &page); err != nil {
			t.Fatal(err)
		}
		out = append(out, page...)
	}
	return out
}

func text(o object, path string) any {
	all := steps(path)
	v := child(o, all[:len(all)-1]...)[all[len(all)-1]]
	return v
}

// sameMoment compares a recorded moment with a record's.
func sameMoment(recordedText, got any) bool {
	a, err1 := time.Parse(time.RFC3339, asText(recordedText))
	b, err2 := time.Parse(time.RFC3339, asText(got))
	return err1 == nil && err2 == nil && a.Equal(b)
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}

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
	plan, err := manifest.Compile(m)
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

// Values of these recordings are blanked, "ok" among them: it is set to true, as
// a blank answer would be a refusal.
func TestEverythingThatTheLiveInterfaceEverSentIsDecoded(t *testing.T) {
	for _, c := range []struct {
		task, stream, method string
		rows                 int
		drift                string // a field that no manifest names
	}{
		{"application_roster", "users", "users.list", 1, "profile.avatar_hash"},
		{"application_access", "logins", "team.accessLogs", 1, "isp"},
		{"license_information", "seats", "team.billableInfo", 2, ""},
		{"license_information", "plans", "team.billing.info", 1, ""},
	} {
		t.Run(c.method, func(t *testing.T) {
			data, err := os.ReadFile(vendorData(t, "recordings", "slack", c.method+".json"))
			if err != nil {
				t.Fatal(err)
			}
			body := []byte(strings.Replace(string(data), `"ok": false`, `"ok": true`, 1))
			x := subjectOf(t, "slack", c.task, c.stream, "", nil)
			res, sink, _ := x.read(t, playVendor(t, reply{status: 200, body: body}), vendorhttp.Caps{})
			if res.State != engine.Complete || sink.rows != c.rows || len(sink.rejects) > 0 {
				t.Errorf("ended as %s (%v) with %d records, refused %v", res.State, res.Err, sink.rows, sink.rejects)
			}
			if c.drift != "" && res.Drift[c.drift] == 0 {
				t.Errorf("%s is not counted as drift: %v", c.drift, slices.Sorted(maps.Keys(res.Drift)))
			}
		})
	}
}

func TestTokensAndTenantStandWhereTheLiveInterfaceSendsThem(t *testing.T) {
	m := decoded(t, "slack")
	for file, paths := range map[string][]string{
		"oauth.v2.access.json": {m.Auth[0].Tokens[0].Answer.AccessToken, m.Auth[0].Tokens[0].Answer.RefreshToken, m.Auth[0].Tokens[1].Answer.AccessToken,
			m.Auth[0].Tokens[1].Answer.RefreshToken, m.Auth[0].Tokens[1].Answer.ExpiresIn, m.Auth[0].Tokens[1].Answer.Scope},
		"auth.test.json": {m.Tenant.ID, m.Tenant.Name, m.Tenant.Account},
	} {
		data, err := os.ReadFile(vendorData(t, "recordings", "slack", file))
		if err != nil {
			t.Fatal(err)
		}
		var sample any
		if err := json.Unmarshal(data, &sample); err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			if p == "" || !inSample(sample, steps(p)) {
				t.Errorf("%s has nothing at %q", file, p)
			}
		}
	}
}
