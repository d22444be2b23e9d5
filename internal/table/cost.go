package table

import (
	"purser"
	"purser/internal/contract"
)

// ContractCost are the contracts that run on a day with what each costs in a year.
func ContractCost() List[contract.CostLine] {
	type l = contract.CostLine
	return List[l]{Name: "contract-cost", Title: "Contracted cost", Path: "/contracts/cost", Op: purser.OpMoneyRead,
		Conditions: Conditions{{Name: "on", Day: true}},
		Columns: []Column[l]{
			{Key: "contract", Title: "Contract", Usual: true, Text: func(v l) string { return v.Name }},
			{Key: "period", Title: "Period", Usual: true, Text: func(v l) string { return v.Start + " to " + v.End }},
			{Key: "yearly", Title: "A year", Usual: true, Money: func(v l) []purser.Money { return v.Yearly }},
			{Key: "unknown_plans", Title: "Plans without a known cost", Number: true, Text: func(v l) string { return text(v.Unknown) }},
			{Key: "vendor", Title: "Vendor", Text: func(v l) string { return v.Vendor }},
			{Key: "start", Title: "Begins", Text: func(v l) string { return v.Start }},
			{Key: "end", Title: "Ends", Text: func(v l) string { return v.End }},
			{Key: "id", Title: "Number", Text: func(v l) string { return v.ContractID }},
		}}
}
