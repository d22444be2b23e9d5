package purser_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"purser"
)

func TestTermsEndWhereCalendarsSay(t *testing.T) {
	for _, x := range []struct {
		start  string
		months int
		end    string
	}{
		{"2027-01-01", 12, "2027-12-31"}, {"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 48, "2028-02-28"}, {"2027-01-31", 1, "2027-02-28"},
		{"2028-01-31", 1, "2028-02-29"}, {"2027-03-31", 1, "2027-04-30"}, {"2027-11-15", 3, "2028-02-14"}, {"2027-02-01", 1, "2027-02-28"}, {"2028-02-01", 1, "2028-02-29"},
		{"2026-12-31", 12, "2027-12-30"}, {"", 12, ""}, {"2027-02-30", 1, ""}, {"2027-01-01", 0, ""},
	} {
		if got := purser.TermEnd(x.start, x.months); got != x.end {
			t.Errorf("%d months from %s end on %s, want %s", x.months, x.start, got, x.end)
		}
	}
}

func TestNoticeIsDueBeforeTheWholePeriod(t *testing.T) {
	for _, x := range []struct {
		end    string
		notice purser.Notice
		on     string
	}{
		{"2026-12-31", purser.Notice{Count: 3, Unit: "months"}, "2026-09-30"}, {"2026-12-31", purser.Notice{Count: 90, Unit: "days"}, "2026-10-02"},
		{"2027-02-28", purser.Notice{Count: 1, Unit: "months"}, "2027-01-31"}, {"2028-02-29", purser.Notice{Count: 1, Unit: "months"}, "2028-01-31"},
		{"2027-03-30", purser.Notice{Count: 1, Unit: "months"}, "2027-02-27"}, {"2027-01-01", purser.Notice{Count: 0, Unit: "days"}, "2027-01-01"},
		{"2027-01-01", purser.Notice{}, ""}, {"", purser.Notice{Count: 1, Unit: "months"}, ""}, {"2028-03-01", purser.Notice{Count: 1, Unit: "days"}, "2028-02-29"},
	} {
		if got := x.notice.Deadline(x.end); got != x.on {
			t.Errorf("%v before %s is %s, want %s", x.notice, x.end, got, x.on)
		}
	}
}

// anyDay is a day between 2000 and 2100, month ends and leap days more often than by chance.
func anyDay(r *rand.Rand) string {
	day := time.Date(2000+r.IntN(100), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
	switch r.IntN(4) {
	case 0:
		day = time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC)
	case 1:
		day = time.Date(2000+4*r.IntN(25), 2, 29, 0, 0, 0, 0, time.UTC)
	}
	return purser.DayText(day)
}

func TestDaysOfTermsHoldTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		start, n, m := anyDay(r), 1+r.IntN(60), 1+r.IntN(60)
		end := purser.TermEnd(start, n)
		if end < start {
			t.Fatalf("%d months from %s end on %s, before they begin", n, start, end)
		}
		if got, ok := purser.TermLength(start, end); !ok || got != n {
			t.Fatalf("%s to %s has %d months (%v), want %d", start, end, got, ok, n)
		}
		if start[8:] <= "28" && purser.TermEnd(purser.AddDays(end, 1), m) != purser.TermEnd(start, n+m) {
			t.Fatalf("%d months and %d more from %s are not %d", n, m, start, n+m)
		}
		if next := purser.TermEnd(start, n+1); next <= end {
			t.Fatalf("a month more from %s ends on %s, not after %s", start, next, end)
		}
		for _, unit := range []string{"days", "months"} {
			notice := purser.Notice{Count: r.IntN(13), Unit: unit}
			on := notice.Deadline(end)
			longer := purser.Notice{Count: notice.Count + 1, Unit: unit}.Deadline(end)
			if on > end || longer >= on || notice.Deadline(purser.AddDays(end, 1)) < on {
				t.Fatalf("%v before %s: %s, one more: %s", notice, end, on, longer)
			}
		}
		if back, ok := purser.DaysBetween(start, purser.AddDays(start, n)); !ok || back != n {
			t.Fatalf("%d days after %s are %d", n, start, back)
		}
	}
}

func quantity(n int64) *int64 { return &n }

func eur(minor int64) *purser.Money { return &purser.Money{Minor: minor, Currency: "EUR"} }

