package connectors_test

import (
	"strings"
	"testing"
)

// graph reads Microsoft's description, in which operations carry their namespace
// (/users/{id}/microsoft.graph.assignLicense); the documented address is shorter,
// and casts of a list keep it. All addresses begin with the version.
func graph(t *testing.T) description {
	d := openAPI(t, "microsoft-graph.yaml", "/v1.0")
	find := func(method, path string) (operation, bool) {
		path = strings.Replace(path, "(period='D180')", "(period='{period}')", 1)
		for _, short := range []string{"getOffice365", "getM365", "getTeams", "assignLicense", "revokeSignInSessions"} {
			path = strings.Replace(path, "/"+short, "/microsoft.graph."+short, 1)
		}
		return d.operation(method, path)
	}
	return description{find, d.resolve}
}

// hubspot reads HubSpot's description, which names the list of users by the second
// of the two addresses that the vendor answers.
func hubspot(t *testing.T) description {
	d := openAPI(t, "hubspot.json", "")
	find := func(method, path string) (operation, bool) {
		if path == "/settings/v3/users" {
			path = "/settings/users/v3"
		}
		return d.operation(method, path)
	}
	return description{find, d.resolve}
}
