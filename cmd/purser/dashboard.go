package main

import (
	"context"

	"purser"
	"purser/internal/dashboard"
)

type dashboardCmd struct{}

// Run prints the numbers of the first page, each with how old its data is.
func (dashboardCmd) Run(ctx context.Context, s *session) error {
	return show(ctx, s, "/home", nil, func(d dashboard.Dashboard) error {
		rows := [][]string{{"Contracted cost a year", amounts(d.Contracted.Yearly, d.Contracted.Hidden), d.Contracted.How}}
		for _, t := range d.Tiles {
			rows = append(rows, []string{t.Label, count(t.Value), t.How})
		}
		for _, u := range d.Use {
			rows = append(rows, []string{"Accounts " + u.Class, count(u.Accounts), ""})
		}
		rows = append(rows, []string{"Open findings", count(d.Worth.Open), ""}, []string{"Open findings, worth a year", amounts(d.Worth.Annual, d.Worth.Hidden), d.Worth.How},
			[]string{"Contracts whose day for notice is past", count(d.Renewals.Past.Contracts), d.Renewals.How})
		for _, m := range d.Renewals.Months {
			rows = append(rows, []string{"Notice from " + m.From + " to " + m.Until, count(m.Contracts), amounts(m.Yearly, "")})
		}
		for _, m := range d.Costs.Months {
			rows = append(rows, []string{"Contracted a year, on " + m.Day, purser.Counted(m.Contracts, "contract", "contracts"), amounts(m.Yearly, "")})
		}
		for _, p := range d.UseTrend.Points {
			rows = append(rows, []string{"Accounts active on " + p.Day, count(p.Active), "inactive " + count(p.Inactive) + ", never " + count(p.Never) + ", unknown " + count(p.Unknown)})
		}
		for _, p := range d.WorthTrend.Points {
			rows = append(rows, []string{"Findings open on " + p.Day, count(p.Open), amounts(p.Annual, d.WorthTrend.Hidden)})
		}
		for _, a := range d.Freshness {
			rows = append(rows, []string{"Oldest data of " + a.Task.Title(), moment(a.Oldest), purser.Counted(a.Instances, "instance", "instances")})
		}
		return s.table([]string{"WHAT", "NUMBER", "HOW"}, rows)
	})
}

func amounts(sums []purser.Money, hidden string) string {
	if len(sums) == 0 {
		return hidden
	}
	return purser.SumsText(sums)
}
