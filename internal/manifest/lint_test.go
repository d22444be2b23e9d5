package manifest_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"purser/internal/manifest"
)

const whole = `manifest: 1
name: acme
title: Acme
category: hr
settings:
  domain: {label: Domain, format: hostname, suffixes: [acme.example], example: x.acme.example}
hosts: ["${settings.domain}"]
auth:
  key:
    title: API key
    grant: static
    fields: [token]
    send: {header: {Authorization: "Key ${secret.token}"}}
http:
  base_url: "https://${settings.domain}/v1"
  error_body: {code: error}
  errors:
    - {code: gone, class: not_available}
  limits: [{rate: 60/1m}]
tenant: {from: {get: /me}, id: org}
probe: {get: /me}
why: {read: To read.}
tasks:
  application_roster:
    reads: users
    streams:
      names: {emits: lookup, mode: snapshot, scopes: [read], get: /names, fields: {external_id: id, name: name}}
      users:
        emits: account
        mode: snapshot
        scopes: [read]
        get: /users
        page: {kind: cursor, next: next, param: after}
        at: users
        fields:
          external_id: id
          email: lower(profile.email)
          status: {from: state, map: {on: active, off: deactivated}}
          title: lookup("names", title)
actions:
  suspend:
    target: account
    post: "/users/${account.external_id}/off"
    data_effect: Nothing is lost.
    reads_back: {stream: users, field: status, want: suspended}
    undo: reactivate
  reactivate:
    target: account
    post: "/users/${account.external_id}/on"
    data_effect: All is as before.
    reads_back: {stream: users, field: status, want: active}
`

func folder(text string) fstest.MapFS {
	return fstest.MapFS{
		"manifest.yaml": {Data: []byte(text)}, "setup.md": {Data: []byte("Help")}, "icon.svg": {Data: []byte("<svg/>")},
		"testdata/application_roster.json": {Data: []byte(`{"exchanges":[{"answer":{"body":{"users":[{"id":"1","name":"n","title":"t","state":"on","profile":{"email":"a"}}],"next":"x"}}}]}`)},
	}
}

func TestAWholeConnectorHasNoProblem(t *testing.T) {
	for _, p := range manifest.Lint(folder(whole)) {
		t.Error(p)
	}
}

