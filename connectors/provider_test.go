package connectors_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/connectors"
	"purser/internal/connectortest"
	"purser/internal/feed"
	"purser/internal/inventory"
	"purser/internal/manifest"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/library"
)

// provider is a Purser that has read an identity provider: its users, what it
// serves, and who signed in.
type provider struct {
	*tenant
	instance  purser.Instance
	records   map[string][]connectortest.Record // what the fixtures of its tasks promise, by stream
	emits     map[string]manifest.Stream
	deriver   *match.Deriver
	feeds     *feed.Service
	inventory *inventory.Service
}

type anybody struct{}

func (anybody) Allow(context.Context, purser.Operation) error { return nil }

// readProvider connects an identity provider and reads what its fixtures have.
func readProvider(t *testing.T, connector string, o store.Options) *provider {
	t.Helper()
	l, err := library.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{tenant: newTenantIn(t, connector, string(purser.TaskApplicationRoster), o), records: map[string][]connectortest.Record{}, emits: map[string]manifest.Stream{}}
	titles := map[string]string{}
	known := match.Known{Library: l}
	for _, c := range builtIn(t).All() {
		titles[c.Manifest.Name] = c.Manifest.Title
		known.Connectors = append(known.Connectors, match.Connector{Name: c.Manifest.Name, Title: c.Manifest.Title})
	}
	p.deriver = match.New(p.db, p.clock.Now).Knowing(func() match.Known { return known })
	p.feeds = feed.New(feed.Options{DB: p.db, Gate: anybody{}, Now: p.clock.Now, Library: func() (*library.Library, error) { return l, nil },
		Connectors: func() map[string]string { return titles }, Cannot: p.cannot, Recount: p.deriver.Recount})
	p.inventory = inventory.New(inventory.Options{DB: p.db, Gate: anybody{}, Now: p.clock.Now, Recount: p.deriver.Recount})
	p.instance = p.connect("acme")
	for _, task := range []purser.TaskName{purser.TaskApplicationRoster, purser.TaskApplicationDiscovery, purser.TaskApplicationAccess} {
		p.read(task)
	}
	if err := p.deriver.Derive(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	return p
}

// read runs a task once against its fixture.
func (p *provider) read(task purser.TaskName) {
	p.t.Helper()
	f, err := connectortest.ReadFixture(connectors.Files(), p.manifest.Name, string(task))
	if err != nil {
		p.t.Fatal(err)
	}
	p.task, p.fixture, p.clock.now = task, f, f.Now
	if p.settings, _, err = p.manifest.CheckSettings(f.Settings); err != nil {
		p.t.Fatal(err)
	}
	err = p.db.Write(p.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return store.PutTask(ctx, tx, store.TaskRow{InstanceID: p.instance.ID, Task: string(task), Enabled: true, Every: (24 * time.Hour).Microseconds()})
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if r, _ := p.sync(p.instance); r.State != purser.RunSucceeded {
		p.t.Fatalf("%s is %s: %s", task, r.State, r.Message)
	}
	for i := range p.manifest.Tasks {
		if t := &p.manifest.Tasks[i]; t.Name == string(task) {
			for _, s := range t.Streams {
				p.emits[s.Name], p.records[s.Name] = s, f.Records[s.Name]
			}
		}
	}
}

func (p *provider) cannot(_ string, task purser.TaskName) []string {
	for i := range p.manifest.Tasks {
		if t := &p.manifest.Tasks[i]; t.Name == string(task) {
			return t.Cannot
		}
	}
	return nil
}

// each hands every record of a kind to fn, those that only add to others left out.
func (p *provider) each(kind purser.Kind, fn func(r connectortest.Record, word func(field string) string)) {
	for name, s := range p.emits {
		if s.Emits != kind || s.Enrich {
			continue
		}
		for _, r := range p.records[name] {
			fn(r, func(field string) string { v, _ := r[field].(string); return v })
		}
	}
}

// served is what the fixtures say of each application: a line for each, ordered by name.
func (p *provider) served() string {
	removed := map[string]bool{}
	reach := map[string]map[string]bool{} // accounts that can reach an application
	listed := false                       // the provider lists who may, and not only who agreed
	p.each(purser.KindAssignment, func(r connectortest.Record, word func(string) string) {
		if gone, _ := r["removed"].(bool); gone {
			removed[word("external_id")] = true
		} else if word("via") != "consent" {
			listed = true
		}
	})
	p.each(purser.KindAssignment, func(_ connectortest.Record, word func(string) string) {
		if removed[word("external_id")] {
			return
		}
		if reach[word("application")] == nil {
			reach[word("application")] = map[string]bool{}
		}
		reach[word("application")][word("account")] = true
	})
	signIns := map[string]int{}
	p.each(purser.KindActivity, func(_ connectortest.Record, word func(string) string) { signIns[word("application")]++ })
	lines := map[string]string{}
	p.each(purser.KindApplication, func(_ connectortest.Record, word func(string) string) {
		id, assigned := word("external_id"), "nobody says"
		if n := len(reach[id]); n > 0 || listed {
			assigned = fmt.Sprint(n)
		}
		lines[id] = fmt.Sprintf("%s: %s, assigned %s, signed in %d times", word("name"), word("status"), assigned, signIns[id])
	})
	var out []string
	for _, l := range lines {
		out = append(out, l)
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// integrated is what the product lists of them, in the same words.
func (p *provider) integrated() (lines string, ids map[string]string) {
	p.t.Helper()
	list, err := p.feeds.Integrated(p.t.Context(), p.instance.ID, feed.Filter{}, purser.Page{Limit: 100})
	if err != nil {
		p.t.Fatal(err)
	}
	ids = map[string]string{}
	var out []string
	for _, a := range list.Items {
		assigned := "nobody says"
		if a.Assigned != nil {
			assigned = fmt.Sprint(*a.Assigned)
		}
		if a.SignIns == nil {
			p.t.Fatalf("nobody says how often people signed in to %s, and the log was read", a.Name)
		}
		ids[a.Name] = a.ApplicationID
		out = append(out, fmt.Sprintf("%s: %s, assigned %s, signed in %d times", a.Name, a.State, assigned, *a.SignIns))
	}
	slices.Sort(out)
	return strings.Join(out, "\n"), ids
}

// accounts are those of an application: "101 by direct", ordered.
func (p *provider) accounts(application string) string {
	p.t.Helper()
	list, err := p.inventory.Accounts(p.t.Context(), inventory.AccountFilter{Application: application}, purser.Page{Limit: 100})
	if err != nil {
		p.t.Fatal(err)
	}
	fed, err := p.inventory.FedAccounts(p.t.Context(), inventory.FedFilter{Applications: []string{application}}, purser.Page{Limit: 100})
	if err != nil {
		p.t.Fatal(err)
	}
	source := map[string]string{}
	for _, a := range fed.Items {
		source[a.AccountID] = a.Way + " " + a.Source
	}
	var out []string
	for _, a := range list.Items {
		out = append(out, a.ExternalID+" by "+a.Way)
		if want := a.Way + " integrated via acme"; source[a.ID] != want || !a.WeakEvidence && !a.LastActive.Unknown() {
			p.t.Errorf("%s is %q among the accounts through providers (weak: %v, %+v), want %q", a.ExternalID, source[a.ID], a.WeakEvidence, a.LastActive, want)
		}
	}
	slices.Sort(out)
	if len(fed.Items) != len(out) {
		p.t.Errorf("%d accounts through providers are listed for %v", len(fed.Items), out)
	}
	return strings.Join(out, ", ")
}

// From the first answer of each identity provider to the accounts of what is
// managed: what it serves is listed as its fixtures have it, and who has an
// application comes from assignments where the provider shows them, else from
// consents and sign-ins, which the application's page says.
func TestEveryIdentityProviderFeedsWhatItServes(t *testing.T) {
	for connector, c := range map[string]struct {
		managed map[string]string // the provider's name of an application to its accounts
		cannot  string            // what the page says that this source does not know
	}{
		"okta":             {map[string]string{"Slack (Acme)": "00u1 by direct, 00u3 by group", "In-house tool": "00u1 by group"}, "without signing in through Okta"},
		"microsoft-entra":  {map[string]string{"Slack": "a0000000-0000-4000-8000-000000000001 by direct, a0000000-0000-4000-8000-000000000003 by group"}, ""},
		"google-workspace": {map[string]string{"Salesforce": "101 by sign_in", "5678.apps.googleusercontent.com": "103 by consent", "Zoom": "101 by sign_in"}, "Who may sign in to an application with Google"},
		"onelogin":         {map[string]string{"Slack": "1 by group, 2 by group, 3 by group"}, "without signing in through OneLogin"},
		"jumpcloud":        {map[string]string{"Team chat": "5f0000000000000000000101 by direct, 5f0000000000000000000102 by group, 5f0000000000000000000103 by assigned"}, ""},
		"auth0":            {map[string]string{"Zoom": "samlp|corp-saml|ada by consent, samlp|corp-saml|bob by sign_in"}, "Who may sign in to an application"},
	} {
		t.Run(connector, func(t *testing.T) {
			t.Parallel()
			storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
				p := readProvider(t, connector, o)
				got, ids := p.integrated()
				if want := p.served(); got != want {
					t.Errorf("it serves\n%s\nwant\n%s", got, want)
				}
				for name, accounts := range c.managed {
					if ids[name] == "" {
						t.Fatalf("%s is not served", name)
					}
					if _, err := p.feeds.Manage(t.Context(), []string{ids[name]}, ""); err != nil {
						t.Fatal(err)
					}
					if got := p.accounts(ids[name]); got != accounts {
						t.Errorf("the accounts of %s are %q, want %q", name, got, accounts)
					}
					state, err := p.feeds.State(t.Context(), ids[name])
					if err != nil || state.Feed != purser.FeedSSO || state.Label != "integrated via acme" || !strings.Contains(strings.Join(state.Cannot, "\n"), c.cannot) {
						t.Errorf("%s says %q, %q: %v", name, state.Label, state.Cannot, err)
					}
				}
			})
		})
	}
}
