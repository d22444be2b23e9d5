package ui

import "slices"

// Section is one entry of the navigation.
type Section string

// The sections that have pages.
const (
	Home         Section = "Home"
	Findings     Section = "Findings"
	Integrations Section = "Integrations"
	Runs         Section = "Runs"
	Actions      Section = "Actions"
	Applications Section = "Applications"
	People       Section = "People"
	Accounts     Section = "Accounts"
	Devices      Section = "Devices"
	Licenses     Section = "Licenses"
	Spend        Section = "Spend"
	Contracts    Section = "Contracts"
	Settings     Section = "Settings"
)

// navGroup is a heading of the navigation with its entries.
type navGroup struct {
	title string
	items []navItem
}

// navItem links a section; keys are typed one after the other to go there.
type navItem struct {
	section          Section
	href, icon, keys string
}

// navigation lists the groups without the sections that the page hides.
func navigation(hidden []Section) []navGroup {
	all := []navGroup{
		{"", []navItem{{Home, "/", "layout-dashboard", "g h"}, {Findings, "/findings", "flag", "g f"}}},
		{"Connect", []navItem{{Integrations, "/integrations", "plug", "g i"}, {Runs, "/runs", "history", "g r"}, {Actions, "/actions", "zap", "g t"}}},
		{"Inventory", []navItem{{Applications, "/applications", "boxes", "g a"}, {People, "/people", "users", "g p"},
			{Accounts, "/accounts", "user-round", "g c"}, {Devices, "/devices", "monitor", "g d"}}},
		{"Money", []navItem{{Licenses, "/licenses", "key-round", "g l"}, {Spend, "/spend", "wallet", "g s"}, {Contracts, "/contracts", "calendar-clock", "g n"}}},
		{"Purser", []navItem{{Settings, "/settings", "settings", "g ,"}}},
	}
	var out []navGroup
	for _, g := range all {
		g.items = slices.DeleteFunc(slices.Clone(g.items), func(i navItem) bool { return slices.Contains(hidden, i.section) })
		if len(g.items) > 0 {
			out = append(out, g)
		}
	}
	return out
}
