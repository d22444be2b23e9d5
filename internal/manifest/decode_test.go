package manifest_test

import (
	"strings"
	"testing"

	"purser/internal/manifest"
)

const small = `manifest: 1
name: acme
title: Acme
category: hr
hosts: [api.acme.example]
auth:
  key: {grant: static, fields: [token, {name: user, shown: true}], send: {header: {Authorization: "Key ${secret.token}"}}}
http:
  base_url: https://api.acme.example/v1
  page: {kind: none}
  error_body: {code: error}
tasks:
  hr_roster:
    reads: employees
    streams:
      people:
        emits: person
        mode: snapshot
        get: /people
        query: {limit: 200, kind: [a, b]}
        fields:
          external_id: id
          employment: {from: state, map: {on: employed, off: ended}}
`

func TestAManifestIsDecodedInItsOrder(t *testing.T) {
	m, err := manifest.Decode([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	s := m.Tasks[0].Streams[0]
	if s.Name != "people" || s.Query[0].Value() != "200" || len(s.Query[1].Values) != 2 {
		t.Errorf("stream = %+v", s)
	}
	if s.Fields[0].From != "id" || s.Fields[1].Map[0].Name != "on" {
		t.Errorf("fields = %+v", s.Fields)
	}
	if m.Auth[0].Fields[0].Name != "token" || !m.Auth[0].Fields[1].Shown {
		t.Errorf("credential fields = %+v", m.Auth[0].Fields)
	}
	if got := m.Line("tasks.hr_roster.streams.people.get"); got != 19 {
		t.Errorf("line of get = %d, want 19", got)
	}
}

func TestMistakesAreToldWithTheirLine(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown key":     {"        get: /people", "        gett: /people", `line 19: tasks.hr_roster.streams.people.gett: there is no key "gett" here (did you mean get?)`},
		"unknown value":   {"mode: snapshot", "mode: snapshto", `"snapshto" is not known here (did you mean snapshot?)`},
		"not built":       {"kind: none", "kind: hook", "line 10: http.page.kind: hook is not built yet (use one of none, "},
		"key not built":   {"        get: /people", "        get: /people\n        job: {start: x}", "job is not built yet (leave it out"},
		"kind not built":  {"emits: person", "emits: contract", "contract is not built yet"},
		"doubled key":     {"title: Acme", "title: Acme\ntitle: B", "stands here twice"},
		"alias":           {"title: Acme", "title: &a Acme", "anchors and aliases are not allowed"},
		"list for a text": {"title: Acme", "title: [Acme]", "a text is expected here"},
		"null for a text": {"title: Acme", "title:", "a text is expected here"},
		"bad number":      {"manifest: 1", "manifest: one", "a whole number is expected here"},
		"bad duration":    {"    reads: employees", "    reads: employees\n    schedule: daily", `"daily" is not a length of time`},
		"two documents":   {"manifest: 1", "manifest: 1\n---\nmanifest: 1", "more than one document"},
		"unquoted":        {"        get: /people", "        post: /people\n        json: {path: /people?limit=1}", "stands in quotes"},
		"one level down":  {"        get: /people", "        get: /people\n        window: 30m", "it stands under cursor"},
		"not yaml":        {"manifest: 1", "manifest: [1", "this is not YAML"},
		"unknown task":    {"hr_roster:", "hr_rooster:", "did you mean hr_roster?"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := manifest.Decode([]byte(strings.Replace(small, c.old, c.new, 1)))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v\nwant  %s", err, c.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("manifest: 1\nhttp: {errors: [{status: 404}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := manifest.Decode(data)
		if err == nil && m == nil {
			t.Fatal("neither a manifest nor an error")
		}
	})
}
