package connectors_test

import (
	"testing"

	"purser/internal/manifest"
)

// What a connection is called is read of answers that no task asks for.
func TestTheOrganizationIsFoundInWhatTheVendorAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer, id, called string
		settings           map[string]string
	}{
		"okta":       {`{"id":"00o1","companyName":"Acme","subdomain":"acme"}`, "00o1", "Acme", nil},
		"slack":      {`{"ok":true,"team":"Acme","team_id":"T1","user":"ada"}`, "T1", "Acme", nil},
		"xero":       {`[{"id":"c1","tenantId":"t1","tenantName":"Acme Ltd"}]`, "t1", "Acme Ltd", nil},
		"salesforce": {`{"totalSize":1,"done":true,"records":[{"Id":"00D1","Name":"Acme","IsSandbox":false}]}`, "00D1", "Acme", nil},
		"onelogin":   {`{"account_id":53413,"expires_in":36000}`, "53413", "acme.onelogin.com", map[string]string{"domain": "acme.onelogin.com"}},
		"servicenow": {`{"result":[{"sys_id":"1"}]}`, "acme.service-now.com", "acme.service-now.com", map[string]string{"instance": "acme.service-now.com"}},
		"netsuite":   {`{"items":[{"id":"7"}],"hasMore":true}`, "123456-sb1", "123456-sb1", map[string]string{"account": "123456-sb1"}},
		"workday":    {`{}`, "acme", "acme", map[string]string{"tenant": "acme"}},
		"sap-concur": {`{"Resources":[{"id":"u1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"companyId":"c1"}}],"nextCursor":"x"}`,
			"c1", "eu2", map[string]string{"data_center": "eu2"}},
	} {
		plan, err := manifest.Compile(decoded(t, name), folder(t, name))
		if err != nil {
			t.Fatal(err)
		}
		found, err := plan.Tenant.Read([]byte(c.answer), func(place string) (string, bool) {
			for setting, value := range c.settings {
				if place == "settings."+setting {
					return value, true
				}
			}
			return "", false
		})
		if err != nil || len(found) != 1 || found[0].ID != c.id || found[0].Name != c.called {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
}
