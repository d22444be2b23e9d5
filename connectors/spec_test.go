package connectors_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"purser/internal/manifest"
)

// described says in which description of a vendor the requests to a host are found.
type described struct {
	host string // part of the host
	read func(t *testing.T) description
}

func descriptions() map[string][]described {
	all := officeDescriptions()
	maps.Copy(all, map[string][]described{
		"atlassian": {
			{"", func(t *testing.T) description { return openAPI(t, "atlassian-admin.json", "/admin") }},
			{"", func(t *testing.T) description { return openAPI(t, "atlassian-jira.json", "") }},
		},
		"hubspot":         {{"", func(t *testing.T) description { return hubspot(t) }}},
		"auth0":           {{"", func(t *testing.T) description { return openAPI(t, "auth0-management.json", "/api/v2") }}},
		"microsoft-entra": {{"", func(t *testing.T) description { return graph(t) }}},
		"okta":            {{"", func(t *testing.T) description { return openAPI(t, "okta.yaml", "") }}},
		"bamboohr":        {{"", func(t *testing.T) description { return openAPI(t, "bamboohr.yaml", "") }}},
		"slack":           {{"", func(t *testing.T) description { return methodReference(t, "slack-methods.json", "/api/") }}},
		"google-workspace": {{"", func(t *testing.T) description {
			return discovery(t, "google-admin-directory.json", "google-admin-reports.json", "google-licensing.json")
		}}},
		"sap-concur": {
			{"", func(t *testing.T) description {
				return openAPI(t, "sap-concur-identity.json", "/profile/identity/v4.1")
			}},
			{"", func(t *testing.T) description { return swagger(t, "sap-concur-expense-reports.json", "/api/v3.0") }},
			{"", func(t *testing.T) description { return swagger(t, "sap-concur-expense-entries.json", "/api/v3.0") }},
			{"", func(t *testing.T) description { return swagger(t, "sap-concur-invoice-digests.json", "/api/v3.0") }},
		},
		"onelogin": {{"", func(t *testing.T) description { return openAPI(t, "onelogin.yaml", "") }}},
		"jamf-pro": {{"", func(t *testing.T) description { return openAPI(t, "jamf-pro.json", "/api") }}},
		"jumpcloud": {
			{"", func(t *testing.T) description {
				return withHeader(swagger(t, "jumpcloud-v2.json", "/api/v2"), "x-org-id")
			}},
			{"", func(t *testing.T) description { return withHeader(swagger(t, "jumpcloud-v1.json", "/api"), "x-org-id") }},
			{"", func(t *testing.T) description {
				return swagger(t, "jumpcloud-directory-insights.json", "/insights/directory/v1")
			}},
		},
		"microsoft-intune": {{"", func(t *testing.T) description { return openAPI(t, "microsoft-intune.json", "/v1.0") }}},
		"kandji":           {{"", func(t *testing.T) description { return openAPI(t, "kandji-with-examples.json", "") }}},
		"xero": {
			{"", func(t *testing.T) description { return openAPI(t, "xero.yaml", "/api.xro/2.0") }},
			{"", func(t *testing.T) description { return openAPI(t, "xero-identity.yaml", "") }},
		},
	})
	return all
}

// withoutDescription lists the connectors whose vendors publish no description of
// these requests that could be held against them, each with the reason.
func withoutDescription() map[string]string {
	return map[string]string{
		"scim":       "RFC 7644 describes it in prose; a real server answers to it in scim_test.go",
		"salesforce": "one address takes the text of any query; its objects are documented in prose alone",
		"netsuite":   "each account makes its own description; the query interface has one address",
		"workday":    "a report has the columns that the customer gives it; the vendor's reference is behind a sign-in",
		"servicenow": "the description of the Table API takes any table and any field",
	}
}

