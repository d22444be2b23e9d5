package finding

import (
	"context"

	"purser"
	"purser/internal/store"
)

// Of counts the open findings of applications, by their identifiers; nil for those who
// may not read findings. All of them are counted at once.
func (s *Service) Of(ctx context.Context, applications []string) (map[string]purser.OpenFindings, error) {
	if s.Gate.Allow(ctx, purser.OpFindingRead) != nil || len(applications) == 0 {
		return nil, nil
	}
	money := s.Gate.Allow(ctx, purser.OpMoneyRead) == nil
	out, nos := map[string]purser.OpenFindings{}, make([]int64, len(applications))
	for i, id := range applications {
		out[id], nos[i] = purser.OpenFindings{Hidden: !money, URL: "/findings?application=" + id}, store.KeyOf("app_", id)
	}
	rows, err := store.FindingsOfApplications(ctx, s.DB.Read(), nos)
	for _, r := range rows {
		id := store.ApplicationID(r.Application)
		x := out[id]
		x.Open += r.N
		if money {
			x.Unvalued += r.N - r.Valued
			if r.Annual != 0 {
				x.Annual = purser.AddMoney(x.Annual, purser.Money{Minor: r.Annual, Currency: r.Currency})
			}
		}
		out[id] = x
	}
	return out, err
}
