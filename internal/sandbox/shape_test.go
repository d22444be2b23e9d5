package sandbox_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"purser/internal/sandbox"
)

func TestOktaAnswersAsItsDescriptionSays(t *testing.T) {
	d := describe(t, "okta.yaml", map[string]string{
		"name": "described on the kinds of applications only", "orn": "sent by the live API on applications", "suspend": "a link that comes with the account's status", "schema": "a link of the live API",
		"accessibility": "on every application in the recorded answers", "loginRedirectUrl": "in the recorded answers"})
	c := start(t, sandbox.Options{})
	var app, group, user string
	for _, a := range c.all(oktaAPI+"/apps?limit=200", c.ssws(), 1) {
		if a["name"] == "slack" {
			app = a["id"].(string)
		}
	}
	group = c.get(200, oktaAPI+"/groups?limit=1", c.ssws()).list(t)[0]["id"].(string)
	user = c.get(200, oktaAPI+"/users?limit=1", c.ssws()).list(t)[0]["id"].(string)
	for path, target := range map[string]string{
		"/api/v1/org": "/org", "/api/v1/users": "/users?limit=200" + allUsers, "/api/v1/users/{id}": "/users/" + user, "/api/v1/groups": "/groups?limit=200",
		"/api/v1/groups/{groupId}/users": "/groups/" + group + "/users?limit=200", "/api/v1/apps/{appId}/users": "/apps/" + app + "/users?limit=500",
		"/api/v1/apps/{appId}/groups": "/apps/" + app + "/groups?limit=200", "/api/v1/logs": "/logs?limit=1000&sortOrder=ASCENDING"} {
		d.fits(t, target, d.response(t, "get", path), c.get(200, oktaAPI+target, c.ssws()).Body)
	}
	apps := dig(d.resolve(dig(d.root, "components", "schemas", "Application")))
	d.fits(t, "/apps", map[string]any{"type": "array", "items": apps}, c.get(200, oktaAPI+"/apps?limit=200", c.ssws()).Body)
}

func TestGeneratedTenantsAnswerAsOktasDescriptionSays(t *testing.T) {
	d := describe(t, "okta.yaml", map[string]string{"suspend": "a link that comes with the account's status", "schema": "a link of the live API",
		"emails": "in the recorded answers"})
	c := start(t, sandbox.Options{Scale: &sandbox.Scale{Users: 60, Apps: 2, Assignments: 40, Groups: 2, Memberships: 40}})
	for path, target := range map[string]string{"/api/v1/users": "/users?limit=200" + allUsers, "/api/v1/groups": "/groups?limit=200",
		"/api/v1/groups/{groupId}/users": "/groups/00gs0000000000000001/users?limit=200",
		"/api/v1/apps/{appId}/users":     "/apps/0oas0000000000000001/users?limit=500"} {
		d.fits(t, target, d.response(t, "get", path), c.get(200, oktaAPI+target, c.ssws()).Body)
	}
}

func TestBambooHRAnswersAsItsDescriptionSays(t *testing.T) {
	d := describe(t, "bamboohr.yaml", nil)
	c := start(t, sandbox.Options{})
	for path, target := range map[string]string{"/api/v1_2/datasets": "/v1_2/datasets", "/api/v1_2/datasets/{datasetName}/fields": "/v1_2/datasets/employees/fields",
		"/api/v1/employees/changed": "/v1/employees/changed?since=2026-10-01T00:00:00Z", "/api/v1/meta/fields": "/v1/meta/fields", "/api/v1/meta/users": "/v1/meta/users",
		"/api/v1/employees/directory": "/v1/employees/directory"} {
		d.fits(t, target, d.response(t, "get", path), c.get(200, bambooAPI+target, c.hr()).Body)
	}
	body := c.ask(200, "POST", bambooAPI+"/v2/datasets/employees/data", c.hr(),
		`{"fields":["id","firstName","workEmail","hireDate","terminationDate","supervisorId"],"filter":"status in ('Active','Inactive')","pageSize":1000}`).Body
	d.fits(t, "data", d.response(t, "post", "/api/v2/datasets/{datasetName}/data"), body)
}

