package oracle_test

import (
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand"
	"net/url"
	"slices"
	"testing"
	"time"

	"purser"
	"purser/internal/contract"
	"purser/internal/dashboard"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// paper is what the oracle knows of one contract.
type paper struct {
	name     string
	end      string // "" it runs on
	notice   string // last day for notice, "" unknown
	decision purser.Decision
	money    string
	yearly   int64    // minor units, -1 nobody knows
	about    []string // applications
}

// draw writes contracts down, around a day, and remembers what they must add up to.
func draw(t *testing.T, s *contract.Service, ctx context.Context, today time.Time, seed int64) (all []paper) {
	t.Helper()
	r := mrand.New(mrand.NewSource(seed))
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	for n := range 40 {
		p := paper{name: fmt.Sprintf("Contract %02d", n), money: []string{"EUR", "USD", "JPY"}[n%3], decision: purser.Undecided, yearly: -1,
			about: [][]string{{"App"}, {"App", "Other"}, {"App"}, {"Other"}, {"Third"}}[n%5]}
		in := purser.ContractInput{ContractFacts: purser.ContractFacts{Name: p.name, Vendor: "Example"}, Applications: p.about}
		in.Terms.Start = day(today.AddDate(-2, 0, 0))
		if n%7 != 6 {
			end := today.AddDate(0, 0, r.Intn(700)-60)
			if n == 0 {
				end = today // the last day is still in it
			}
			p.end = day(end)
			if n%5 != 4 {
				notice := r.Intn(90)
				in.Terms.Notice, p.notice = purser.Notice{Count: notice, Unit: "days"}, day(end.AddDate(0, 0, -notice))
			}
		}
		in.Terms.End = p.end
		price, seats := int64(1+r.Intn(9000)), int64(1+r.Intn(50))
		plan := purser.ContractPlan{Name: "Plan", Per: "user", Quantity: &seats, Billing: []string{"monthly", "quarterly", "half_yearly", "yearly"}[r.Intn(4)]}
		if n%6 != 5 {
			plan.Price = &purser.Money{Minor: price, Currency: p.money}
			p.yearly = price * seats * map[string]int64{"monthly": 12, "quarterly": 4, "half_yearly": 2, "yearly": 1}[plan.Billing]
		}
		in.Terms.Plans = []purser.ContractPlan{plan}
		c, err := s.Create(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		if n%8 == 7 {
			if p.decision = []purser.Decision{purser.DecisionRenew, purser.DecisionCancel}[n/8%2]; true {
				if _, err := s.Decide(ctx, c.ID, c.Version, p.decision, "so it is"); err != nil {
					t.Fatal(err)
				}
			}
		}
		all = append(all, p)
	}
	return all
}

// over reports whether the period is past; what was canceled then is no more at all.
func (p paper) over(today string) bool { return p.end != "" && p.end < today }

func (p paper) due() string {
	if p.notice != "" {
		return p.notice
	}
	return p.end
}

func TestTheFirstPageSaysWhatTheOracleKnows(t *testing.T) {
	for n, now := range days(t) {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			o := invent(int64(n+31), now)
			o.withoutContracts() // they are drawn below
			h := newHouse(t, db, now)
			o.plant(h)
			ctx := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_1", Name: "Fin", Role: purser.RoleFinance})
			contracts, d := h.dashboard(ctx)
			papers := draw(t, contracts, ctx, now, int64(n))
			*d = *h.added(ctx, contracts)
			h.compareFirstPage(o, papers, contracts, d)
			h.compareApplications(ctx, papers, contracts)
			// For whom money is hidden no sum and no part of one is told.
			poor := newHouse(t, db, now, purser.OpMoneyRead)
			_, hidden := poor.dashboard(ctx)
			if len(hidden.Contracted.Yearly)+len(hidden.Worth.Annual)+len(hidden.Worth.Valued) > 0 || hidden.Contracted.Hidden == "" || hidden.Worth.Hidden == "" ||
				hidden.Contracted.Unknown+hidden.Contracted.Without+hidden.Worth.Unvalued > 0 {
				t.Errorf("it tells %+v, %+v", hidden.Contracted, hidden.Worth)
			}
			for _, c := range hidden.Renewals.Next {
				if !c.Hidden || len(c.Worth.Yearly) > 0 {
					t.Errorf("%s tells %v", c.Name, c.Worth)
				}
			}
		})
	}
}

// dashboard returns the keeper of contracts, and the first page as it is now.
func (h *house) dashboard(ctx context.Context) (*contract.Service, *dashboard.Dashboard) {
	h.t.Helper()
	contracts, err := contract.New(contract.Options{DB: h.db, Gate: h.gate, Now: func() time.Time { return h.at }, Rand: rand.Reader, Currencies: []string{"EUR", "USD", "JPY"},
		Organization: func(context.Context) (purser.Organization, *time.Location) {
			return purser.Organization{}, h.at.Location()
		}})
	if err != nil {
		h.t.Fatal(err)
	}
	return contracts, h.added(ctx, contracts)
}

