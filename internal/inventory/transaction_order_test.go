package inventory_test

import (
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// Amounts of several currencies are not compared with one another, and credits stand below 0.
func TestSpendIsPutInOrderByPayeeAndByAmountWithinEachCurrency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, roles{purser.OpAccountRead: true, purser.OpMoneyRead: true})
		i := connect(t, db, "books", "xero", "Books")
		for n, x := range []struct {
			payee, currency string
			amount          int64
		}{{"zoom", "USD", 50}, {"Adobe", "EUR", 900}, {"asana", "EUR", -1200}, {"Box", "EUR", 12345678901}, {"Figma", "USD", 7}, {"", "EUR", 0}} {
			row(t, db, purser.KindTransaction, i.No, fmt.Sprint("t", n), map[string]any{"date": "2026-10-01", "amount": x.amount, "currency": x.currency, "payee": x.payee})
		}
		for by, want := range map[string]string{"payee": " Adobe asana Box Figma zoom", "amount": "asana  Adobe Box Figma zoom", "-amount": "zoom Figma Box Adobe  asana"} {
			sort, desc := strings.CutPrefix(by, "-")
			var got []string
			for p := (purser.Page{Limit: 2, Sort: sort, Desc: desc}); ; {
				list, err := s.Transactions(t.Context(), inventory.TransactionFilter{}, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range list.Items {
					got = append(got, x.Payee)
				}
				if p.After = list.Next; p.After == "" {
					break
				}
			}
			if text := strings.Join(got, " "); text != want {
				t.Errorf("by %s: %q, want %q", by, text, want)
			}
		}
	})
}
