package connectors_test

import "testing"

// officeDescriptions says where the requests of connectors for office, sales and
// spend are found.
func officeDescriptions() map[string][]described {
	return map[string][]described{
		"quickbooks-online": {{"", func(t *testing.T) description { return openAPI(t, "quickbooks-online.json", "") }}},
		"hibob":             {{"", func(t *testing.T) description { return openAPI(t, "hibob.yaml", "/v1") }}},
		"rippling":          {{"", func(t *testing.T) description { return openAPI(t, "rippling.json", "") }}},
		"ramp":              {{"", func(t *testing.T) description { return openAPI(t, "ramp.json", "") }}},
		"dropbox":           {{"", func(t *testing.T) description { return stone(t, "dropbox-team-stone.json", "/2/") }}},
		"github": {
			{"", func(t *testing.T) description { return openAPI(t, "github.json", "") }},
			{"", func(*testing.T) description {
				const org = "data.organization."
				return unpublished{why: "GraphQL has a schema of its own; fields and nesting are in the fact sheet, from GitHub's reference of 2026", method: "POST", path: "/graphql",
					body: []string{"query", "variables.o", "variables.c"},
					answer: []string{org + "samlIdentityProvider.externalIdentities.pageInfo.endCursor", org + "samlIdentityProvider.externalIdentities.edges.node.samlIdentity.nameId",
						org + "samlIdentityProvider.externalIdentities.edges.node.samlIdentity.emails.value", org + "samlIdentityProvider.externalIdentities.edges.node.user.databaseId",
						org + "membersWithRole.pageInfo.endCursor", org + "membersWithRole.edges.role", org + "membersWithRole.edges.hasTwoFactorEnabled",
						org + "membersWithRole.edges.node.login", org + "membersWithRole.edges.node.databaseId", org + "membersWithRole.edges.node.name",
						org + "membersWithRole.edges.node.email", org + "membersWithRole.edges.node.organizationVerifiedDomainEmails"}}.description()
			}},
		},
		"zendesk": {{"", func(t *testing.T) description { return openAPI(t, "zendesk.json", "") }}},
		"zoom":    {{"", func(t *testing.T) description { return swagger(t, "zoom.json", "/v2") }}},
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
func officeExceptions() map[string]string {
	const (
		zoom2021  = "the description is of 2021; the vendor's own list of fields of 2026 has it"
		cursor    = "the description knows pages by number only; cursors are in the vendor's guide to paging"
		auditList = "the guide gives two values under this name, which the description has without brackets"
	)
	return map[string]string{
		"zoom users user_created_at": zoom2021, "zoom users display_name": zoom2021, "zoom users employee_unique_id": zoom2021,
		"zendesk probe ?page[size]": cursor, "zendesk users ?page[size]": cursor, "zendesk users ?page[after]": cursor, "zendesk users meta.after_cursor": cursor,
		"zendesk groups ?page[size]": cursor, "zendesk groups ?page[after]": cursor, "zendesk groups meta.after_cursor": cursor,
		"zendesk members ?page[size]": cursor, "zendesk members ?page[after]": cursor, "zendesk members meta.after_cursor": cursor,
		"zendesk sign_ins ?page[size]": cursor, "zendesk sign_ins ?page[after]": cursor, "zendesk sign_ins meta.after_cursor": cursor,
		"zendesk seats ?page[size]": cursor, "zendesk seats ?page[after]": cursor, "zendesk seats meta.after_cursor": cursor,
		"zendesk sign_ins ?filter[created_at][]": auditList,

		"hibob leavers response_metadata.next_cursor": "the description of 2025 calls it cursor, the contract of 2026 next_cursor; both are read",
		"hibob leavers values.status":                 "the description nests the entries once more than the vendor's examples do",
		"hibob leavers values.effectiveDate":          "likewise",
		"ramp bills accounting_field_selections.type": "is described for card spend and reimbursements; bills leave it out, then there is no cost center",

		"quickbooks-online preferences QueryResponse.Preferences":        "the schemas were derived for ten entities, preferences are none of them",
		"quickbooks-online preferences CurrencyPrefs":                    "likewise; unconfirmed, so a setting can say it",
		"quickbooks-online preferences CurrencyPrefs.HomeCurrency":       "likewise",
		"quickbooks-online preferences CurrencyPrefs.HomeCurrency.value": "likewise",
	}
}

// officeUndescribed lists what lies there under a part without a type.
func officeUndescribed() map[string]bool {
	return map[string]bool{
		"hibob people employees.root":            true, // answers nest, or write asked fields under names with slashes, or both: the description has
		"hibob people employees.humanReadable":   true, // some of these names and leaves the rest open
		"hibob people employees.internal":        true,
		"hibob people employees./work/startDate": true, "hibob people employees./root/surname": true, "hibob people employees./work/reportsTo/id": true,
		"hibob people employees./internal/status": true, "hibob people employees./internal/lifecycleStatus": true, "hibob people employees./internal/terminationDate": true,
		"dropbox sign_ins events.details": true, // one form for each type of event; the description was cut to the types
		"docusign events data":            true, // Monitor's events are objects without members there; the fact sheet names these, unconfirmed
	}
}