// exceptions are places where a description is older or poorer than what the
// vendor does, each with the reason. Those that no test needs any more fail.
func exceptions() map[string]string {
	all := officeExceptions()
	maps.Copy(all, map[string]string{
		"jamf-pro computers general.lastContact":                 "since version 4 of the list; before it is lastContactTime",
		"jamf-pro computers general.lastContactTime":             "until version 3 of the list; since it is lastContact",
		"jamf-pro computer_apps item.cfBundleShortVersionString": "since version 3 of the list; before there is version alone",
		"xero bills DateString":                                  "the readable twin of Date; every recorded answer has it, the description leaves it out",
		"xero bills DueDateString":                               "the readable twin of DueDate; likewise",
		"xero credits DateString":                                "the readable twin of Date; likewise",
		"xero credits DueDateString":                             "the readable twin of DueDate; likewise",
		"xero bank DateString":                                   "the readable twin of Date; likewise",

		// 2026-11: the reference page of the digests names both; the older description leaves them out.
		"sap-concur invoices ?lastModifiedDateAfter": "in the reference page only",
		"sap-concur invoices LastModifiedDate":       "in the reference page only",

		// 2026-11: the description of the organization's interface is a third party's and of its first version;
		// the developer pages have the second, and both readings are handled.
		"atlassian tenant data":                 "the developer pages wrap the organization",
		"atlassian tenant data.id":              "likewise",
		"atlassian tenant data.attributes":      "likewise",
		"atlassian tenant data.attributes.name": "likewise",
		"atlassian users accountId":             "a name of the second version",
		"atlassian users accountType":           "likewise",
		"atlassian users accountStatus":         "likewise",
		"atlassian users membershipStatus":      "likewise",
		"atlassian users addedToOrg":            "likewise",
		"atlassian groups name":                 "the second version has it beside the id",
		"atlassian groups description":          "likewise",
		"atlassian deactivate POST":             "part of the interface for managed accounts, of which there is no description",

		// 2026-11: the developer pages search the log with q, the description calls it search.
		"auth0 logs ?q": "the documented search; the description has the parameter under an older name",

		// 2026-11: the description is of July 2023; the developer pages and the vendor's own clients know more.
		"onelogin people ?fields":       "the list of values is that of roles; the developer pages take names of fields",
		"onelogin users ?fields":        "likewise",
		"onelogin members ?fields":      "likewise",
		"onelogin apps ?limit":          "the developer pages page every list; the description gives this one no parameters",
		"onelogin apps ?cursor":         "likewise",
		"onelogin assignments ?limit":   "likewise",
		"onelogin assignments ?cursor":  "likewise",
		"onelogin events ?limit":        "in the developer pages only",
		"onelogin events ?after_cursor": "in the developer pages only; the answer names it",
		"onelogin events app_name":      "the developer pages have it; the description calls it app-name, and both are read",
	})
	return all
}

// undescribed lists what lies under a part that the vendor gives no type.
func undescribed() map[string]bool {
	all := officeUndescribed()
	maps.Copy(all, map[string]bool{
		"google-workspace users users.externalIds":   true, // typed "any"; a list in each answer, of UserExternalId
		"google-workspace users users.organizations": true, // likewise, of UserOrganization
		"google-workspace users users.relations":     true, // likewise, of UserRelation
		"onelogin apps auth_method_description":      true, // in the developer pages; the schema lets anything beside what it names
		"jumpcloud events id":                        true, // the description lets an event be anything; the fact sheet names its members
		"jumpcloud events timestamp":                 true,
		"jumpcloud events event_type":                true,
		"jumpcloud events success":                   true,
		"jumpcloud events initiated_by":              true,
		"jumpcloud events application":               true,
		"kandji devices user":                        true, // the example is of a device without one
		"slack users members.is_stranger":            true, // set for people of other organizations only
		"slack users members.is_invited_user":        true, // set for people who were invited and never came
	})
	return all
}

func listedAsUndescribed(key string) bool {
	for part := range undescribed() {
		if key == part || strings.HasPrefix(key, part+".") {
			return true
		}
	}
	return false
}

// asked is one request of a manifest with what is read from its answer.
type asked struct {
	where   string
	request manifest.Request
	page    *manifest.Page
	body    object
	answer  []string            // paths in the whole answer
	records map[string][]string // expression's path: the steps from the whole answer
}

func TestEveryRequestIsAsTheVendorDescribesIt(t *testing.T) {
	used := map[string]bool{}
	for _, name := range vendors(t) {
		sources, ok := descriptions()[name]
		if !ok && withoutDescription()[name] != "" {
			continue
		}
		if !ok {
			t.Errorf("%s: no description is named for this connector", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			m := decoded(t, name)
			var read []description
			for _, s := range sources {
				read = append(read, s.read(t))
			}
			for _, a := range requests(t, m, raw(t, name)) {
				checkAsked(t, m, a, read, used)
			}
		})
	}
	for what := range exceptions() {
		if !used[what] && !t.Failed() && len(used) > 0 {
			t.Errorf("the exception %q is not needed any more", what)
		}
	}
}

