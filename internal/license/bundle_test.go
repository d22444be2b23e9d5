package license_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/license"
	"purser/internal/store"
	"purser/internal/store/storetest"

	"github.com/uptrace/bun"
)

type everybody struct{}

func (everybody) Allow(context.Context, purser.Operation) error { return nil }

type agreed []purser.RunningContract

func (a agreed) Terms(context.Context) ([]purser.RunningContract, error) { return a, nil }

// A plan says whose word its price is, when its term ends, and what comes with it.
func TestAPlanKnowsItsContractAndWhatItContains(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var i purser.Instance
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			app, err := store.ManageApplication(ctx, tx, "Chat", "slack", 1)
			if err != nil {
				return err
			}
			i = purser.Instance{ID: "ins_1", Name: "Chat", Connector: "slack", Application: store.ApplicationID(app), Status: purser.StatusLive}
			if i.No, err = store.InsertInstance(ctx, tx, i); err != nil {
				return err
			}
			for _, plan := range []string{"suite", "mail", "calls"} {
				_, err := tx.NewRaw(`INSERT INTO "plan" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, name) VALUES (?, ?, 1, 1, 1, 1, 1, 1, 1, ?)`, i.No, plan, "The "+plan).Exec(ctx)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		price, seats := purser.Money{Minor: 2400, Currency: "EUR"}, int64(5)
		s := license.New(license.Options{DB: db, Gate: everybody{}, Now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
			Contracts: agreed{{ID: "ctr_1", Name: "Chat 2026", Applications: []string{i.Application}, StartsOn: "2026-01-01", EndsOn: "2026-12-31", TrueDownOn: "2026-12-01",
				Plans: []purser.ContractPlan{{Name: "the SUITE", Per: "user", Quantity: &seats, Price: &price, Billing: "half_yearly"}}}}})
		list, err := s.List(t.Context(), license.Filter{}, purser.Page{})
		if err != nil || len(list.Items) != 3 {
			t.Fatal(list, err)
		}
		ids := map[string]string{}
		for _, l := range list.Items {
			ids[l.Name] = l.ID
			if l.EndsOn != "2026-12-31" || l.ContractID != "ctr_1" || l.RealizableOn != "2026-12-01" {
				t.Errorf("%+v", l)
			}
			if priced := l.Price != nil; priced != (l.Name == "The suite") || priced && (l.PricedBy != "contract" || l.Price.Minor != 4800 || l.Annual == nil || l.Annual.Minor != 5*4800) {
				t.Errorf("%s costs %v by %s, %v in a year", l.Name, l.Price, l.PricedBy, l.Annual)
			}
		}
		c := purser.Contract{Applications: []purser.ContractApplication{{ID: i.Application}}}
		c.Terms.Plans = []purser.ContractPlan{{Name: "the SUITE"}, {Name: "of no vendor"}}
		c.Terms.Amendments = []purser.Amendment{{Plans: []purser.ContractPlan{{Name: "The mail"}}}}
		if of, err := s.Of(t.Context(), c); err != nil || !reflect.DeepEqual(of, map[string][]string{"the SUITE": {ids["The suite"]}, "The mail": {ids["The mail"]}}) {
			t.Errorf("the contract is about the plans %v: %v", of, err)
		}
		if err := s.Set(t.Context(), ids["The suite"], purser.PlanTerms{Contains: []string{"mail", " the calls ", ""}}); err != nil {
			t.Fatal(err)
		}
		got, err := s.License(t.Context(), ids["The suite"])
		if err != nil || !slices.Equal(got.Terms.Contains, []string{"calls", "mail"}) || got.PricedBy != "contract" {
			t.Errorf("%+v, %v", got.Terms, err)
		}
		// What a bundle contained and contains stands in the audit log.
		if err := s.Set(t.Context(), ids["The suite"], purser.PlanTerms{Contains: []string{"mail"}}); err != nil {
			t.Fatal(err)
		}
		var entries []struct {
			Before string `bun:"before"`
			After  string `bun:"after"`
		}
		err = db.Read().NewRaw(`SELECT before, after FROM audit WHERE operation = ? ORDER BY seq`, string(purser.OpLicenseSet)).Scan(t.Context(), &entries)
		if err != nil || len(entries) != 2 || entries[0].Before != "" || !strings.Contains(entries[0].After, `"contains":["calls","mail"]`) ||
			!strings.Contains(entries[1].Before, `"contains":["calls","mail"]`) || !strings.Contains(entries[1].After, `"contains":["mail"]`) {
			t.Errorf("the audit log says %+v, %v", entries, err)
		}
		if err := s.Set(t.Context(), ids["The mail"], purser.PlanTerms{Contains: []string{"suite"}}); err == nil {
			t.Error("two plans contain each other")
		}
		for _, bad := range []string{"suite", "fax"} {
			if err := s.Set(t.Context(), ids["The suite"], purser.PlanTerms{Contains: []string{bad}}); err == nil {
				t.Errorf("it contains %s", bad)
			}
		}
		if err := s.Add(t.Context(), i.Application, "By hand", purser.PlanTerms{}); err != nil {
			t.Fatal(err)
		}
		if hand, err := s.ByHand(t.Context(), i.Application); err != nil || len(hand) != 1 || hand[0].RealizableOn != "2026-12-01" {
			t.Errorf("%+v, %v", hand, err)
		}
	})
}

func TestSeatsOfAContractOverSeveralApplicationsAreNotCountedForEach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var applications []string
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			for _, name := range []string{"Boards", "Pages"} {
				app, err := store.ManageApplication(ctx, tx, name, "file", 1)
				if err != nil {
					return err
				}
				i := purser.Instance{ID: "ins_" + name, Name: name, Connector: "file", Application: store.ApplicationID(app), Status: purser.StatusLive}
				if i.No, err = store.InsertInstance(ctx, tx, i); err != nil {
					return err
				}
				for _, plan := range []string{"Standard", name + " extra"} {
					_, err = tx.NewRaw(`INSERT INTO "plan" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, name) VALUES (?, ?, 1, 1, 1, 1, 1, 1, 1, ?)`, i.No, plan, plan).Exec(ctx)
					if err != nil {
						return err
					}
				}
				applications = append(applications, i.Application)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		price, seats := purser.Money{Minor: 500, Currency: "EUR"}, int64(40)
		s := license.New(license.Options{DB: db, Gate: everybody{}, Now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
			Contracts: agreed{{ID: "ctr_1", Name: "Both", Applications: applications, StartsOn: "2026-01-01", EndsOn: "2026-12-31", Plans: []purser.ContractPlan{
				{Name: "Standard", Per: "user", Quantity: &seats, Price: &price, Billing: "monthly"},
				{Name: "Pages extra", Per: "flat", Quantity: &seats, Price: &price, Billing: "monthly"}}}}})
		list, err := s.List(t.Context(), license.Filter{}, purser.Page{})
		if err != nil || len(list.Items) != 4 {
			t.Fatal(list, err)
		}
		for _, l := range list.Items {
			known, priced := l.Name == "Pages extra", l.Name == "Pages extra" || l.Name == "Standard"
			if (l.Bought != nil) != known || (l.Price != nil) != priced {
				t.Errorf("of %s in %s %v were bought for %v", l.Name, l.InstanceName, l.Bought, l.Price)
			}
		}
	})
}