func (h *house) added(ctx context.Context, contracts *contract.Service) *dashboard.Dashboard {
	h.t.Helper()
	d, err := dashboard.New(dashboard.Options{DB: h.db, Gate: h.gate, Now: func() time.Time { return h.at }, Inventory: h.inventory, Contracts: contracts, Findings: h.findings}).Dashboard(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	return &d
}

func (h *house) compareFirstPage(o *organization, papers []paper, contracts *contract.Service, d *dashboard.Dashboard) {
	h.t.Helper()
	today := h.at.Format(time.DateOnly)
	sums, running, over, unknown := map[string]int64{}, int64(0), int64(0), int64(0)
	months, past, later, noDay := map[string]int64{}, int64(0), int64(0), int64(0)
	first := today[:8] + "01"
	last := purser.AddDays(purser.AddMonths(first, 12), -1)
	for _, p := range papers {
		if p.over(today) {
			if p.decision != purser.DecisionCancel {
				over++
			}
			continue
		}
		running++
		if p.yearly < 0 {
			unknown++
		} else {
			sums[p.money] += p.yearly
		}
		switch due := p.due(); {
		case p.decision != purser.Undecided:
		case due == "":
			noDay++
		case due < today:
			past++
		case due > last:
			later++
		default:
			months[due[:7]]++
		}
	}
	c := d.Contracted
	if c.Contracts != running || c.Over != over || c.Unknown != unknown || c.Without != unknown || over == 0 || unknown == 0 {
		h.t.Errorf("contracted: %+v; the oracle says %d run, %d are over, of %d nobody knows the cost", c, running, over, unknown)
	}
	h.sameSums("contracted", c.Yearly, sums)
	if got := h.opened(contracts, c.URL); got != running {
		h.t.Errorf("the tile opens %d contracts, it adds up %d", got, running)
	}
	for _, m := range d.Renewals.Months {
		if want := months[m.From[:7]]; m.Contracts != want || h.opened(contracts, m.URL) != want {
			h.t.Errorf("%s: %d contracts, the address opens %d, the oracle says %d", m.From, m.Contracts, h.opened(contracts, m.URL), want)
		}
	}
	for what, x := range map[string]struct {
		got  dashboard.RenewalMonth
		want int64
	}{"past": {d.Renewals.Past, past}, "later": {d.Renewals.Later, later}, "no day": {d.Renewals.NoDay, noDay}} {
		if x.got.Contracts != x.want || h.opened(contracts, x.got.URL) != x.want || x.want == 0 {
			h.t.Errorf("%s: %d contracts, the address opens %d, the oracle says %d", what, x.got.Contracts, h.opened(contracts, x.got.URL), x.want)
		}
	}
	if !slices.IsSortedFunc(d.Renewals.Next, func(a, b purser.Contract) int { return cmpDay(a.DueOn, b.DueOn) }) || len(d.Renewals.Next) != 5 || d.Renewals.Next[0].DueOn < today {
		h.t.Errorf("next: %+v", d.Renewals.Next)
	}
	keys, annual, currency := o.finds()
	worth := map[string]int64{}
	for k, v := range annual {
		if v > 0 {
			worth[currency[k]] += v
		}
	}
	if d.Worth.Open != int64(len(keys)) {
		h.t.Errorf("%d findings are open, the oracle says %d", d.Worth.Open, len(keys))
	}
	h.sameSums("findings", d.Worth.Annual, worth)
	parts := map[string]int64{}
	for _, v := range d.Worth.Valued {
		parts[v.Annual.Currency] += v.Annual.Minor
		u, _ := url.Parse(v.URL)
		list, err := h.findings.List(h.t.Context(), finding.Filter{Kinds: u.Query()["kind"], Currency: u.Query().Get("currency")}, purser.Page{Limit: 1000, Sort: "value", Desc: true})
		sum := int64(0)
		for _, f := range list.Items {
			if f.Annual != nil {
				sum += f.Annual.Minor
			}
		}
		if err != nil || sum != v.Annual.Minor {
			h.t.Errorf("%s says %v, its rows %d (%v)", v.URL, v.Annual, sum, err)
		}
	}
	h.sameSums("kinds", d.Worth.Annual, parts)
	h.compareClasses(o, d)
}

// compareClasses holds the four classes against the oracle, and against the rows that they open.
func (h *house) compareClasses(o *organization, d *dashboard.Dashboard) {
	h.t.Helper()
	want := map[string]int64{}
	for _, a := range o.apps {
		for _, x := range a.accounts {
			want[o.class(x)]++
		}
	}
	for _, u := range d.Use {
		at, err := url.Parse(u.URL)
		if err != nil {
			h.t.Fatal(err)
		}
		list, err := h.inventory.Accounts(h.t.Context(), inventory.AccountFilter{Use: at.Query()["use"]}, purser.Page{Limit: 1})
		if err != nil || u.Accounts != want[u.Class] || list.Total != u.Accounts || u.Accounts == 0 {
			h.t.Errorf("%s: %d accounts, its rows are %d, the oracle says %d (%v)", u.Class, u.Accounts, list.Total, want[u.Class], err)
		}
	}
}

func cmpDay(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (h *house) sameSums(what string, got []purser.Money, want map[string]int64) {
	h.t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		h.t.Errorf("%s: %v, the oracle says %v", what, got, want)
	}
	for _, m := range got {
		if want[m.Currency] != m.Minor {
			h.t.Errorf("%s: %v, the oracle says %v", what, m, want)
		}
	}
}

// opened is how many contracts an address of the list shows.
func (h *house) opened(contracts *contract.Service, address string) int64 {
	h.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		h.t.Fatal(err)
	}
	q := u.Query()
	list, err := contracts.List(h.t.Context(), contract.Filter{Application: q.Get("application"), Standings: q["standing"], Decisions: q["decision"], From: q.Get("from"), Until: q.Get("until"), NoDay: q.Get("no_day") == "1"}, purser.Page{Limit: 100})
	if err != nil {
		h.t.Fatal(err)
	}
	return list.Total
}
