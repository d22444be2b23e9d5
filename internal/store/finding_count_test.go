package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// However findings are written, decided, ended and deleted, as many are counted as there are.
func TestFindingsAreCountedAsTheyAre(t *testing.T) {
	kinds := []string{"unused_seat", "leaver_access", "renewal_due"}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := rand.New(rand.NewPCG(7, 7))
		pick := func(of ...string) string { return of[r.IntN(len(of))] }
		for step := range 60 {
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				var err error
				switch r.IntN(4) {
				case 0, 1: // as a derivation notes them, new ones and known ones
					for range 1 + r.IntN(5) {
						var annual any
						if r.IntN(3) > 0 {
							annual = r.IntN(1000)
						}
						_, err = tx.NewRaw(`INSERT INTO finding (kind, source, external_id, instance_no, saas_no, account_id, person_id, plan_id, annual, currency, found_at, state)
							VALUES (?, '', ?, ?, ?, ?, 0, ?, ?, ?, 1, 'new') ON CONFLICT (kind, source, external_id) DO UPDATE SET annual = excluded.annual, currency = excluded.currency`,
							pick(kinds...), fmt.Sprint(r.IntN(20)), r.IntN(3), r.IntN(3), r.IntN(3), r.IntN(3), annual, pick("EUR", "USD", "")).Exec(ctx)
						if err != nil {
							return err
						}
					}
					_, err = tx.NewRaw(`UPDATE finding SET state = 'open' WHERE state = 'new'`).Exec(ctx)
				case 2:
					_, err = tx.NewRaw(`UPDATE finding SET state = ?, ended = ? WHERE no % 5 = ?`, pick("open", "accepted", "verified"), pick("", "removed"), r.IntN(5)).Exec(ctx)
				default:
					_, err = tx.NewRaw(`DELETE FROM finding WHERE no % 7 = ?`, r.IntN(7)).Exec(ctx)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range []store.FindingFilter{{}, {Kinds: kinds[:1]}, {States: []string{"open"}}, {Application: 1}, {InstanceNos: []int64{2}}, {Currency: "EUR"}, {Account: 1}, {Plans: []int64{2}}, {Plans: []int64{1, 2}},
				{Any: []store.FindingFilter{{Application: 1}, {Plans: []int64{1}}}}, {Any: []store.FindingFilter{{Kinds: kinds[1:]}, {InstanceNos: []int64{1, 2}}}}, {LookedAfterBy: []string{"usr_1"}}, {NotLookedAfterBy: []string{}}} {
				got, err := store.CountFindings(t.Context(), db.Read(), f)
				if err != nil {
					t.Fatal(err)
				}
				if want := countedOneByOne(t, db, f); !reflect.DeepEqual(got, want) {
					t.Fatalf("step %d, %+v: %+v are counted, there are %+v", step, f, got, want)
				}
			}
		}
	})
}

// countedOneByOne counts the rows of the list, in the order of CountFindings.
func countedOneByOne(t *testing.T, db *store.DB, f store.FindingFilter) (out []store.FindingCount) {
	t.Helper()
	list, err := store.Findings(t.Context(), db.Read(), f, purser.Page{Limit: 1000}, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"leaver_access", "renewal_due", "unused_seat"} {
		for _, state := range []string{"accepted", "open", "verified"} {
			for _, ended := range []string{"", "removed"} {
				for _, currency := range []string{"", "EUR", "USD"} {
					c := store.FindingCount{Kind: kind, State: state, Ended: ended, Currency: currency}
					for _, r := range list.Items {
						if r.Kind != kind || r.State != state || r.Ended != ended || r.Currency != currency {
							continue
						}
						if c.N++; r.Annual != nil {
							c.Valued, c.Annual = c.Valued+1, c.Annual+*r.Annual
						}
					}
					if c.N > 0 {
						out = append(out, c)
					}
				}
			}
		}
	}
	return out
}
