package oracle_test

import (
	"testing"
	"time"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// What a contract says of a plan holds with the model of the contract, also where
// something else was entered of the plan, and under the name that the vendor writes.
func TestAFlatPriceOfAContractIsNoSeatsAndNamesAreThoseOfTheVendor(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, now)
		i := h.instance("Chat", false)
		h.read(i, purser.KindAccount, now)
		h.read(i, purser.KindSeat, now)
		price := purser.Money{Minor: 1_200_000, Currency: "EUR"}
		h.contract(purser.ContractInput{ContractFacts: purser.ContractFacts{Name: "Chat", Vendor: "Chat"}, Applications: []string{i.Application},
			Terms: purser.ContractTerms{Start: "2026-01-01", End: "2026-12-31", Plans: []purser.ContractPlan{
				{Name: "whole house", Per: "flat", Price: &price, Billing: "yearly"}, {Name: " équipe", Per: "user", Price: &price, Billing: "yearly"}}}}, "")
		for plan, name := range map[string]string{"flat": "Whole House", "team": "Équipe "} {
			h.row(purser.KindPlan, i, plan, map[string]any{"name": name})
			h.exec(`INSERT INTO license_term (source, external_id, saas_no, model, updated_at) VALUES (?, ?, 1, 'per_user', 1)`, i.ID, plan)
			h.row(purser.KindAccount, i, plan, map[string]any{"last_active_at": now.AddDate(0, 0, -100).UnixMicro(), "email": plan + "@example.com"})
			h.row(purser.KindSeat, i, "s"+plan, map[string]any{"plan": plan, "account": plan})
		}
		h.derive(i)
		found := 0
		for _, f := range h.all() {
			if f.Kind != purser.FindingUnusedSeat {
				continue
			}
			found++
			if worth := f.Annual != nil; worth != (f.ExternalID == "steam") || worth && f.Annual.Minor != price.Minor {
				t.Errorf("%s is worth %v a year", f.ExternalID, f.Annual)
			}
		}
		if found != 2 {
			t.Errorf("%d unused seats were found", found)
		}
	})
}