// The addresses at which tokens are asked for, in the vendors' own descriptions.
func TestTokensAreAskedForWhereTheVendorSays(t *testing.T) {
	for name, d := range map[string]description{
		"okta":     openAPI(t, "okta-oauth.yaml", ""),
		"slack":    methodReference(t, "slack-methods.json", "/api/"),
		"onelogin": openAPI(t, "onelogin.yaml", ""),
	} {
		m := decoded(t, name)
		for _, a := range m.Auth {
			if a.TokenURL == "" {
				continue
			}
			u, err := url.Parse(sample(m, a.TokenURL))
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := d.operation("POST", u.Path); !ok {
				t.Errorf("%s %s: the vendor describes no POST %s", name, a.Name, u.Path)
			}
		}
	}
}

func checkAsked(t *testing.T, m *manifest.Manifest, a asked, read []description, used map[string]bool) {
	t.Helper()
	method, addresses := a.request.Method()
	for _, address := range addresses {
		u, err := url.Parse(sample(m, absolute(m, address)))
		if err != nil {
			t.Fatalf("%s: %v", a.where, err)
		}
		found := false
		for _, d := range read {
			op, ok := d.operation(method, u.Path)
			if !ok {
				continue
			}
			found = true
			checkQuery(t, m, a, d, op, used)
			checkHeaders(t, m, a, op)
			checkBody(t, m, a, d, op)
			checkAnswer(t, m, a, d, op, used)
			break
		}
		if key := a.where + " " + method; !found && exceptions()[key] != "" {
			used[key] = true
		} else if !found {
			t.Errorf("%s: the vendor describes no %s %s", a.where, method, u.Path)
		}
	}
}

func checkQuery(t *testing.T, m *manifest.Manifest, a asked, d description, op operation, used map[string]bool) {
	t.Helper()
	sent := map[string]string{}
	for _, p := range a.request.Query {
		sent[p.Name] = sample(m, p.Value())
	}
	if a.page != nil && a.page.More == "" && a.page.Param != "" && (a.page.TokenIn == "" || a.page.TokenIn == "query") {
		if sent[a.page.Param] = "token"; a.page.Kind == "page" || a.page.Kind == "offset" {
			sent[a.page.Param] = "2"
		}
	}
	for name, value := range sent {
		schema, ok := op.query[name]
		why := d.refuses(schema, value)
		if key := a.where + " ?" + name; exceptions()[key] != "" && (!ok || why != "") {
			used[key] = true
			continue
		}
		if !ok {
			t.Errorf("%s: the vendor describes no parameter %q", a.where, name)
		} else if why != "" {
			t.Errorf("%s: parameter %s: %s", a.where, name, why)
		}
	}
	for _, name := range op.required {
		if _, ok := sent[name]; !ok {
			t.Errorf("%s: the vendor demands the parameter %q", a.where, name)
		}
	}
}

func checkHeaders(t *testing.T, m *manifest.Manifest, a asked, op operation) {
	t.Helper()
	headers := append([]manifest.Pair{}, a.request.Headers...)
	if m.Tenant != nil && !strings.HasPrefix(a.where, m.Name+" tenant") && !strings.HasPrefix(a.where, m.Name+" probe") {
		headers = append(headers, m.Tenant.Headers...)
	}
	for _, h := range headers {
		if _, ok := op.header[strings.ToLower(h.Name)]; !ok && !strings.EqualFold(h.Name, "Accept") {
			t.Errorf("%s: the vendor describes no header %q", a.where, h.Name)
		}
	}
}

func checkBody(t *testing.T, m *manifest.Manifest, a asked, d description, op operation) {
	t.Helper()
	if a.body == nil {
		return
	}
	body := object{}
	for k, v := range a.body {
		body[k] = v
	}
	if a.page != nil && a.page.More == "" && a.page.TokenIn == "json" {
		body[a.page.Param] = 2
	}
	if why := d.refuses(op.body, body); why != "" {
		t.Errorf("%s: body: %s", a.where, why)
	}
}

func checkAnswer(t *testing.T, m *manifest.Manifest, a asked, d description, op operation, used map[string]bool) {
	t.Helper()
	for _, path := range a.answer {
		if path == "" || d.answers(op, steps(path)) != absent {
			continue
		}
		if key := a.where + " " + path; exceptions()[key] != "" {
			used[key] = true
		} else {
			t.Errorf("%s: the vendor's answer has no %s", a.where, path)
		}
	}
	for path, in := range a.records {
		switch d.answers(op, in) {
		case absent:
			key := a.where + " " + path
			if _, listed := exceptions()[key]; !listed {
				t.Errorf("%s: the vendor's answer has no %s", a.where, strings.Join(in, "."))
			}
			used[key] = true
		case untyped:
			if key := a.where + " " + strings.Join(in, "."); !listedAsUndescribed(key) {
				t.Errorf("%s lies under a part that the vendor does not describe, and is not in the list of those", key)
			}
		}
	}
}
