package inventory

import (
	"context"

	"purser"
	"purser/internal/store"
)

// FedFilter selects accounts that identity providers tell of; zero fields select all.
type FedFilter struct {
	Query  string
	Person string // per_<number>
}

// FedAccounts returns one page of who has managed applications through identity
// providers: of those whose own list does not count yet.
func (s *Service) FedAccounts(ctx context.Context, f FedFilter, p purser.Page) (purser.List[purser.FedAccount], error) {
	none := purser.List[purser.FedAccount]{Items: []purser.FedAccount{}}
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return none, err
	}
	ids, err := store.FedCandidates(ctx, s.db.Read())
	if err != nil {
		return none, err
	}
	feeds, err := store.Feeds(ctx, s.db.Read(), ids)
	if err != nil {
		return none, err
	}
	out := store.FedFilter{Query: f.Query, PersonID: store.KeyOf("per_", f.Person)}
	if f.Person != "" && out.PersonID == 0 {
		return none, purser.NotFound("person", f.Person)
	}
	for _, id := range ids {
		if feeds[id].Feed(purser.MicrosOf(s.now())) == purser.FeedSSO {
			out.Applications = append(out.Applications, id)
		}
	}
	if err := s.namedOnly(ctx, f.Query); err != nil {
		return none, err
	}
	list, err := store.FedAccounts(ctx, s.db.Read(), out, p, true)
	nameless(list.Items, s.names(ctx))
	return list, err
}