func TestWorthKeepsCurrenciesApartAndUnknownOut(t *testing.T) {
	terms := purser.ContractTerms{Start: "2027-01-01", End: "2027-12-31", Plans: []purser.ContractPlan{
		{Name: "A", Per: "user", Quantity: quantity(40), Price: eur(1250), Billing: "monthly"},
		{Name: "B", Per: "flat", Price: &purser.Money{Minor: 99_900, Currency: "USD"}, Billing: "once"},
		{Name: "C", Per: "user", Price: eur(100), Billing: "monthly"}, {Name: "D", Per: "user", Quantity: quantity(3), Billing: "monthly"},
		{Name: "E", Per: "unit", Quantity: quantity(2), Price: eur(5), Billing: "yearly"}}}
	w := terms.Worth("2027-06-01")
	if w.Unknown != 2 || len(w.Yearly) != 2 || w.Yearly[0] != (purser.Money{Minor: 600_010, Currency: "EUR"}) || w.Yearly[1].Minor != 99_900 || w.Period[0].Minor != 600_010 {
		t.Errorf("worth %+v", w)
	}
	terms.Amendments = []purser.Amendment{{On: "2027-07-02", Plans: terms.Plans}} // 182 of 365 days before it
	if got := terms.Worth("2027-06-01"); got.Period[0] != w.Period[0] || got.Period[1] != w.Period[1] {
		t.Errorf("an amendment that changes nothing changes the worth: %+v", got)
	}
	terms.Amendments[0].Plans = []purser.ContractPlan{{Name: "A", Per: "user", Quantity: quantity(80), Price: eur(1250), Billing: "monthly"}}
	if got := terms.Worth("2027-12-31"); got.Yearly[0].Minor != 1_200_000 || len(got.Yearly) != 1 || got.Period[0].Minor != (600_010*182+1_200_000*183+182)/365 {
		t.Errorf("after the amendment: %+v", got)
	}
	long := purser.ContractTerms{Start: "2027-01-01", End: "2029-12-31", Plans: []purser.ContractPlan{{Name: "A", Per: "flat", Price: eur(100), Billing: "once"}}}
	if got := long.Worth("2027-01-01"); got.Yearly[0].Minor != 33 || got.Period[0].Minor != 100 {
		t.Errorf("a price for three years: %+v", got)
	}
}

func TestPaymentsAddUpToThePeriod(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2_000 {
		start := anyDay(r)
		terms := purser.ContractTerms{Start: start, End: purser.TermEnd(start, 1+r.IntN(40)), Payment: purser.Billings()[r.IntN(5)],
			Plans: []purser.ContractPlan{{Name: "A", Per: "user", Quantity: quantity(r.Int64N(500)), Price: eur(r.Int64N(10_000)), Billing: purser.Billings()[r.IntN(5)]}}}
		var sum []purser.Money
		last := ""
		for _, p := range terms.Payments() {
			if p.On <= last || p.On > terms.End {
				t.Fatalf("%+v is paid on %s after %s", terms, p.On, last)
			}
			last = p.On
			sum = purser.AddMoney(sum, p.Amounts...)
		}
		if want := terms.Worth(start).Period; len(want) != 1 || len(sum) != 1 || sum[0] != want[0] {
			t.Fatalf("payments of %+v add up to %v, want %v", terms, sum, want)
		}
	}
}

// A plan that an amendment adds without a price costs something, not nothing.
func TestPaymentsOfWhichACostIsNotKnownAreNotTold(t *testing.T) {
	plan := purser.ContractPlan{Name: "A", Per: "flat", Price: eur(120_000), Billing: "yearly"}
	terms := purser.ContractTerms{Start: "2026-01-01", End: "2026-12-31", Payment: "yearly", Plans: []purser.ContractPlan{plan},
		Amendments: []purser.Amendment{{On: "2026-07-01", Plans: []purser.ContractPlan{plan, {Name: "B", Per: "flat", Billing: "yearly"}}}}}
	if got := terms.Payments(); got != nil {
		t.Errorf("%+v", got)
	}
	if w := terms.Worth("2026-01-01"); w.Unknown != 0 || w.UnknownInPeriod != 1 || w.Period[0].Minor != 120_000 {
		t.Errorf("%+v", w)
	}
}

func TestSharesHaveToAddUpToAHundred(t *testing.T) {
	facts := purser.ContractFacts{Name: "Chat", Vendor: "Example"}
	for _, x := range []struct {
		shares []purser.CostShare
		good   bool
	}{
		{nil, true}, {[]purser.CostShare{{Center: "IT", Percent: "100"}}, true}, {[]purser.CostShare{{Center: "IT", Percent: "33.3333"}, {Center: "Sales", Percent: "66.6667"}}, true},
		{[]purser.CostShare{{Center: "IT", Percent: "33.33"}, {Center: "Sales", Percent: "66.66"}}, false}, {[]purser.CostShare{{Center: "IT", Percent: "50"}, {Center: "it", Percent: "50"}}, false},
		{[]purser.CostShare{{Center: "IT", Percent: "110"}, {Center: "Sales", Percent: "-10"}}, false}, {[]purser.CostShare{{Center: "IT", Percent: "1e2"}}, false},
	} {
		facts.CostCenters = x.shares
		if _, err := facts.Check(); (err == nil) != x.good {
			t.Errorf("%v: %v", x.shares, err)
		}
	}
}

func TestTheNextPeriodFollowsAndCostsMore(t *testing.T) {
	terms := purser.ContractTerms{Start: "2026-01-01", End: "2026-12-31", TermMonths: 12, Uplift: "3.5", Amendments: []purser.Amendment{{On: "2026-06-01",
		Plans: []purser.ContractPlan{{Name: "A", Per: "user", Quantity: quantity(10), Price: eur(1234), Billing: "monthly"}}}}}
	next, ok := terms.Next()
	if !ok || next.Start != "2027-01-01" || next.End != "2027-12-31" || len(next.Amendments) != 0 || next.Plans[0].Price.Minor != 1277 || terms.Amendments[0].Plans[0].Price.Minor != 1234 {
		t.Errorf("next: %+v", next)
	}
	if _, ok := (purser.ContractTerms{Start: "2026-01-01"}).Next(); ok {
		t.Error("a contract without an end has a next period")
	}
}