func TestXeroAnswersAsItsDescriptionSays(t *testing.T) {
	envelope := "the envelope of every live answer"
	twin := "the readable twin that the fact sheet names"
	d := describe(t, "xero.yaml", map[string]string{"Id": envelope, "Status": envelope, "ProviderName": envelope, "DateTimeUTC": envelope,
		"DateString": twin, "DueDateString": twin, "IsDiscounted": envelope, "HasValidationErrors": envelope, "HasErrors": envelope})
	c := start(t, sandbox.Options{})
	h := c.tenant(c.xeroTokens(granular)["access_token"], 0)
	for path, target := range map[string]string{"/Organisation": "Organisation", "/Invoices": "Invoices?page=1&pageSize=1000", "/CreditNotes": "CreditNotes?page=1",
		"/BankTransactions": "BankTransactions?page=1&pageSize=1000", "/Contacts": "Contacts?page=1&includeArchived=true", "/Users": "Users"} {
		d.fits(t, target, d.response(t, "get", path), c.get(200, xeroAPI+target, h).Body)
	}
	id := describe(t, "xero-identity.yaml", nil)
	id.fits(t, "connections", id.response(t, "get", "/Connections"), c.get(200, "https://api.xero.com/connections", h).Body)
}

func TestGoogleAnswersAsItsDescriptionsSay(t *testing.T) {
	c := start(t, sandbox.Options{})
	h := c.google("admin.directory.user.readonly", "admin.directory.group.readonly", "admin.directory.user.security", "admin.reports.audit.readonly",
		"apps.licensing", "admin.directory.customer.readonly")
	user := c.collect(adminAPI+"users?customer=my_customer&maxResults=500", "users", h)[0]["id"].(string)
	group := c.collect(adminAPI+"groups?customer=my_customer", "groups", h)[0]["id"].(string)
	for _, w := range []struct{ file, schema, target string }{
		{"google-admin-directory.json", "Users", adminAPI + "users?customer=my_customer&maxResults=500"},
		{"google-admin-directory.json", "Groups", adminAPI + "groups?customer=my_customer"},
		{"google-admin-directory.json", "Members", adminAPI + "groups/" + group + "/members"},
		{"google-admin-directory.json", "Tokens", adminAPI + "users/" + user + "/tokens"},
		{"google-admin-directory.json", "Customer", adminAPI + "customers/my_customer"},
		{"google-admin-reports.json", "Activities", reportsAPI + "login"},
		{"google-admin-reports.json", "Activities", reportsAPI + "token"},
		{"google-admin-reports.json", "Activities", reportsAPI + "saml"},
		{"google-licensing.json", "LicenseAssignmentList", licenseAPI + "Google-Apps/users?customerId=" + c.creds.Google.CustomerID},
	} {
		d := describe(t, w.file, nil)
		d.fits(t, w.target, map[string]any{"$ref": w.schema}, c.get(200, w.target, h).Body)
	}
}

func TestSlackSendsNoFieldThatTheLiveAPINeverSent(t *testing.T) {
	d := describe(t, "slack-methods.json", nil)
	samples := asMap(dig(d.root, "samples", "data"))
	c := start(t, sandbox.Options{SlackRotation: true})
	grant := c.slackTokens("users:read,users:read.email,team:read,usergroups:read", "admin")
	token := map[string]string{"users.list": grant["access_token"].(string), "usergroups.list": grant["access_token"].(string)}
	user := at(grant, "authed_user.access_token").(string)
	for _, method := range []string{"users.list", "usergroups.list", "team.billableInfo", "team.accessLogs"} {
		bearerToken := token[method]
		if bearerToken == "" {
			bearerToken = user
		}
		params := map[string]string{"users.list": "?limit=1000", "usergroups.list": "?include_users=true&include_disabled=true", "team.accessLogs": "?limit=1000"}[method]
		got := c.slack(method+params, bearerToken)
		for p := range strange(samples["api/"+method+".json"], got, "") {
			t.Errorf("%s sends %s", method, p)
		}
	}
	for p := range strange(samples["api/oauth.v2.access.json"], grant, "") {
		t.Errorf("oauth.v2.access sends %s", p)
	}
}

// strange lists the paths of a value that no recorded answer has.
func strange(sample, v any, path string) map[string]bool {
	out := map[string]bool{}
	switch v := v.(type) {
	case map[string]any:
		known, ok := sample.(map[string]any)
		if !ok || len(known) == 0 {
			return out
		}
		byID := strings.HasSuffix(path, ".billable_info")
		for name, val := range v {
			next, ok := known[name]
			if byID { // an object by id: any of the recorded ones will do
				for _, k := range known {
					next, ok = k, true
				}
			}
			if !ok && name != "auto_type" && name != "is_invited_user" { // named by the fact sheet
				out[path+"."+name] = true
				continue
			}
			for p := range strange(next, val, path+"."+name) {
				out[p] = true
			}
		}
	case []any:
		known, _ := sample.([]any)
		for _, it := range v {
			if len(known) > 0 {
				for p := range strange(known[0], it, path+"[]") {
					out[p] = true
				}
			}
		}
	case string, bool, float64:
		if sample != nil && fmt.Sprintf("%T", sample) != fmt.Sprintf("%T", v) {
			raw, _ := json.Marshal(v)
			out[path+" as "+string(raw)] = true
		}
	}
	return out
}
