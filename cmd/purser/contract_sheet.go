package main

import (
	"context"
	"net/url"
	"strings"

	"purser"
)

type contractSheetCmd struct {
	Contract string `arg:"" help:"Identifier."`
}

// Run prints the renewal sheet: what the contract costs, how much of it is used, and what
// of it can be given up.
func (c *contractSheetCmd) Run(ctx context.Context, s *session) error {
	return show(ctx, s, "/contracts/"+url.PathEscape(c.Contract)+"/sheet", nil, func(sheet purser.RenewalSheet) error {
		k := sheet.Contract
		hidden := ""
		if sheet.Hidden {
			hidden = "hidden for your role"
		}
		facts := [][]string{{"Vendor", k.Vendor}, {"Period", k.Terms.Start + " to " + k.Terms.End}, {"Notice until", k.NoticeOn}, {"Renews by itself", k.Terms.AutoRenew.String()},
			{"Cost a year", amounts(k.Worth.Yearly, hidden)}, {"Saves a year", amounts(sheet.Savings, hidden)}, {"Saved from", sheet.SavingsFrom}}
		if err := s.table([]string{"CONTRACT", k.Name}, facts); err != nil {
			return err
		}
		var plans, use [][]string
		for _, p := range sheet.Plans {
			saves, gives := "", ""
			if p.Saving != nil {
				saves = p.Saving.String()
			}
			if p.Assigned != nil {
				gives = count(p.GiveUp())
			}
			plans = append(plans, []string{p.Plan.Name, known(p.Plan.Quantity), known(p.Assigned), count(p.Active), count(p.Unused), count(p.Unknown), gives, known(p.Recommended), saves, p.Reason})
		}
		for _, a := range sheet.Applications {
			if !a.Known {
				use = append(use, []string{a.Name, "unknown", "unknown", "unknown", "unknown", "unknown", "unknown", strings.Join(a.Overlap, ", ")})
				continue
			}
			use = append(use, []string{a.Name, count(a.Accounts), count(a.Active), count(a.Inactive), count(a.Never), count(a.Unknown), known(a.Before), strings.Join(a.Overlap, ", ")})
		}
		if err := s.table([]string{"PLAN", "CONTRACTED", "ASSIGNED", "USED", "NOT USED", "UNKNOWN", "CAN BE GIVEN UP", "RECOMMENDED", "SAVES A YEAR", "WHY"}, plans); err != nil {
			return err
		}
		return s.table([]string{"APPLICATION", "ACCOUNTS", "ACTIVE", "INACTIVE", "NEVER", "UNKNOWN", "90 DAYS AGO", "OF THE SAME CATEGORY"}, use)
	})
}
