package sandbox

import (
	"slices"
	"time"
)

func companyApps() []App {
	push := []string{"PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION", "PUSH_PROFILE_UPDATES"}
	eng, sales := []string{"Engineering", "Product", "Design", "IT"}, []string{"Sales", "Marketing", "Customer Success"}
	fin := []string{"Finance", "People", "Executive"}
	app := func(key, label, mode string, deps []string, share float64) App {
		return App{Key: key, Label: label, SignOn: mode, Status: "ACTIVE", Departments: deps, Share: share}
	}
	apps := []App{
		{Key: "slack", Label: "Slack", SignOn: "SAML_2_0", Status: "ACTIVE", Share: 1, ByGroup: true, Features: push, Seats: 260},
		{Key: "google", Label: "Google Workspace", SignOn: "SAML_2_0", Status: "ACTIVE", Share: 1, ByGroup: true, Features: push},
		{Key: "bamboohr", Label: "BambooHR", SignOn: "SAML_2_0", Status: "ACTIVE", Share: 0.95, ByGroup: true},
		{Key: "salesforce", Label: "Salesforce", SignOn: "SAML_2_0", Status: "ACTIVE", Departments: sales, Share: 0.8, Features: push, Seats: 80},
		{Key: "zoomus", Label: "Zoom", SignOn: "SAML_2_0", Status: "ACTIVE", Share: 0.9, Seats: 200},
		{Key: "github_enterprise", Label: "GitHub Enterprise", SignOn: "SAML_2_0", Status: "ACTIVE", Departments: eng, Share: 0.9, ByGroup: true},
		app("jira_onprem", "Jira", "SAML_2_0", eng, 0.9), app("confluence", "Confluence", "SAML_2_0", nil, 0.7),
		app("figma", "Figma", "SAML_2_0", []string{"Design", "Product", "Marketing"}, 0.85), app("notion", "Notion", "OPENID_CONNECT", nil, 0.4),
		app("datadog", "Datadog", "SAML_2_0", eng, 0.5), app("pagerduty", "PagerDuty", "SAML_2_0", eng, 0.4),
		app("hubspot", "HubSpot", "SAML_2_0", sales, 0.6), app("zendesk", "Zendesk", "SAML_2_0", []string{"Customer Success"}, 1),
		app("xero", "Xero", "BOOKMARK", fin, 0.9), app("docusign", "DocuSign", "SAML_2_0", append([]string{"Legal", "Sales"}, fin...), 0.7),
		app("1password", "1Password", "OPENID_CONNECT", nil, 0.8), app("miro", "Miro", "SAML_2_0", nil, 0.3),
		app("greenhouse", "Greenhouse", "SAML_2_0", []string{"People"}, 1), app("oidc_client", "Internal Wiki", "OPENID_CONNECT", nil, 0.6),
		{Key: "template_wsfed", Label: "Old Intranet", SignOn: "WS_FEDERATION", Status: "INACTIVE", Share: 0.1},
		{Key: "bookmark", Label: hostileTexts()[0], SignOn: "BOOKMARK", Status: "ACTIVE", Share: 0.02},
		{Key: "bookmark", Label: hostileTexts()[5], SignOn: "BOOKMARK", Status: "ACTIVE", Share: 0},
		{Key: "saasure", Label: "Okta Admin Console", SignOn: "OPENID_CONNECT", Status: "ACTIVE", Departments: []string{"IT"}, Share: 1, Hidden: true},
		{Key: "okta_enduser", Label: "Okta Dashboard", SignOn: "OPENID_CONNECT", Status: "ACTIVE", Share: 1, Hidden: true},
		{Key: "okta_browser_plugin", Label: "Okta Browser Plugin", SignOn: "OPENID_CONNECT", Status: "ACTIVE", Share: 1, Hidden: true},
	}
	return apps
}

// emptyTeam has no members; Slack has it disabled.
const emptyTeam = "Nobody yet"

func companyTeams() []Team {
	teams := []Team{{Name: "Everyone", Description: "All users in your organization", Type: "BUILT_IN", Everyone: true}}
	for _, d := range departments() {
		teams = append(teams, Team{Name: d.name, Description: "Everybody in " + d.name, Type: "OKTA_GROUP", Department: d.name})
	}
	return append(teams,
		Team{Name: "app-slack", Type: "OKTA_GROUP", App: "slack"},
		Team{Name: "app-github", Type: "APP_GROUP", Description: "", App: "github_enterprise"},
		Team{Name: emptyTeam, Type: "OKTA_GROUP"},
		Team{Name: hostileTexts()[2], Description: hostileTexts()[6], Type: "OKTA_GROUP", Department: "Legal"})
}

// makeEvents makes up 100 days of sign-ins, oldest first. They end with yesterday:
// nobody knows how late today it is.
func (c *Company) makeEvents() []Event {
	var events []Event
	for day := -100; day < 0; day++ {
		date := c.Today.AddDate(0, 0, day)
		if wd := date.Weekday(); wd == time.Saturday || wd == time.Sunday {
			continue
		}
		for _, p := range c.People {
			d := newDice(c.seed, salt("events"), uint64(p.N), uint64(date.Unix()))
			if p.Kind != Human || p.LastSeen.IsZero() || !d.chance(0.3) || !c.present(p, date) {
				continue
			}
			at := date.Add(time.Duration(6*3600+d.intn(12*3600)) * time.Second)
			events = append(events, Event{At: at, Person: p.N, App: -1, Success: !d.chance(0.06)})
			for range 1 + d.intn(2) {
				if app := d.intn(len(c.Apps)); c.HasApp(p, app) && !c.Apps[app].Hidden && c.Apps[app].Status == "ACTIVE" {
					events = append(events, Event{At: at.Add(time.Duration(30+d.intn(3000)) * time.Second), Person: p.N, App: app, Success: !d.chance(0.03)})
				}
			}
		}
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.At.Compare(b.At) })
	for i := range events {
		events[i].Seq = i
	}
	return events
}

func (c *Company) present(p *Person, on time.Time) bool {
	return !on.Before(p.HiredOn) && !on.After(p.LastSeen) && (p.LeftOn.IsZero() || p.Lingers || on.Before(p.LeftOn))
}
