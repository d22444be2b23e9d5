package main

import (
	"context"
	"net/url"

	"purser"
)

type spendCmd struct {
	List spendListCmd `cmd:"" help:"List lines of spend, the latest first."`
	Show spendShowCmd `cmd:"" help:"Show all that its vendor tells of a line of spend."`
}

type spendListCmd struct {
	listing
	grouping
	Query       string   `help:"Payee, document or description." short:"q"`
	Instance    string   `help:"Instance, by name or identifier." placeholder:"NAME"`
	Application string   `help:"Application, by identifier." placeholder:"APP"`
	Type        []string `help:"bill, credit, card or bank."`
	Status      []string `help:"draft, open, paid or void."`
	Since       string   `help:"First day." placeholder:"YYYY-MM-DD"`
	Until       string   `help:"Last day." placeholder:"YYYY-MM-DD"`
	Sort        string   `help:"date, the latest first; payee; or amount, the largest first within each currency." enum:",date,payee,amount" default:""`
}

// Run prints the lines.
func (c *spendListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "instance", c.Instance)
	set(q, "application", c.Application)
	set(q, "type", c.Type...)
	set(q, "status", c.Status...)
	set(q, "since", c.Since)
	set(q, "until", c.Until)
	if set(q, "sort", c.Sort); c.Sort != "" && c.Sort != "payee" {
		q.Set("desc", "true")
	}
	return list(ctx, s, "/transactions", q, c.Limit, []string{"ID", "DATE", "PAYEE", "TYPE", "STATUS", "AMOUNT", "DOCUMENT", "INSTANCE"},
		func(x purser.Transaction) []string {
			return []string{x.ID, x.Date, x.Payee, x.Type, x.Status, x.Amount.String(), x.Document, x.InstanceName}
		})
}

type spendShowCmd struct {
	Line string `arg:"" help:"Identifier, such as trx_3."`
}

// Run prints the line.
func (c *spendShowCmd) Run(ctx context.Context, s *session) error {
	return show(ctx, s, "/transactions/"+url.PathEscape(c.Line), nil, func(x purser.Transaction) error {
		listed := "yes"
		switch {
		case x.InstanceGone:
			listed = "its instance was deleted"
		case !x.RemovedAt.IsZero():
			listed = "not since " + moment(x.RemovedAt)
		}
		return s.table([]string{"LINE", x.ID}, [][]string{{"Date", x.Date}, {"Due", x.DueOn}, {"Payee", x.Payee}, {"Type", x.Type}, {"Status", x.Status}, {"Amount", x.Amount.String()},
			{"Document", x.Document}, {"Description", x.Description}, {"Cost center", x.CostCenter}, {"Instance", x.InstanceName}, {"Vendor's identifier", x.ExternalID},
			{"Listed by its vendor", listed}, {"Data as of", moment(x.DataAsOf)}})
	})
}
