package manifest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/manifest"
)

func decoded(t *testing.T, text string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func planned(t *testing.T, text string) *manifest.Plan {
	t.Helper()
	p, err := manifest.Compile(decoded(t, text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func vars(values map[string]string) manifest.Vars {
	return func(name string) (string, bool) { v, ok := values[name]; return v, ok }
}

func TestARequestIsBuiltWithItsValuesInTheirPlaces(t *testing.T) {
	text := strings.NewReplacer("        get: /users\n", `        post: "/of/${parent.external_id}/users"
        for_each: names
        query: {q: 'a == "${parent.name}"', since: "${start}", kind: [x, y]}
        headers: {If-Modified-Since: "${start}", X-Org: "${tenant.id}"}
        json: {filter: "id > '${parent.external_id}'", n: 5, on: true, none: null, list: [1, "${start}", a], at: "${start}", page: 9}
`).Replace(whole)
	r := planned(t, text).Tasks[0].Stream("users").Requests[0]
	v := map[string]string{"settings.domain": "x.acme.example", "parent.external_id": "a/b", "parent.name": `"N" & co`, "tenant.id": "T"}
	b, err := r.Build(vars(v), manifest.Added{Query: [][2]string{{"after", "t+1"}}, JSON: []manifest.Member{{Name: "page", Value: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintln(b.Method, b.URL) + fmt.Sprintln(b.Header) + string(b.Body) + b.ContentType + b.Route
	want := `POST https://x.acme.example/v1/of/a%2Fb/users?q=a%20%3D%3D%20%22%22N%22%20%26%20co%22&kind=x&kind=y&after=t%2B1
[[X-Org T]]
{"filter":"id > 'a/b'","n":5,"on":true,"none":null,"list":[1,"a"],"page":2}application/json/of/${parent.external_id}/users`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	v["start"] = "now"
	b, err = r.Build(vars(v), manifest.Added{})
	if err != nil || !strings.Contains(b.URL, "since=now") || len(b.Header) != 2 || !strings.Contains(string(b.Body), `"list":[1,"now","a"],"at":"now","page":9`) {
		t.Errorf("with a start: %s %v %s, %v", b.URL, b.Header, b.Body, err)
	}
}

func TestAValueThatCannotStandInItsPlaceMakesNoRequest(t *testing.T) {
	text := strings.Replace(whole, "        get: /users\n", "        get: \"/of/${parent.external_id}/users\"\n        for_each: names\n        headers: {X: \"${parent.name}\"}\n", 1)
	r := planned(t, text).Tasks[0].Stream("users").Requests[0]
	for name, change := range map[string][2]string{
		"climbs out of the path": {"parent.external_id", ".."}, "empty in the path": {"parent.external_id", ""}, "line break in a header": {"parent.name", "a\r\nX-Evil: 1"},
		"another host": {"settings.domain", "evil.example/x"},
	} {
		v := map[string]string{"settings.domain": "x.acme.example", "parent.external_id": "1", "parent.name": "n"}
		if _, err := r.Build(vars(v), manifest.Added{}); err != nil {
			t.Fatal(err)
		}
		v[change[0]] = change[1]
		if b, err := r.Build(vars(v), manifest.Added{}); err == nil {
			t.Errorf("%s: built %s %v", name, b.URL, b.Header)
		}
	}
	if _, err := r.Build(vars(nil), manifest.Added{}); err == nil {
		t.Error("a request was built without the domain")
	}
}

func TestTheTenantIsReadFromItsAnswer(t *testing.T) {
	p := planned(t, strings.Replace(whole, "tenant: {from: {get: /me}, id: org}", "tenant: {from: {get: /orgs, at: list, choose: true}, id: org, name: title, account: \"user ?? settings.domain\"}", 1))
	ids, err := p.Tenant.Read([]byte(`{"list":[{"org":7,"title":"Seven"},{"org":"8","user":"ada"}]}`), vars(map[string]string{"settings.domain": "d"}))
	if err != nil || fmt.Sprint(ids) != "[{7 Seven d } {8  ada }]" {
		t.Errorf("%v, %v", ids, err)
	}
	if _, err := p.Tenant.Read([]byte(`{"list":[]}`), nil); purser.ClassOf(err) != purser.ClassInvalidResponse {
		t.Errorf("no tenant: %v", err)
	}
}

func TestAProbeExpectsRows(t *testing.T) {
	p := planned(t, strings.Replace(whole, "probe: {get: /me}", "probe: {get: /me, at: list, expect: {min_rows: 1, else: permission}}", 1))
	for body, want := range map[string]purser.Class{`{"list":[{}]}`: "", `{"list":[]}`: purser.ClassPermission, `{}`: purser.ClassPermission, `<html>`: purser.ClassInvalidResponse} {
		if got := purser.ClassOf(p.Probe.Check([]byte(body))); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestADigestIsOfTheMeaning(t *testing.T) {
	a := decoded(t, whole).Digest()
	if b := decoded(t, "# a comment\n"+strings.ReplaceAll(whole, "reads: users", `reads: "users"`)).Digest(); a != b {
		t.Error("a comment changes the digest")
	}
	for _, change := range [][2]string{{"reads: users", "reads: all users"}, {"kind: cursor", "kind: cursor, size: 9"}, {"off: deactivated", "off: suspended"}, {"hosts: [", "hosts: [b.example, "}} {
		if b := decoded(t, strings.Replace(whole, change[0], change[1], 1)).Digest(); a == b {
			t.Errorf("%v does not change the digest", change)
		}
	}
}

func TestSettingsAreCleanedOrRefused(t *testing.T) {
	m := decoded(t, strings.Replace(whole, "example: x.acme.example}", `example: x.acme.example}
  name: {label: Name, format: slug, optional: true}
  mail: {label: Mail, format: email, default: a@example.com}
  region: {choices: {eu: Europe, us: {title: USA, hosts: [us.acme.example], scopes: [b]}}, default: eu}`, 1))
	for _, c := range []struct{ name, value, want string }{
		{"domain", "https://X.Acme.example/admin?x=1", "x.acme.example"}, {"domain", " x.acme.example. ", "x.acme.example"}, {"domain", "evil.example", "!"}, {"domain", "acme.example", "!"},
		{"domain", "x.acme.example:8080", "!"}, {"domain", "https://a@x.acme.example", "!"}, {"domain", "x.acme.example.evil.example", "!"}, {"domain", "", "!"},
		{"name", "Acme", "acme"}, {"name", "acme.com", "!"}, {"name", "a/b", "!"}, {"mail", "nobody", "!"}, {"mail", "", "a@example.com"}, {"region", "us", "us"}, {"region", "mars", "!"}, {"colour", "red", "!"},
	} {
		given := map[string]string{"domain": "x.acme.example"}
		given[c.name] = c.value
		clean, _, err := m.CheckSettings(given)
		got := clean[c.name]
		if err != nil {
			got = "!"
		}
		if got != c.want {
			t.Errorf("%s %q = %q (%v), want %q", c.name, c.value, got, err, c.want)
		}
	}
	hosts, err := m.HostsFor(map[string]string{"domain": "X.acme.example", "region": "us"})
	if err != nil || fmt.Sprint(hosts) != "[x.acme.example us.acme.example]" {
		t.Errorf("hosts = %v, %v", hosts, err)
	}
	if _, err := m.HostsFor(nil); purser.ClassOf(err) != purser.ClassConfig {
		t.Errorf("hosts without a domain: %v", err)
	}
	if asked := (manifest.Scopes{{"x"}, {"a", "b"}}).Asked(m, map[string]string{"region": "us"}); fmt.Sprint(asked) != "[x b]" {
		t.Errorf("asked = %v", asked)
	}
	if missing := (manifest.Scopes{{"x"}, {"a", "b"}}).Missing([]string{"b"}); fmt.Sprint(missing) != "[[x]]" {
		t.Errorf("missing = %v", missing)
	}
}

func TestHostPatterns(t *testing.T) {
	for _, c := range []struct {
		host, pattern string
		want          bool
	}{
		{"a.example", "a.example", true}, {"A.Example", "a.example", true}, {"b.a.example", "a.example", false}, {"b.a.example", "*.a.example", true},
		{"a.example", "*.a.example", false}, {"eva.example", "*.a.example", false}, {"c.b.a.example", "*.a.example", true},
	} {
		if got := manifest.HostAllowed(c.host, []string{c.pattern}); got != c.want {
			t.Errorf("%s in %s = %v", c.host, c.pattern, got)
		}
	}
}

func TestTheSchemaIsJSONAndKnowsEveryKey(t *testing.T) {
	raw := manifest.Schema()
	if !json.Valid(raw) {
		t.Fatal("no JSON")
	}
	for _, key := range []string{`"first_query"`, `"for_each"`, `"snapshot"`, `"hr_roster"`, `"path to the records; the whole answer if not said"`} {
		if !bytes.Contains(raw, []byte(key)) {
			t.Errorf("%s is missing", key)
		}
	}
	if bytes.Contains(raw, []byte(`"job"`)) {
		t.Error("it offers what is not built yet")
	}
}

func TestAFolderOfConnectorsIsLoaded(t *testing.T) {
	f := folder(whole)
	all := map[string][]byte{}
	for name, file := range f {
		all["acme/"+name] = file.Data
	}
	c, err := manifest.Load(mapFS(all))
	if err != nil || c.Get("acme") == nil || string(c.Get("acme").Setup) != "Help" || c.Get("none") != nil || len(c.All()) != 1 {
		t.Fatalf("%v, %v", c, err)
	}
	all["other/manifest.yaml"] = []byte(whole)
	if _, err := manifest.Load(mapFS(all)); err == nil || !strings.Contains(err.Error(), "connector other: its manifest says name: acme") {
		t.Errorf("error = %v", err)
	}
}
