package oracle_test

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"purser"
	"purser/internal/dashboard"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// Charts of past days say what the oracle knew, and the tiles said, on those days; of a
// week its last day counts.
func TestChartsSayWhatTheOracleKnewOnEachDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2026, 12, 14, 9, 0, 0, 0, time.UTC) // a Monday
		o := invent(53, now)
		h := newHouse(t, db, now)
		o.plant(h)
		contracts, d := h.dashboard(t.Context())
		if len(d.UseTrend.Points) != 1 {
			t.Errorf("%d points on the first day", len(d.UseTrend.Points))
		}
		var use []dashboard.UsePoint
		var worth []dashboard.WorthPoint
		for _, days := range []int{1, 3, 7, 24} { // the first two are of one week; then over the turn of the year
			h.at = now.AddDate(0, 0, days)
			o.now = h.at
			if err := h.findings.Derive(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			counts := map[string]int64{}
			for _, a := range o.apps {
				for _, x := range a.accounts {
					counts[o.class(x)]++
				}
			}
			day := h.at.Format(time.DateOnly)
			use = append(use, dashboard.UsePoint{Day: day, Active: counts["active"], Inactive: counts["inactive"], Never: counts["never"], Unknown: counts["unknown"]})
			d = h.added(t.Context(), contracts)
			worth = append(worth, dashboard.WorthPoint{Day: day, Open: d.Worth.Open, Annual: d.Worth.Annual})
		}
		if use[0] == use[3] || worth[0].Open == worth[3].Open {
			t.Error("nothing changed meanwhile: the comparison says nothing")
		}
		if got, want := fmt.Sprint(d.UseTrend.Points), fmt.Sprint(use[1:]); got != want {
			t.Errorf("use: %s, the oracle says %s", got, want)
		}
		if got, want := fmt.Sprint(d.WorthTrend.Points), fmt.Sprint(worth[1:]); got != want {
			t.Errorf("findings: %s, the tiles said %s", got, want)
		}
		poor := newHouse(t, db, h.at, purser.OpMoneyRead)
		_, hidden := poor.dashboard(t.Context())
		for _, p := range hidden.WorthTrend.Points {
			if len(p.Annual) > 0 || hidden.WorthTrend.Hidden == "" {
				t.Errorf("a price: %+v", p)
			}
		}
		if len(hidden.Costs.Months) > 0 || hidden.Costs.Hidden == "" {
			t.Errorf("a price: %+v", hidden.Costs)
		}
	})
}

// agreed is what the oracle knows of a contract at some time: from a day to another,
// and from the middle of it on at another price.
type agreed struct {
	from, to, raised string
	money            string
	yearly, then     int64
}

// The contracted cost of a month is what the oracle's own records say for its last day:
// with earlier periods, prices that change within a month, ends on leap days and at the
// turn of the year.
func TestTheContractedCostOfEachMonthIsTheOracles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2028, 3, 15, 9, 0, 0, 0, time.UTC)
		h, r := newHouse(t, db, now), rand.New(rand.NewSource(5))
		var all []agreed
		for n := range 30 {
			money := []string{"EUR", "USD", "JPY"}[n%3]
			price := func(minor int64) []purser.ContractPlan {
				return []purser.ContractPlan{{Name: "All", Per: "flat", Price: &purser.Money{Minor: minor, Currency: money}, Billing: "monthly"}}
			}
			first := agreed{from: purser.DayText(now.AddDate(-1, 0, r.Intn(500)-300)), money: money, yearly: 12 * int64(1+r.Intn(90_000))}
			first.to = purser.TermEnd(first.from, 12)
			switch n {
			case 0:
				first.from, first.to = "2027-03-01", "2028-02-29"
			case 1:
				first.from, first.to = "2027-01-01", "2027-12-31"
			case 2:
				first.to = "" // runs on
			}
			first.raised, first.then = purser.AddDays(first.from, 100), first.yearly+1200
			terms := purser.ContractTerms{Start: first.from, End: first.to, Plans: price(first.yearly / 12), Amendments: []purser.Amendment{{On: first.raised, Plans: price(first.then / 12)}}}
			c, err := h.contracts.Create(t.Context(), purser.ContractInput{ContractFacts: purser.ContractFacts{Name: fmt.Sprint("C", n), Vendor: "Example"}, Applications: []string{"App"}, Terms: terms})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, first)
			if n%4 == 0 && first.to != "" { // the next period, some days later
				next := agreed{from: purser.AddDays(first.to, 1+n), money: money, yearly: first.yearly * 2, raised: "9999-12-31"}
				next.to = purser.TermEnd(next.from, 6)
				if _, err := h.contracts.Renew(t.Context(), c.ID, c.Version, &purser.ContractTerms{Start: next.from, End: next.to, Plans: price(next.yearly / 12)}); err != nil {
					t.Fatal(err)
				}
				all = append(all, next)
			}
		}
		_, d := h.dashboard(t.Context())
		if len(d.Costs.Months) != 19 || d.Costs.Months[0].Day != "2027-03-31" || d.Costs.Months[11].Day != "2028-02-29" || d.Costs.Months[12].Day != "2028-03-15" || d.Costs.Months[18].Day != "2028-09-30" {
			t.Fatalf("%+v", d.Costs.Months)
		}
		for _, m := range d.Costs.Months {
			sums, n := map[string]int64{}, int64(0)
			for _, a := range all {
				if a.from > m.Day || a.to != "" && a.to < m.Day {
					continue
				}
				n++
				if sums[a.money] += a.yearly; a.raised <= m.Day {
					sums[a.money] += a.then - a.yearly
				}
			}
			if m.Contracts != n || m.Unknown != 0 {
				t.Errorf("%s: %d contracts, the oracle says %d", m.Day, m.Contracts, n)
			}
			h.sameSums(m.Day, m.Yearly, sums)
		}
	})
}
