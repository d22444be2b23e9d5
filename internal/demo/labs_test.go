package demo_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/app"
	"purser/internal/config"
	"purser/internal/connect"
	"purser/internal/demo"
	"purser/internal/feed"
	"purser/internal/inventory"
	"purser/internal/sandbox"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// bought serves the company that bought a firm, every system of it read once.
func bought(t *testing.T, o store.Options) (company, context.Context) {
	t.Helper()
	written := &writing{}
	a, vendors, ctx := built(t, o, sandbox.Options{Seed: 1, Unlimited: true, Labs: true}, 6, func(d *demo.Demo, a *app.App) {
		written.Contracts = a.Contracts
		d.Contracts = written
	})
	return company{a, vendors, written.down}, ctx
}

// built serves a company, so many systems of it read once; change says what else the demo does.
func built(t *testing.T, o store.Options, company sandbox.Options, systems int, change func(*demo.Demo, *app.App)) (*app.App, *sandbox.Sandbox, context.Context) {
	t.Helper()
	vendors, err := sandbox.Start(t.Context(), company)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vendors.Close() })
	data := t.TempDir()
	if o.URL == "" {
		storetest.Migrated(t, data)
	}
	var pairs []string
	for host, address := range vendors.Map() {
		pairs = append(pairs, host+"="+address)
	}
	a, err := app.Build(t.Context(), app.Options{Server: config.Server{Data: data, DatabaseURL: o.URL, Listen: "127.0.0.1:0", Workers: 2,
		VendorMap: strings.Join(slices.Sorted(slices.Values(pairs)), ",")}, Version: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("the server stopped: %v", err)
		}
	})
	host := purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "host", Name: "host", Role: purser.RoleAdmin, Origin: "system"})
	d := &demo.Demo{Organization: a.Organization, Matching: a.Identity, Connect: a.Connect, Sandbox: vendors, Say: func(string, ...any) {}, Pause: pause}
	change(d, a)
	summary, err := d.Run(host)
	if err != nil || !summary.Complete() || len(summary.Connectors) != systems {
		t.Fatalf("%+v %v", summary, err)
	}
	settled(t, a)
	return a, vendors, host
}

func pause(ctx context.Context) error {
	select {
	case <-time.After(50 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settled waits until all is derived that follows from what was read.
func settled(t *testing.T, a *app.App) {
	t.Helper()
	for range 1200 {
		due, err := store.DueDerivations(t.Context(), a.DB.Read(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(due) == 0 {
			return
		}
		if err := pause(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("what follows from the readings is never derived")
}

// is compares what a screen shows with what the company's generator knows.
func is(t *testing.T, what string, got, want int64) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, and the company has %d", what, got, want)
	}
}

func TestTheNumbersOfEveryScreenAreThoseOfTheCompany(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		all, ctx := bought(t, o)
		numbers(t, all.App, all.vendors, ctx)
		settled(t, all.App)
		pages(t, all, ctx)
	})
}

// numbers compares what services say with the company.
func numbers(t *testing.T, a *app.App, vendors *sandbox.Sandbox, ctx context.Context) {
	t.Helper()
	counts := vendors.Counts()
	var c sandbox.Company
	vendors.Company(func(all *sandbox.Company) { c = *all })

	instances, err := a.Connect.Instances(ctx, connect.InstanceFilter{})
	if err != nil {
		t.Fatal(err)
	}
	all := int64(0)
	of := map[string]purser.Instance{}
	for _, i := range instances {
		of[i.Connector] = i
		list, err := a.Inventory.Accounts(ctx, inventory.AccountFilter{Instances: []string{i.ID}}, purser.Page{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if want, ok := counts[i.Connector]["users"]; ok {
			is(t, "accounts of "+i.Name, list.Total, int64(want))
		}
		all += list.Total
	}
	accounts, err := a.Inventory.Accounts(ctx, inventory.AccountFilter{}, purser.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	is(t, "the list of accounts", accounts.Total, all)
	people, err := a.Inventory.People(ctx, inventory.PersonFilter{}, purser.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	is(t, "the list of people", people.Total, int64(counts[sandbox.BambooHR]["people"]))
	home, err := a.Inventory.Home(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, tile := range home.Tiles {
		switch tile.Label {
		case "Accounts":
			is(t, "accounts at home", tile.Value, all)
		case "People":
			is(t, "people at home", tile.Value, people.Total)
		}
	}
	for connector, want := range map[string]int{sandbox.Okta: counts[sandbox.Okta]["apps"], sandbox.OneLogin: counts[sandbox.OneLogin]["apps"]} {
		n, err := a.Feeds.Count(ctx, of[connector].ID)
		if err != nil {
			t.Fatal(err)
		}
		is(t, "integrated applications of "+connector, n.All, int64(want))
		list, err := a.Feeds.Integrated(ctx, of[connector].ID, feed.Filter{}, purser.Page{Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		assigned := int64(0)
		for _, x := range list.Items {
			if x.Assigned != nil {
				assigned += *x.Assigned
			}
		}
		is(t, "people to whom "+connector+" gives applications", assigned, int64(counts[connector]["assignments"]))
	}
	whose(t, a, ctx, &c, of[sandbox.OneLogin])
	threeNames(t, a, ctx, &c)
}
