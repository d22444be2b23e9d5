package demo_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/app"
	"purser/internal/connect"
	"purser/internal/inventory"
	"purser/internal/sandbox"
)

// given is how many of the first provider's people have an application.
func given(c *sandbox.Company, n int) (accounts int64) {
	for _, p := range c.People {
		if c.HasApp(p, n) {
			accounts++
		}
	}
	return accounts
}

// givenByLabs is how many of the second provider's accounts have what the first one
// serves under a key, each of its names for it counted.
func givenByLabs(c *sandbox.Company, key string) (accounts int64) {
	for _, x := range c.Labs {
		for _, app := range c.LabsApps {
			if app.Key == key && c.HasLabsApp(x, app) {
				accounts++
			}
		}
	}
	return accounts
}

// pages compares tiles, counters and tables of the pages with the company.
func pages(t *testing.T, all company, ctx context.Context) {
	t.Helper()
	a, vendors := all.App, all.vendors
	s, counts := signIn(t, a, ctx), vendors.Counts()
	var c sandbox.Company
	vendors.Company(func(all *sandbox.Company) { c = *all })
	instances, err := a.Connect.Instances(ctx, connect.InstanceFilter{})
	if err != nil {
		t.Fatal(err)
	}
	of, sum := map[string]purser.Instance{}, int64(0)
	for _, i := range instances {
		of[i.Connector] = i
		if users, ok := counts[i.Connector]["users"]; ok {
			sum += int64(users)
			is(t, "the page of the accounts of "+i.Name, s.listed("/accounts?instance="+i.ID), int64(users))
		}
	}
	people := int64(counts[sandbox.BambooHR]["people"])
	start := s.open("/")
	is(t, "the first page's accounts", s.tile(start, "Accounts"), sum)
	is(t, "the first page's people", s.tile(start, "People"), people)
	is(t, "the page of accounts", s.listed("/accounts"), sum)
	is(t, "the page of people", s.listed("/people"), people)

	// Everything that is connected, and everything that a provider serves, each once.
	served := vendors.Served()
	applications := len(served)
	titles := []string{"Okta", "OneLogin", "Google Workspace", "Slack", "BambooHR", "Xero"}
	for _, title := range titles {
		if !slices.ContainsFunc(served, func(name string) bool { return strings.EqualFold(name, title) }) {
			applications++
		}
	}
	is(t, "the page of applications", s.listed("/applications"), int64(applications))
	managed := int64(len(titles) + 1) // and GitHub, which was taken into management
	is(t, "the first page's managed applications", s.tile(start, "Managed applications"), managed)
	is(t, "the page of new applications", s.listed("/findings?kind=new_application"), int64(applications)-managed)

	// What the first provider alone serves has as many accounts as it has people there.
	rows := s.column(s.open("/applications?n=200"), "Accounts")
	integrated := s.column(s.open("/instances/"+of[sandbox.Okta].ID+"/applications?n=200"), "Assigned")
	consents, connected := vendors.Consents(), map[string]int64{}
	for vendor, title := range asked() {
		connected[title] = int64(counts[vendor]["users"])
	}
	elsewhere := map[string]bool{} // known from more than the first provider
	checked := 0
	for n, app := range c.Apps {
		if app.Hidden {
			continue
		}
		is(t, "people to whom the provider's page says "+app.Label+" is given", integrated[app.Label], given(&c, n))
		labs := givenByLabs(&c, app.Key)
		_, direct := connected[app.Label]
		elsewhere[app.Label] = direct || labs > 0 || len(consents[app.Label]) > 0
		if app.Key == "github_enterprise" { // which goes by another name, see fed
			continue
		}
		checked++
		want := given(&c, n) + labs + int64(len(consents[app.Label]))
		if direct {
			want = connected[app.Label]
		}
		is(t, "the row of "+app.Label, rows[app.Label], want)
	}
	for name, people := range consents {
		if _, ok := elsewhere[name]; !ok {
			checked++
			is(t, "the row of "+name+", which people let in", rows[name], int64(len(people)))
		}
	}
	if checked < 25 {
		t.Errorf("%d rows were compared", checked)
	}
	is(t, "what the page of the first provider serves", s.listed("/instances/"+of[sandbox.Okta].ID+"/applications"), int64(counts[sandbox.Okta]["apps"]))
	is(t, "what the page of the second provider serves", s.listed("/instances/"+of[sandbox.OneLogin].ID+"/applications"), int64(counts[sandbox.OneLogin]["apps"]))
	fed(t, a, ctx, s, &c)
	seenThrough(t, s, &c, elsewhere)
	leavers(t, s, vendors)
	access(t, s, vendors, &c, int(managed))
	used(t, a, ctx, s, vendors, &c)
	spent(t, s, vendors)
	seats(t, s, vendors)
	everybody := holders(vendors, &c)
	nobodys(t, s, everybody)
	suspicious(t, s, &c, everybody)
	overlap(t, s, vendors, &c, everybody)
	agreed(t, s, all.contracts)
	applied(t, s, all.contracts)
	home(t, s, all.contracts, everybody)
	persons(t, s, &c, everybody)
	is(t, "devices, of which no system tells", s.listed("/devices"), 0)
	changed(t, s, all, ctx)
	everyPage(t, s, all)
}

// fed compares the pages of an application that providers feed, and the list of
// accounts through them, with the company.
func fed(t *testing.T, a *app.App, ctx context.Context, s *screen, c *sandbox.Company) {
	t.Helper()
	list, err := a.Inventory.Applications(ctx, inventory.ApplicationFilter{Query: "GitHub"}, purser.Page{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("GitHub: %+v %v", list.Items, err)
	}
	key := func(k string) int { return slices.IndexFunc(c.Apps, func(x sandbox.App) bool { return x.Key == k }) }
	github := given(c, key("github_enterprise"))
	github += givenByLabs(c, "github_enterprise")
	path := "/applications/" + list.Items[0].ID
	page := s.open(path)
	is(t, "the tile of GitHub's accounts", s.tile(page, "Accounts"), github)
	is(t, "the tile of GitHub's people", s.tile(page, "People"), list.Items[0].People)
	is(t, "the page of GitHub's accounts", s.first(s.open(path+"/accounts"), `(?s)class="pager.*? of ([\d,]+)`), github)
	bamboo := given(c, key("bamboohr"))
	is(t, "the page of accounts through providers", s.listed("/accounts/sso"), github+bamboo)
	is(t, "the same of one application", s.listed("/accounts/sso?application="+list.Items[0].ID), github)
	is(t, "what the page of accounts says of it", s.first(s.open("/accounts"), `(?s)Through identity providers\s*<span class="tab-count">([\d,]+)<`), github+bamboo)
}
