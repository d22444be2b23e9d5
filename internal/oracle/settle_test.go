package oracle_test

import (
	"testing"
	"time"

	"purser"
	"purser/internal/finding"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// unused connects an application with one account that nobody has used for long,
// and a seat of a plan that its vendor may list.
func (h *house) unused(name, plan string, listed bool) purser.Instance {
	i := h.instance(name, false)
	h.read(i, purser.KindAccount, h.at)
	h.read(i, purser.KindSeat, h.at)
	h.row(purser.KindAccount, i, "a", map[string]any{"last_active_at": h.at.AddDate(0, 0, -100).UnixMicro(), "email": "a@example.com"})
	h.row(purser.KindSeat, i, "s", map[string]any{"plan": plan, "account": "a"})
	if listed {
		h.row(purser.KindPlan, i, plan, map[string]any{"name": plan})
	}
	return i
}

func (h *house) unusedSeat(i purser.Instance) purser.Finding {
	h.t.Helper()
	list, err := h.findings.List(h.t.Context(), finding.Filter{Kinds: []string{"unused_seat"}, Instances: []string{i.ID}}, purser.Page{})
	if err != nil || len(list.Items) != 1 {
		h.t.Fatalf("%+v, %v", list.Items, err)
	}
	return list.Items[0]
}

// Terms may be entered for a plan that the vendor does not list: what follows from
// their end is as of any other plan. A day that is over says nothing.
func TestADayThatIsOverSaysNothingAlsoOfAPlanThatIsNotListed(t *testing.T) {
	for name, listed := range map[string]bool{"listed": true, "not listed": false} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				h := newHouse(t, db, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
				i := h.unused("Chat", "Pro", listed)
				h.exec(`INSERT INTO license_term (source, external_id, saas_no, model, price, currency, period, ends_on, updated_at) VALUES (?, 'Pro', ?, 'per_user', 1000, 'EUR', 'month', '2026-11-30', 1)`,
					i.ID, store.KeyOf("app_", i.Application))
				h.derive(i)
				if f := h.unusedSeat(i); f.RealizableOn != "2026-11-30" || f.Annual == nil || f.Annual.Minor != 12000 {
					t.Errorf("before the term ends: %q, %v", f.RealizableOn, f.Annual)
				}
				h.at = h.at.AddDate(0, 0, 9)
				h.read(i, purser.KindAccount, h.at)
				h.derive(i)
				if f := h.unusedSeat(i); f.RealizableOn != "" {
					t.Errorf("after its end: %q (%s)", f.RealizableOn, f.Realizable)
				}
				h.contract(purser.ContractInput{ContractFacts: purser.ContractFacts{Name: "Chat", Vendor: "Example Inc."}, Applications: []string{i.Application},
					Terms: purser.ContractTerms{Start: "2026-01-01", End: "2027-06-30"}}, "")
				h.derive(i)
				if f := h.unusedSeat(i); f.RealizableOn != "2027-06-30" || f.Value == nil || f.Value.Minor != 18000 {
					t.Errorf("under a contract of eighteen months: %q, %v", f.RealizableOn, f.Value)
				}
			})
		})
	}
}

// After a sync of one application, what contracts say anew of the plans of others is
// said of their findings, too.
func TestASyncOfOneApplicationTellsWhatContractsChangedOfOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
		chat, wiki := h.unused("Chat", "Pro", true), h.unused("Wiki", "Team", true)
		h.derive(chat, wiki)
		if f := h.unusedSeat(wiki); f.Annual != nil {
			t.Fatalf("nobody knows the price, and it is worth %v", f.Annual)
		}
		price := purser.Money{Minor: 700, Currency: "EUR"}
		h.contract(purser.ContractInput{ContractFacts: purser.ContractFacts{Name: "Wiki", Vendor: "Example Inc."}, Applications: []string{wiki.Application},
			Terms: purser.ContractTerms{Start: "2026-01-01", End: "2026-12-31", Plans: []purser.ContractPlan{{Name: "team", Per: "user", Price: &price, Billing: "monthly"}}}}, "")
		if err := h.findings.Derive(t.Context(), []int64{chat.No}); err != nil { // of that application alone
			t.Fatal(err)
		}
		if f := h.unusedSeat(wiki); f.Annual == nil || f.Annual.Minor != 8400 {
			t.Errorf("after a sync of another application it is worth %v", f.Annual)
		}
	})
}
