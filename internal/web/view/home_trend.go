package view

import (
	"slices"
	"strings"

	"purser"
	"purser/internal/dashboard"
	"purser/internal/web/ui"
)

func useByWeek(d dashboard.Dashboard) ui.TrendData {
	points := d.UseTrend.Points
	first, last := points[0], points[len(points)-1]
	t := ui.TrendData{ID: "use-trend", First: "Day", Series: []ui.TrendSeries{{Label: "Active"}, {Label: "Inactive"}, {Label: "Never active"}, {Label: "Unknown: no source says", Unknown: true}},
		Sentence: "Active accounts: " + ui.Int(first.Active) + " on " + shortDay(first.Day) + ", " + ui.Int(last.Active) + " now."}
	most := int64(0)
	for _, p := range points {
		most = max(most, p.Active+p.Inactive+p.Never+p.Unknown)
		t.Points = append(t.Points, ui.TrendPoint{Label: shortDay(p.Day), Values: []int64{p.Active, p.Inactive, p.Never, p.Unknown}})
	}
	t.Points[len(points)-1].Href, t.Most = "/accounts", ui.Int(most)
	return t
}

// worthTrends are the findings of each currency; none before there are two days.
func worthTrends(d dashboard.Dashboard) (all []ui.TrendData) {
	points := d.WorthTrend.Points
	if len(points) < 2 {
		return nil
	}
	var sums [][]purser.Money
	for _, p := range points {
		sums = append(sums, p.Annual)
	}
	for _, c := range currencies(sums) {
		t := moneyTrend("findings-"+strings.ToLower(c), "Open findings in "+c+", worth a year", "Day", c, len(points), func(i int) (string, []purser.Money) { return shortDay(points[i].Day), points[i].Annual })
		t.Points[len(points)-1].Href = d.Worth.URL + "?currency=" + c
		all = append(all, t)
	}
	return all
}

// costTrends are the contracts of each currency.
func costTrends(d dashboard.Dashboard) (all []ui.TrendData) {
	months := d.Costs.Months
	var sums [][]purser.Money
	for _, m := range months {
		sums = append(sums, m.Yearly)
	}
	for _, c := range currencies(sums) {
		t := moneyTrend("cost-"+strings.ToLower(c), "Contracted in "+c+", a year", "Month", c, len(months), func(i int) (string, []purser.Money) { return monthWord(months[i].Day), months[i].Yearly })
		for i, m := range months {
			t.Points[i].Href = "/contracts/cost?on=" + m.Day
		}
		all = append(all, t)
	}
	return all
}

// moneyTrend is one currency of n columns.
func moneyTrend(id, what, first, currency string, n int, at func(i int) (label string, sums []purser.Money)) ui.TrendData {
	t := ui.TrendData{ID: id, First: first, Series: []ui.TrendSeries{{Label: what}}}
	most := purser.Money{Currency: currency}
	for i := range n {
		label, sums := at(i)
		m := purser.Money{Currency: currency}
		for _, x := range sums {
			if x.Currency == currency {
				m = x
			}
		}
		if m.Minor > most.Minor {
			most = m
		}
		t.Points = append(t.Points, ui.TrendPoint{Label: label, Values: []int64{m.Minor}, Money: []purser.Money{m}})
	}
	last := t.Points[n-1]
	t.Sentence = what + ": " + t.Points[0].Money[0].String() + " in " + t.Points[0].Label + ", " + last.Money[0].String() + " in " + last.Label + "."
	t.Most = most.String()
	return t
}

func currencies(all [][]purser.Money) (out []string) {
	for _, sums := range all {
		for _, m := range sums {
			if !slices.Contains(out, m.Currency) {
				out = append(out, m.Currency)
			}
		}
	}
	slices.Sort(out)
	return out
}

func monthWord(day string) string {
	t, ok := purser.ParseDay(day)
	if !ok {
		return day
	}
	return t.Format("Jan 2006")
}
