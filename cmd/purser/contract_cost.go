package main

import (
	"context"
	"net/url"
	"strconv"

	"purser"
	"purser/internal/contract"
)

type contractCostCmd struct {
	On string `arg:"" help:"The day." placeholder:"YYYY-MM-DD"`
}

// Run prints what contracts cost in twelve months, by the terms of a day.
func (c *contractCostCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, "/contracts/cost", url.Values{"on": {c.On}}, []string{"ID", "NAME", "VENDOR", "FROM", "UNTIL", "A YEAR", "PLANS WITHOUT COST"}, func(l contract.CostLine) []string {
		return []string{l.ContractID, l.Name, l.Vendor, l.Start, l.End, purser.SumsText(l.Yearly), strconv.FormatInt(l.Unknown, 10)}
	})
}
