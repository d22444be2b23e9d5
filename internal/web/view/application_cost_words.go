package view

import (
	"purser"
	"purser/internal/web/ui"
)

// uncontracted says why no amount stands where contracts about an application are added up.
func uncontracted(a purser.Agreed) string {
	switch {
	case a.Hidden:
		return "hidden for your role"
	case a.Contracts > 0:
		return "its contracts tell no cost"
	case a.Over > 0:
		return "its contracts are over, and no next period was noted"
	}
	return "no contract is about it"
}

// unrenewed says why no day of renewal is known.
func unrenewed(a purser.Agreed) string {
	switch {
	case a.Contracts > 0:
		return "neither a deadline nor an end of its contracts is known"
	case a.Over > 0:
		return "its contracts are over, and no next period was noted"
	}
	return "no contract is about it"
}

// renewalHint says what happens on the day.
func renewalHint(n purser.NextRenewal) string {
	switch {
	case n.Standing == purser.StandingOverdue:
		return "notice is past"
	case n.Notice:
		return "notice until"
	}
	return "ends"
}

// agreedFacts are what contracts say of an application; each number opens its contracts.
func agreedFacts(a purser.Agreed) []ui.KV {
	facts := []ui.KV{{Key: "Contracts", Node: sheetLink(a.URL, ui.Count(a.Contracts, "contract", "contracts"))}}
	yearly := ui.KV{Key: "Contracted a year", Missing: uncontracted(a)}
	if sums := purser.SumsText(a.Yearly); sums != "" {
		yearly.Node = sheetLink(a.URL, sums)
	} else if len(a.Shared) > 0 {
		yearly.Missing = "no contract is about it alone"
	}
	facts = append(facts, yearly)
	if len(a.Shared) > 0 {
		facts = append(facts, ui.KV{Key: "With other applications", Node: sheetLink(a.URL, purser.SumsText(a.Shared)+" a year for all of them together")})
	}
	if a.Unknown > 0 {
		facts = append(facts, ui.KV{Key: "In no sum", Node: sheetLink(a.URL, ui.Count(a.Unknown, "plan", "plans")+" without a known cost")})
	}
	next := ui.KV{Key: "Next renewal", Missing: unrenewed(a)}
	if a.Next != nil {
		next.Node = nextRenewal(*a.Next)
	}
	facts = append(facts, next)
	if a.Over > 0 {
		facts = append(facts, ui.KV{Key: "Over", Node: sheetLink(a.OverURL, ui.Count(a.Over, "contract", "contracts")+" without a next period")})
	}
	return facts
}

// openFindingsWords says what the open findings of an application are worth.
func openFindingsWords(f *purser.OpenFindings) string {
	if f == nil || f.Open == 0 {
		return ""
	}
	words := ui.Count(f.Open, "finding", "findings")
	if worth := purser.SumsText(f.Annual); worth != "" {
		words += ", worth " + worth + " a year"
	}
	if f.Unvalued > 0 {
		words += "; " + ui.Int(f.Unvalued) + " without a value"
	}
	return words
}
