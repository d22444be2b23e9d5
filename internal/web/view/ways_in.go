package view

import "purser/internal/web/ui"

// waysIn are those for an application that has no connector, each with what it shows.
func waysIn() []ui.CardData {
	return []ui.CardData{
		{Title: "SCIM 2.0", Href: "/catalog/scim", Sub: "for an application that serves it", Tags: []string{"accounts", "groups", "suspend"}},
		{Title: "A file", Href: "/catalog/file", Sub: "CSV, JSON Lines or Excel, by hand or from a watched folder", Tags: []string{"every kind of record"}},
		{Title: "Push", Href: "/catalog/push", Sub: "a script sends pages through the API", Tags: []string{"every kind of record"}},
		{Title: "Directory", Href: "/catalog/ldap", Sub: "LDAP or Active Directory, where the application signs people in by it", Tags: []string{"accounts", "groups"}},
		{Title: "A connector of your own", Href: "/catalog/own", Sub: "a folder on the server with one manifest, inert until an admin trusts it", Tags: []string{"every kind of record", "actions"}},
	}
}
