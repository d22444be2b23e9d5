package manifest_test

import (
	"errors"
	"strings"
	"testing"

	"purser/internal/manifest"
)

const shortManifest = `manifest: 1
name: tracker
title: Tracker
category: engineering
hosts: [tracker.example]
auth:
  client:
    title: Client
    grant: client_credentials
    client_auth: body
    token_url: https://tracker.example/token
    key_scope: own
    fields: {client_id: Settings., client_secret: Settings., site: {label: Site, shown: true}}
  browser: {like: client, title: Browser, grant: code, authorize_url: "https://tracker.example/ok", key_scope: null}
http: {base_url: "https://tracker.example", error_body: {code: error}}
tenant: {from: {get: /me}, id: id}
probe: {get: "/users?limit=1", at: items}
every_stream: {scopes: [read], at: items, page: {kind: cursor, next: next, param: after}}
tasks:
  application_roster:
    every_stream: {headers: {X-Part: roster}}
    streams:
      users:
        snapshot: account
        get: /users?limit=100&role[]=${vary.role}
        vary: {role: [agent, admin]}
        fields:
          - {external_id: id, email: lower(mail)}
          - status: {from: state, map: {active: [ON, IDLE], GONE: deactivated}}
            title: job
      guests: {like: users, get: /guests, scopes: [guests], at: null, fields: {title: null, email: mail}}
      groups: {like: users, snapshot: group, get: /groups, query: {limit: 5}, vary: null, fields: {external_id: id, name: name}}
      members: {snapshot: membership, get: /members, fields: {group: g, account: a}}
every_action: {scopes: [write]}
actions:
  suspend: {put: "/users/${account.external_id}", json: {off: true}, data_effect: Off., reads_back: {stream: users, field: status, want: suspended}}
  reactivate: {like: suspend, json: {off: false}, data_effect: On., when: null, reads_back: {stream: users}}
  delete: {delete: "/users/${account.external_id}?hard=true", data_effect: Gone., reads_back: {stream: users}}
  remove_from_group: {delete: "/members/${record.external_id}", scopes: [members], data_effect: Out., irreversible: true}
`

const longManifest = `manifest: 1
name: tracker
title: Tracker
category: engineering
hosts: [tracker.example]
auth:
  client:
    title: Client
    grant: client_credentials
    client_auth: body
    token_url: https://tracker.example/token
    key_scope: own
    fields:
      - {name: client_id, label: Client ID, help: Settings., shown: true}
      - {name: client_secret, label: Client secret, help: Settings.}
      - {name: site, label: Site, shown: true}
  browser:
    title: Browser
    grant: code
    client_auth: body
    authorize_url: https://tracker.example/ok
    token_url: https://tracker.example/token
    fields:
      - {name: client_id, label: Client ID, help: Settings., shown: true}
      - {name: client_secret, label: Client secret, help: Settings.}
      - {name: site, label: Site, shown: true}
http: {base_url: "https://tracker.example", error_body: {code: error}}
tenant: {from: {get: /me}, id: id}
probe: {get: /users, query: {limit: 1}, at: items}
tasks:
  application_roster:
    streams:
      users:
        emits: account
        mode: snapshot
        scopes: [read]
        headers: {X-Part: roster}
        get: /users
        query: {limit: 100, "role[]": "${vary.role}"}
        vary: {role: [agent, admin]}
        at: items
        page: {kind: cursor, next: next, param: after}
        fields:
          external_id: id
          email: lower(mail)
          status: {from: state, map: {"ON": active, IDLE: active, GONE: deactivated}}
          title: job
      guests:
        emits: account
        mode: snapshot
        scopes: [guests]
        headers: {X-Part: roster}
        get: /guests
        query: {limit: 100, "role[]": "${vary.role}"}
        vary: {role: [agent, admin]}
        page: {kind: cursor, next: next, param: after}
        fields:
          external_id: id
          email: mail
          status: {from: state, map: {"ON": active, IDLE: active, GONE: deactivated}}
      groups:
        emits: group
        mode: snapshot
        scopes: [read]
        headers: {X-Part: roster}
        get: /groups
        query: {limit: 5, "role[]": "${vary.role}"}
        at: items
        page: {kind: cursor, next: next, param: after}
        fields: {external_id: id, name: name}
      members:
        emits: membership
        mode: snapshot
        scopes: [read]
        headers: {X-Part: roster}
        get: /members
        at: items
        page: {kind: cursor, next: next, param: after}
        fields: {group: g, account: a}
actions:
  suspend:
    target: account
    scopes: [write]
    put: "/users/${account.external_id}"
    json: {"off": true}
    when: account.status == "active"
    data_effect: Off.
    reads_back: {stream: users, field: status, want: suspended}
    undo: reactivate
  reactivate:
    target: account
    scopes: [write]
    put: "/users/${account.external_id}"
    json: {"off": false}
    when: null
    data_effect: On.
    reads_back: {stream: users}
  delete:
    target: account
    scopes: [write]
    delete: "/users/${account.external_id}"
    query: {hard: true}
    data_effect: Gone.
    reads_back: {stream: users}
    irreversible: true
  remove_from_group:
    target: membership
    scopes: [members]
    delete: "/members/${record.external_id}"
    data_effect: Out.
    reads_back: {stream: members}
    irreversible: true
`

