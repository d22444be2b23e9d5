package dashboard

import (
	"context"
	"time"

	"purser"
	"purser/internal/contract"
	"purser/internal/store"
)

// trendWeeks is how many weeks charts go back.
const trendWeeks = 26

// UseTrend is how use went, at the end of each week, and now.
type UseTrend struct {
	Points []UsePoint `json:"points"`
	How    string     `json:"how"`
}

// UsePoint is how all live accounts were used on a day.
type UsePoint struct {
	Day      string `json:"day"`
	Active   int64  `json:"active"`
	Inactive int64  `json:"inactive"`
	Never    int64  `json:"never"`
	Unknown  int64  `json:"unknown"`
}

// WorthTrend is what open findings were worth at the end of each week, and now.
type WorthTrend struct {
	Points []WorthPoint `json:"points"`
	Hidden string       `json:"hidden,omitempty"` // why no amount is shown
	How    string       `json:"how"`
}

// WorthPoint is how many findings were open on a day, and what they were worth in a year.
type WorthPoint struct {
	Day    string         `json:"day"`
	Open   int64          `json:"open"`
	Annual []purser.Money `json:"annual,omitempty"`
}

// CostTrend is what is contracted a year, month by month.
type CostTrend struct {
	Today  string            `json:"today"`
	Months []contract.CostOn `json:"months"` // of the last day of each month; of this month, of today
	Hidden string            `json:"hidden,omitempty"`
	How    string            `json:"how"`
}

// trends adds how things went up to now; the last point of each is what d says already.
func (s *Service) trends(ctx context.Context, d *Dashboard) (err error) {
	today := store.UseAtMoment(d.At, 0).Today
	from := today - 7*trendWeeks
	d.UseTrend = UseTrend{Points: []UsePoint{}, How: "The four classes at the end of each week of which something was kept, by the thresholds of that day, and now. Sums of past days are kept from the first day on that anything was read; the accounts behind them are not."}
	use, err := store.UseByWeek(ctx, s.DB.Read(), from, today)
	if err != nil {
		return err
	}
	for _, r := range use {
		d.UseTrend.Points = append(d.UseTrend.Points, UsePoint{Day: dayText(r.Day), Active: r.Active, Inactive: r.Inactive, Never: r.Never, Unknown: r.Unknown})
	}
	d.UseTrend.Points = append(d.UseTrend.Points, UsePoint{Day: dayText(today), Active: d.Active, Inactive: d.Inactive, Never: d.Never, Unknown: d.Unknown})
	if d.WorthTrend, err = s.worthTrend(ctx, d.Worth, from, today); err != nil {
		return err
	}
	d.Costs, err = s.costs(ctx)
	return err
}

func (s *Service) worthTrend(ctx context.Context, now FindingWorth, from, today int64) (WorthTrend, error) {
	t := WorthTrend{Points: []WorthPoint{}, Hidden: now.Hidden, How: "What open findings were worth in a year at the end of each week of which something was kept, and now. What nobody can value counts nothing; currencies are never added up. A value falls when something is closed, accepted or put off."}
	if !s.may(ctx, purser.OpFindingRead) {
		return t, nil
	}
	rows, err := store.FindingsByWeek(ctx, s.DB.Read(), from, today)
	if err != nil {
		return t, err
	}
	for _, r := range rows {
		if n := len(t.Points); n == 0 || t.Points[n-1].Day != dayText(r.Day) {
			t.Points = append(t.Points, WorthPoint{Day: dayText(r.Day)})
		}
		p := &t.Points[len(t.Points)-1]
		if p.Open += r.Open; r.Annual != 0 && now.Hidden == "" {
			p.Annual = purser.AddMoney(p.Annual, purser.Money{Minor: r.Annual, Currency: r.Currency})
		}
	}
	t.Points = append(t.Points, WorthPoint{Day: dayText(today), Open: now.Open, Annual: now.Annual})
	return t, nil
}

const (
	monthsBack  = 12
	monthsAhead = 6
)

func (s *Service) costs(ctx context.Context) (CostTrend, error) {
	t := CostTrend{Months: []contract.CostOn{}, How: "What the plans of the contracts that run on the last day of each month cost in twelve months, by the terms and amendments of that day; of this month, of today. " +
		"Earlier periods are kept with their contracts. A contract that ends is in no later month unless its next period was written down."}
	if !s.may(ctx, purser.OpContractRead) || !s.may(ctx, purser.OpMoneyRead) {
		t.Hidden = hiddenMoney
		return t, nil
	}
	today := s.Contracts.Today(ctx)
	t.Today = today
	var days []string
	for n := -monthsBack; n <= monthsAhead; n++ {
		day := purser.AddDays(purser.AddMonths(today[:8]+"01", n+1), -1)
		if n == 0 {
			day = today
		}
		days = append(days, day)
	}
	var err error
	t.Months, err = s.Contracts.CostsOn(ctx, days)
	return t, err
}

func dayText(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }
