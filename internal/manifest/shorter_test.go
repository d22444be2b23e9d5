package manifest_test

import (
	"strings"
	"testing"

	"purser/internal/manifest"
)

const long = `manifest: 1
name: acme
title: Acme
category: other
hosts: [api.acme.example]
auth:
  client:
    title: Client
    grant: client_credentials
    token_url: https://api.acme.example/token
    fields:
      - {name: client_id, label: Client ID, help: In the console., shown: true}
      - {name: client_secret, label: Client secret, help: In the console.}
http: {base_url: "https://api.acme.example", error_body: {code: code, message: message}, page: {kind: none}}
tenant: {from: {get: /me}, id: id, name: name}
probe: {get: /users}
tasks:
  application_roster:
    reads: people
    streams:
      users:
        emits: account
        mode: snapshot
        scopes: [read]
        get: /users
        query: {limit: 100, include: all}
        fields:
          external_id: id
          status: {from: state, map: {"ON": active, IDLE: active, GONE: suspended}}
      groups: {snapshot: group, scopes: [read], get: /groups, query: {filter: "a b"}, fields: {external_id: id, name: name}}
      plans: {snapshot: plan, scopes: [read], get: /plans, fields: {external_id: id, name: name}}
actions:
  suspend:
    target: account
    post: "/users/${account.external_id}/suspend"
    when: account.status == "active"
    data_effect: Nothing is deleted.
    undo: reactivate
  reactivate:
    post: "/users/${account.external_id}/open"
    data_effect: Nothing is deleted.
    reads_back: {stream: users, field: status, want: active}
`

func TestALongManifestIsToldItsShortForms(t *testing.T) {
	var said strings.Builder
	for _, p := range manifest.Shorter([]byte(long)) {
		said.WriteString(p.String() + "\n")
	}
	for _, want := range []string{
		"line 12: auth.client.fields: the labels are the usual ones ({client_id: …, client_secret: …}",
		"line 23: tasks.application_roster.streams.users: emits and mode can be one line (snapshot: account)",
		"line 24: tasks: each says the same scopes (every_stream: {scopes: …})",
		"streams.users.query: the query can stand in the address (get: /users?limit=100&include=all)",
		"users.fields.status: what means the same can be said once (active: [ON, IDLE])",
		"actions.suspend.target: target follows from the name of the action (leave it out)",
		"actions.suspend.when: when follows", "actions.suspend.undo: undo follows", "actions.reactivate.reads_back: reads_back follows",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("not told: %s", want)
		}
	}
	if n := strings.Count(said.String(), "\n"); n != 9 || t.Failed() {
		t.Errorf("%d hints:\n%s", n, said.String())
	}
}

func TestWhatIsWrittenShortOrCannotBeReadHasNothingToShorten(t *testing.T) {
	for _, text := range []string{small, "manifest: [", strings.Replace(long, "title: Acme", "titel: Acme", 1),
		strings.Replace(small, "query: {limit: 200, kind: [a, b]}", "query: {limit: 200} # more is refused", 1)} {
		text = strings.Replace(text, "emits: person\n        mode: snapshot", "snapshot: person", 1)
		if got := manifest.Shorter([]byte(text)); len(got) > 0 {
			t.Errorf("told: %v", got)
		}
	}
}