func TestEachMistakeIsToldWithLineAndRemedy(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"no tenant":                    {"tenant: {from: {get: /me}, id: org}\n", "", "tenant is missing (say how the vendor names the organization"},
		"no probe":                     {"probe: {get: /me}\n", "", "probe is missing (one cheap request"},
		"no version":                   {"manifest: 1\n", "", "the version of the language is missing"},
		"bad name":                     {"name: acme\n", "name: Acme Inc\n", `line 2: name: "Acme Inc" is no name of a connector`},
		"any host accepted":            {", suffixes: [acme.example]", "", "line 6: settings.domain: any host at all would be accepted"},
		"unlisted host":                {"get: /users", "get: https://evil.example/users", "the host evil.example is not in hosts"},
		"plain http":                   {`base_url: "https:`, `base_url: "http:`, "is no safe address"},
		"host of a secret":             {`hosts: ["${settings.domain}"]`, `hosts: ["${settings.domain}", "${secret.token}"]`, "cannot be derived before connecting"},
		"secret in an address":         {"send: {header: {Authorization: \"Key ${secret.token}\"}}", "send: {query: {key: \"${secret.token}\"}}", "line 13: auth.key.send.query.key: a secret would stand in an address"},
		"secret outside auth":          {"get: /users", "get: \"/users/${secret.token}\"", "it may stand in auth only"},
		"secret not entered":           {"${secret.token}", "${secret.tokn}", "${secret.tokn} is used, but tokn is not entered"},
		"a table has no path":          {"        at: users\n", "        at: users\n        body: csv\n", "at is for answers that are one JSON value, not for csv"},
		"a table names no next page":   {"        at: users\n", "        body: csv\n", "csv has no place beside its records that could say how it goes on"},
		"redirect to nowhere":          {"        at: users\n", "        at: users\n        redirect: {auth: none}\n", "to is missing: to which hosts?"},
		"redirect to any host":         {"        at: users\n", "        at: users\n        redirect: {to: \"*.com\", auth: none}\n", `"*.com" is no host name`},
		"redirect with what":           {"        at: users\n", "        at: users\n        redirect: {to: files.acme.example}\n", "say that the credential is not sent there"},
		"redirect with a credential":   {"        at: users\n", "        at: users\n        redirect: {to: files.acme.example, auth: token}\n", "one of: none"},
		"no send":                      {"    send: {header: {Authorization: \"Key ${secret.token}\"}}\n", "", "send is missing for grant: static"},
		"code without addresses":       {"grant: static", "grant: code", "authorize_url is missing for grant: code"},
		"login with nothing":           {"grant: static", "grant: login", "login is missing for grant: login"},
		"scope without reason":         {"why: {read: To read.}\n", "", "the scope read has no reason"},
		"deactivated not asked":        {"off: deactivated", "off: invited", "line 28: tasks.application_roster.streams.users: does this list have deactivated accounts?"},
		"a TODO":                       {"why: {read: To read.}", "why: {read: \"TODO: why\"}", "manifest.yaml has a TODO left: why"},
		"misspelt path":                {"profile.email", "profil.email", "line 37: tasks.application_roster.streams.users.fields.email: profil.email is in no answer of testdata"},
		"unknown field":                {"          title:", "          titel:", `account has no field "titel" (did you mean title?)`},
		"mandatory field":              {"          external_id: id\n", "", "the field external_id of account is missing"},
		"value outside the list":       {"off: deactivated", "off: disabled", `"disabled" is no value of status`},
		"bad expression":               {"lower(profile.email)", "upper(profile.email)", "there is no function upper"},
		"endless list":                 {", param: after}", "}", "param is missing for pages of kind cursor"},
		"no end":                       {"kind: cursor, next: next, param: after", "kind: page, param: p, end: total", "total is missing for pages of kind page"},
		"delta without cursor":         {"        mode: snapshot\n", "        mode: delta\n", "a stream of mode delta needs a cursor"},
		"parent that is none":          {"get: /users", "get: /users\n        for_each: groups", `there is no stream "groups" before this one`},
		"bare value in a query":        {"get: /users", "get: /users\n        query: {q: \"SELECT id FROM u WHERE id > '${start}'\"}", "${start} could change the query (write ${sql_int(start)}"},
		"password without a name":      {"    grant: static\n", "    grant: password\n    token_url: \"https://${settings.domain}/token\"\n", "fields: username and password is missing for grant: password"},
		"signature without a secret":   {"    grant: static\n", "    grant: oauth1\n", "fields: token_secret is missing for grant: oauth1"},
		"place without value":          {"get: /users", "get: \"/users/${parant.id}\"", "${parant.id} has no value here (did you mean parent?)"},
		"unknown setting":              {"/users/${account.external_id}/off", "/users/${settings.region}/off", `there is no setting "region"`},
		"two requests":                 {"get: /users", "get: /users\n        post: /users", "one request is expected here, there are 2"},
		"write in a task":              {"get: /users", "delete: /users", "only actions may delete"},
		"lookup of nothing":            {`lookup("names"`, `lookup("nmes"`, `lookup: there is no stream "nmes" with names`},
		"rule for everything":          {"{code: gone, class: not_available}", "{class: not_available}", "the rule would match every refusal"},
		"bad rate":                     {"60/1m", "60 per minute", `"60 per minute" is no rate`},
		"action that proves nothing":   {"    reads_back: {stream: users, field: status, want: suspended}\n", "    reads_back: null\n", "reads_back is missing: nobody could tell whether it worked"},
		"action without a way back":    {"    undo: reactivate\n", "    undo: null\n", "undo is missing"},
		"undo that is none":            {"undo: reactivate", "undo: delete", `there is no action "delete"`},
		"data effect":                  {"    data_effect: Nothing is lost.\n", "", "data_effect is missing"},
		"unclosed place":               {"get: /users", "get: \"/users/${parent.id\"", "is not closed by }"},
		"never where it means nothing": {"title: lookup(\"names\", title)", "title: {from: title, never: [null]}", "never is for dates of use"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(whole, c.old, c.new, 1)
			if text == whole {
				t.Fatal("the mistake was not made")
			}
			var all []string
			for _, p := range manifest.Lint(folder(text)) {
				all = append(all, p.String())
			}
			if got := strings.Join(all, "\n"); !strings.Contains(got, c.want) {
				t.Errorf("problems:\n%s\nwant %s", got, c.want)
			}
		})
	}
}

func TestMissingFilesAreNamed(t *testing.T) {
	f := folder(whole)
	delete(f, "setup.md")
	delete(f, "testdata/application_roster.json")
	var got string
	for _, p := range manifest.Lint(f) {
		got += p.String() + "\n"
	}
	if !strings.Contains(got, "setup.md is missing") || !strings.Contains(got, "testdata/application_roster.json is missing") {
		t.Error(got)
	}
}

func mapFS(files map[string][]byte) fstest.MapFS {
	out := fstest.MapFS{}
	for name, data := range files {
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

func TestATODOInTheHelpIsTold(t *testing.T) {
	f := folder(whole)
	f["setup.md"].Data = []byte("# Help\n\n1. TODO: the steps\n")
	all := manifest.Lint(f)
	if len(all) != 1 || !strings.Contains(all[0].String(), "setup.md has a TODO left: the steps") {
		t.Error(all)
	}
}

func TestOnlyASentenceAboutLeaversAnswersTheQuestionForThem(t *testing.T) {
	asked := func(cannot string) bool {
		text := strings.Replace(strings.Replace(whole, "off: deactivated", "off: invited", 1), "  application_roster:\n", "  application_roster:\n    cannot: ["+cannot+"]\n", 1)
		for _, p := range manifest.Lint(folder(text)) {
			if strings.Contains(p.Message, "deactivated accounts") {
				return true
			}
		}
		return false
	}
	if !asked("The price of a seat.") || asked("Accounts that were deactivated; the vendor forgets them.") {
		t.Error("any sentence at all silences the question, or the right one does not")
	}
}
