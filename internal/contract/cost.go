package contract

import (
	"context"

	"purser"
	"purser/internal/store"
)

// CostOn is what the contracts that run on a day cost in twelve months, by the terms of
// that day. Currencies are never added together.
type CostOn struct {
	Day       string         `json:"day"` // YYYY-MM-DD
	Contracts int64          `json:"contracts"`
	Yearly    []purser.Money `json:"yearly,omitempty"`
	Unknown   int64          `json:"unknown_plans"` // that are in no sum
}

// CostsOn returns what contracts cost on some days, earlier periods and those that are
// over included; nothing for those who may not see money.
func (s *Service) CostsOn(ctx context.Context, days []string) ([]CostOn, error) {
	if err := s.Gate.Allow(ctx, purser.OpContractRead); err != nil || !s.mayMoney(ctx) {
		return nil, err
	}
	out := make([]CostOn, len(days))
	counted := make([]int64, len(days)) // the contract that was added last: of two periods of a day the newer one counts
	for i, day := range days {
		out[i].Day = day
	}
	err := store.EachContractTerm(ctx, s.DB.Read(), func(contract int64, terms purser.ContractTerms) {
		for i, day := range days {
			if counted[i] == contract || terms.Start > day || terms.End != "" && terms.End < day {
				continue
			}
			w := terms.Worth(day)
			counted[i] = contract
			out[i].Contracts++
			out[i].Yearly = purser.AddMoney(out[i].Yearly, w.Yearly...)
			out[i].Unknown += int64(w.Unknown)
		}
	})
	return out, err
}
