package contract

import (
	"cmp"
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

// CostLine is what one contract costs by the terms of a day.
type CostLine struct {
	ContractID string         `json:"contract_id"`
	Name       string         `json:"name"`
	Vendor     string         `json:"vendor"`
	Start      string         `json:"start,omitempty"` // of the period of that day
	End        string         `json:"end,omitempty"`
	Yearly     []purser.Money `json:"yearly,omitempty"`
	Unknown    int64          `json:"unknown_plans"` // that are in no sum
}

// CostsOn returns what contracts cost on some days, earlier periods and those that are
// over included; nothing for those who may not see money.
func (s *Service) CostsOn(ctx context.Context, days []string) ([]CostOn, error) {
	if err := s.Gate.Allow(ctx, purser.OpContractRead); err != nil || !s.mayMoney(ctx) {
		return nil, err
	}
	out := make([]CostOn, len(days))
	for i, day := range days {
		out[i].Day = day
	}
	err := s.runningOn(ctx, days, func(i int, _ store.ContractPeriodTerms, w purser.ContractWorth) {
		out[i].Contracts++
		out[i].Yearly = purser.AddMoney(out[i].Yearly, w.Yearly...)
		out[i].Unknown += int64(w.Unknown)
	})
	return out, err
}

// CostLines returns the contracts that CostsOn adds up for a day, by name.
func (s *Service) CostLines(ctx context.Context, day string) ([]CostLine, error) {
	for _, op := range []purser.Operation{purser.OpContractRead, purser.OpMoneyRead} {
		if err := s.Gate.Allow(ctx, op); err != nil {
			return nil, err
		}
	}
	if _, ok := purser.ParseDay(day); !ok {
		return nil, purser.Invalid("on", "%q is no date like 2026-01-31", day)
	}
	out := []CostLine{}
	err := s.runningOn(ctx, []string{day}, func(_ int, p store.ContractPeriodTerms, w purser.ContractWorth) {
		out = append(out, CostLine{ContractID: p.ContractID, Name: p.Name, Vendor: p.Vendor, Start: p.Terms.Start, End: p.Terms.End, Yearly: w.Yearly, Unknown: int64(w.Unknown)})
	})
	return out, err
}

// EachCost hands what CostLines returns to fn, for a file; without a day, today's.
func (s *Service) EachCost(ctx context.Context, on string, fn func(CostLine) error) error {
	if err := s.Gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	lines, err := s.CostLines(ctx, cmp.Or(on, s.Today(ctx)))
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := fn(l); err != nil {
			return err
		}
	}
	return nil
}

// runningOn hands each contract that runs on a day, with its terms and worth of that
// day, to fn; i is the day's place.
func (s *Service) runningOn(ctx context.Context, days []string, fn func(i int, p store.ContractPeriodTerms, w purser.ContractWorth)) error {
	counted := make([]int64, len(days)) // the contract that was added last: of two periods of a day the newer one counts
	return store.EachContractTerm(ctx, s.DB.Read(), func(p store.ContractPeriodTerms) {
		for i, day := range days {
			if counted[i] == p.Contract || p.Terms.Start > day || p.Terms.End != "" && p.Terms.End < day {
				continue
			}
			counted[i] = p.Contract
			fn(i, p, p.Terms.Worth(day))
		}
	})
}
