package contract

import (
	"context"

	"purser"
	"purser/internal/store"
)

// Terms returns the contracts that are in force: all but those that were canceled
// and are over. It asks no gate, as it works for Purser itself.
func (s *Service) Terms(ctx context.Context) ([]purser.RunningContract, error) {
	var out []purser.RunningContract
	f, page := store.ContractFilter{Today: s.Today(ctx)}, purser.Page{Limit: 500}
	for {
		list, err := store.Contracts(ctx, s.DB.Read(), f, page, false)
		if err != nil {
			return nil, err
		}
		nos := make([]int64, len(list.Items))
		for i, r := range list.Items {
			nos[i] = r.No
		}
		applications, err := store.ContractApplications(ctx, s.DB.Read(), nos)
		if err != nil {
			return nil, err
		}
		for _, r := range list.Items {
			c, err := r.Contract()
			if err != nil {
				return nil, err
			}
			t := purser.RunningContract{ID: r.ID, Name: r.Name, StartsOn: c.Terms.Start, EndsOn: r.EndOn, TrueDownOn: c.Terms.TrueDown, NoticeOn: r.NoticeOn, DueOn: r.DueOn,
				Decided: r.Decision != string(purser.Undecided), Plans: c.Terms.PlansOn(inside(c.Terms, f.Today))}
			if t.DueOn == store.NoDue {
				t.DueOn = ""
			}
			for _, a := range applications[r.No] {
				t.Applications = append(t.Applications, a.ID)
			}
			out = append(out, t)
		}
		if page.After = list.Next; page.After == "" {
			return out, nil
		}
	}
}

// changed says that contracts are other than they were.
func (s *Service) changed() {
	if s.Changed != nil {
		s.Changed()
	}
}
