package connectors_test

import "testing"

// officeDescriptions says where the requests of connectors for office, sales and
// spend are found.
func officeDescriptions() map[string][]described {
	return map[string][]described{
		"docusign": {
			{"", func(t *testing.T) description { return swagger(t, "docusign-esign.json", "/restapi") }},
			{"", func(t *testing.T) description { return swagger(t, "docusign-monitor.json", "") }},
			{"", func(*testing.T) description {
				return unpublished{why: "OpenID's userinfo with DocuSign's accounts, from its authentication reference of 2026", method: "GET", path: "/oauth/userinfo",
					answer: []string{"accounts.account_id", "accounts.account_name", "accounts.base_uri"}}.description()
			}},
		},
	}
}

// officeExceptions are the places where those descriptions are older or poorer than the vendor.
func officeExceptions() map[string]string { return map[string]string{} }

// officeUndescribed lists what lies there under a part without a type.
func officeUndescribed() map[string]bool {
	return map[string]bool{
		"docusign events data": true, // Monitor's events are objects without members there; the fact sheet names these, unconfirmed
	}
}
