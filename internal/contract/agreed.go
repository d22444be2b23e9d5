package contract

import (
	"context"
	"net/url"

	"purser"
	"purser/internal/store"
)

// Agreed returns what contracts say of applications, by their identifiers; nil for those
// who may not read contracts. All of them are read at once.
func (s *Service) Agreed(ctx context.Context, applications []string) (map[string]purser.Agreed, error) {
	if s.Gate.Allow(ctx, purser.OpContractRead) != nil || len(applications) == 0 {
		return nil, nil
	}
	out, where := map[string]purser.Agreed{}, store.ContractFilter{Today: s.Today(ctx)}
	for _, id := range applications {
		of := url.Values{"application": {id}}
		over := "/contracts?" + of.Encode() + "&standing=" + string(purser.StandingOver)
		for _, x := range purser.StandingsInForce() {
			of.Add("standing", string(x))
		}
		out[id] = purser.Agreed{Hidden: !s.mayMoney(ctx), URL: "/contracts?" + of.Encode(), OverURL: over}
		where.Applications = append(where.Applications, store.KeyOf("app_", id))
	}
	err := s.each(ctx, where, purser.Page{}, func(c purser.Contract) error {
		for _, a := range c.Applications {
			if x, asked := out[a.ID]; asked {
				out[a.ID] = withContract(x, c)
			}
		}
		return nil
	})
	return out, err
}

// withContract adds a contract to what was agreed about one of its applications. They
// come in the order of their days.
func withContract(a purser.Agreed, c purser.Contract) purser.Agreed {
	if c.Standing == purser.StandingOver {
		a.Over++
		return a
	}
	a.Contracts++
	a.Unknown += int64(c.Worth.Unknown)
	if len(c.Applications) > 1 {
		a.Shared = purser.AddMoney(a.Shared, c.Worth.Yearly...)
	} else {
		a.Yearly = purser.AddMoney(a.Yearly, c.Worth.Yearly...)
	}
	if a.Next == nil && c.DueOn != "" {
		a.Next = &purser.NextRenewal{ContractID: c.ID, ContractName: c.Name, On: c.DueOn, Standing: c.Standing,
			Notice: c.Decision == purser.Undecided && c.DueOn == c.NoticeOn}
	}
	return a
}