func read(t *testing.T, text string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestShortFormsMeanWhatTheLongOnesMean(t *testing.T) {
	if short, long := read(t, shortManifest), read(t, longManifest); short.Digest() != long.Digest() {
		text, err := manifest.Expand([]byte(shortManifest))
		t.Errorf("the two differ; written out, the short one is (%v)\n%s", err, text)
	}
}

func TestExpandedManifestHasTheSameDigestAndNoShortForm(t *testing.T) {
	text, err := manifest.Expand([]byte(shortManifest))
	if err != nil {
		t.Fatal(err)
	}
	if read(t, string(text)).Digest() != read(t, shortManifest).Digest() {
		t.Errorf("written out, it means something else:\n%s", text)
	}
	for _, key := range []string{"every_stream", "every_action", "like:", "snapshot: account", "?limit"} {
		if strings.Contains(string(text), key) {
			t.Errorf("%q is still there:\n%s", key, text)
		}
	}
}

func TestShortFormsAreReadStrictly(t *testing.T) {
	for name, c := range map[string]struct{ old, now, want string }{
		"like of nothing":             {"like: users, get: /guests", "like: people, get: /guests", `line 31: tasks.application_roster.streams.guests.like: there is no stream "people" before this one`},
		"an action like nothing":      {"like: suspend", "like: delete", `line 37: actions.reactivate.like: there is no action "delete" before this one`},
		"a way like nothing":          {"like: client", "like: key", `line 14: auth.browser.like: there is no way "key" before this one`},
		"both forms of a mode":        {"members: {snapshot: membership", "members: {snapshot: membership, mode: snapshot", `"snapshot" and "emits and mode" say the same`},
		"a kind that is none":         {"snapshot: membership", "snapshot: membreship", "did you mean membership?"},
		"an unknown key for all":      {"every_stream: {scopes", "every_stream: {scoops: 1, scopes", `line 18: tasks.application_roster.streams.users.scoops: there is no key "scoops" here (did you mean scopes?)`},
		"all as a text":               {"every_action: {scopes: [write]}", "every_action: write", "line 34: every_action: a mapping is expected here"},
		"a query that is escaped":     {"?hard=true", "?hard=a%20b", `"hard=a%20b" cannot stand in an address (write it under query, plain)`},
		"a query said twice":          {"get: /groups, query", `get: "/groups?limit=1", query`, `"limit" and "the address" say the same`},
		"a field in two rows":         {"title: job", "email: job", `the key "email" stands here twice`},
		"a row that is none":          {"- {external_id: id, email: lower(mail)}", "- external_id", "a row of fields is expected here"},
		"a credential without a name": {"client_id: Settings.", "tenant: Settings.", `"tenant" has no usual label ({label: …, help: …})`},
		"null where nothing is":       {"members: {snapshot: membership", "members: {table: null, snapshot: membership", "a text is expected here"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(shortManifest, c.old) {
				t.Fatalf("%q is not there", c.old)
			}
			_, err := manifest.Decode([]byte(strings.Replace(shortManifest, c.old, c.now, 1)))
			problems, _ := errors.AsType[manifest.Problems](err)
			var all []string
			for _, p := range problems {
				all = append(all, p.String())
			}
			if text := strings.Join(all, "\n"); !strings.Contains(text, c.want) {
				t.Errorf("want %s, got\n%s", c.want, text)
			}
		})
	}
}

func TestWhatManyStreamsShareIsToldOnce(t *testing.T) {
	_, err := manifest.Decode([]byte(strings.Replace(shortManifest, "every_stream: {scopes", "every_stream: {scoops: 1, scopes", 1)))
	if problems, _ := errors.AsType[manifest.Problems](err); len(problems) != 1 {
		t.Errorf("want one problem, got %v", problems)
	}
}

func TestManifestThatGrowsWithoutEndIsRefused(t *testing.T) {
	var text strings.Builder
	text.WriteString("manifest: 1\nevery_stream:\n  query:\n")
	for i := range 2000 {
		text.WriteString("    a" + strings.Repeat("b", i%50) + string(rune('a'+i/50%26)) + string(rune('a'+i/1300)) + ": 1\n")
	}
	text.WriteString("tasks:\n  application_roster:\n    streams:\n")
	for i := range 500 {
		text.WriteString("      s" + strings.Repeat("x", i) + ": {snapshot: account}\n")
	}
	_, err := manifest.Decode([]byte(text.String()))
	if err == nil || !strings.Contains(err.Error(), "has more than") {
		t.Errorf("got %v", err)
	}
}
