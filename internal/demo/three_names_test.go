package demo_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/app"
	"purser/internal/inventory"
	"purser/internal/sandbox"
)

// threeNames checks an application that two identity providers serve under three
// names: it is one, and counts each account and each person once.
func threeNames(t *testing.T, a *app.App, ctx context.Context, c *sandbox.Company) {
	list, err := a.Inventory.Applications(ctx, inventory.ApplicationFilter{Query: "GitHub"}, purser.Page{})
	if err != nil || len(list.Items) != 1 || list.Items[0].Name != "GitHub" {
		t.Fatalf("GitHub under three names: %+v %v", list.Items, err)
	}
	id := list.Items[0].ID
	if _, err := a.Feeds.Manage(ctx, []string{id}, "everybody uses it"); err != nil {
		t.Fatal(err)
	}
	accounts, people := int64(0), map[int]bool{}
	okta := slices.IndexFunc(c.Apps, func(x sandbox.App) bool { return x.Key == "github_enterprise" })
	for _, p := range c.People {
		if c.HasApp(p, okta) {
			accounts++
			if p.Employment != sandbox.NotInHR {
				people[p.N] = true
			}
		}
	}
	for _, x := range c.Labs {
		for _, app := range c.LabsApps {
			if app.Key == "github_enterprise" && c.HasLabsApp(x, app) {
				accounts++
				if p := c.Person(x.Person); p != nil && p.Employment != sandbox.NotInHR {
					people[p.N] = true
				}
			}
		}
	}
	app, err := a.Inventory.Application(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	is(t, "accounts of GitHub", app.Accounts, accounts)
	is(t, "people of GitHub", app.People, int64(len(people)))
	is(t, "GitHub by use", app.Active+app.Inactive+app.Never+app.Unknown, accounts)
	if !strings.HasPrefix(app.Source, "integrated via ") || !strings.Contains(app.Source, "Okta Acme") || !strings.Contains(app.Source, "OneLogin Labs") {
		t.Errorf("it comes %q", app.Source)
	}
	shown, err := a.Inventory.Accounts(ctx, inventory.AccountFilter{Application: id}, purser.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	is(t, "the rows behind the accounts of GitHub", shown.Total, accounts)
	whom := map[string]bool{}
	for _, x := range shown.Items {
		if x.PersonID != "" {
			whom[x.PersonID] = true
		}
	}
	is(t, "the people behind the rows of GitHub", int64(len(whom)), int64(len(people)))
	if got := slices.Sorted(maps.Keys(whom)); shown.Total > 200 {
		t.Errorf("more rows than a page: %v", got)
	}
}
