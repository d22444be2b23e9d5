package connectortest_test

import (
	"strings"
	"testing"

	"purser/internal/connectortest"
)

func TestAFixtureMayRedirectToATable(t *testing.T) {
	const fixture, manifest = "tracker/testdata/application_roster.json", "tracker/manifest.yaml"
	files := changed(t, example(t), manifest, "        at: users\n", "        body: csv\n        page: {kind: none}\n        redirect: {to: \"*.files.example\", auth: none}\n")
	files = changed(t, files, fixture, `"query": {"per_page": "100"},
   "answer": {"status": 200, "body": {"users": [{"id": 1, "email": "Ada@example.com", "state": "active",
    "full_name": "Ada Lovelace", "role": "owner", "created": "2026-01-02T03:04:05Z", "last_visit": null}],
    "next": "abc"}}},`, `"query": {"per_page": "100"}, "answer": {"status": 302, "headers": {"Location": ["https://eu.files.example/t.csv?sig=1"]}}},`)
	files = changed(t, files, fixture, `"path": "/v2/users", "query": {"per_page": "100", "after": "abc"},
   "answer": {"status": 200, "body": {"users": [], "next": ""}}}`, `"path": "/t.csv", "query": {"sig": "1"},
   "answer": {"status": 200, "text": "id,email,state,full_name,role,created,last_visit\n1,Ada@example.com,active,Ada Lovelace,owner,2026-01-02T03:04:05Z,\n"}}`)
	report, err := connectortest.Run(t.Context(), files, "tracker")
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() {
		t.Errorf("%+v", report)
	}
	report, err = connectortest.Run(t.Context(), changed(t, files, manifest, "*.files.example", "*.other.example"), "tracker")
	if err != nil {
		t.Fatal(err)
	}
	if report.OK() || !strings.Contains(strings.Join(report.Streams[0].Problems, ""), "does not declare a redirect to eu.files.example") {
		t.Errorf("a redirect to an undeclared host: %+v", report)
	}
}
