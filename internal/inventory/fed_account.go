package inventory

import (
	"context"
	"slices"
	"time"

	"purser"
	"purser/internal/store"
)

// FedFilter selects accounts that identity providers tell of; zero fields select all.
type FedFilter struct {
	Query        string
	Applications []string // app_<number>; any of them
	Instances    []string // identity providers by identifier or name; any of them
	Ways         []string // direct, group, assigned, consent, sign_in; any of them
	Status       []string // of the account at the provider
	Used         []string // last sign-in: recent (thirty days), earlier, never, unknown; any of them
	Matched      *bool
	Person       string      // per_<number>
	Order        purser.Page // of EachFedAccount: Sort and Desc
	Any          []FedFilter // groups of conditions: a row meets all of one of them
}

// recentSignIn is how long ago a sign-in may be to be a recent one.
const recentSignIn = 30 * 24 * time.Hour

func (s *Service) fedFilter(ctx context.Context, f FedFilter) (store.FedFilter, error) {
	all, err := s.fed(ctx)
	if err != nil {
		return store.FedFilter{}, err
	}
	out, err := s.fedConditions(ctx, f, all)
	if len(f.Applications) == 0 {
		out.Applications = all
	}
	for _, g := range f.Any {
		group, err := s.fedConditions(ctx, g, all)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	return out, err
}

// fedConditions are those of the filter or of one of its groups; applications are
// among all that are fed.
func (s *Service) fedConditions(ctx context.Context, f FedFilter, all []int64) (store.FedFilter, error) {
	out := store.FedFilter{Query: f.Query, Ways: f.Ways, Status: f.Status, Used: f.Used, Matched: f.Matched,
		Recent: purser.MicrosOf(s.now().Add(-recentSignIn))}
	var err error
	if out.PersonID, err = store.ChosenKey("per_", "person", f.Person); err != nil {
		return out, err
	}
	for _, w := range f.Ways {
		if !slices.Contains(purser.Ways(), w) {
			return out, purser.Invalid("way", "%q is not one of direct, group, assigned, consent, sign_in", w)
		}
	}
	for _, u := range f.Used {
		if !slices.Contains(purser.SignedIn(), u) {
			return out, purser.Invalid("used", "%q is not one of recent, earlier, never, unknown", u)
		}
	}
	if out.Instances, err = store.InstanceNos(ctx, s.db.Read(), f.Instances); err != nil {
		return out, err
	}
	if len(f.Applications) > 0 {
		out.Applications = slices.DeleteFunc(slices.Clone(all), func(no int64) bool { return !slices.Contains(f.Applications, store.ApplicationID(no)) })
		if len(out.Applications) == 0 {
			out.Applications = []int64{0} // none of them is fed: nothing, not everything
		}
	}
	return out, nil
}

// fed lists the managed applications that identity providers feed now.
func (s *Service) fed(ctx context.Context) (out []int64, err error) {
	ids, err := store.FedCandidates(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	feeds, err := store.Feeds(ctx, s.db.Read(), ids)
	for _, id := range ids {
		if feeds[id].Feed(purser.MicrosOf(s.now())) == purser.FeedSSO {
			out = append(out, id)
		}
	}
	return out, err
}

// FedApplications returns the managed applications that identity providers feed now.
func (s *Service) FedApplications(ctx context.Context) ([]purser.Application, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	ids, err := s.fed(ctx)
	if err != nil {
		return nil, err
	}
	return store.NamedApplications(ctx, s.db.Read(), ids)
}

// FedProviders returns the identity providers that feed them, with their names alone.
func (s *Service) FedProviders(ctx context.Context) ([]purser.Instance, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	ids, err := s.fed(ctx)
	if err != nil {
		return nil, err
	}
	return store.FeedingInstances(ctx, s.db.Read(), ids)
}

// FedAccounts returns one page of who has managed applications through identity
// providers: of those whose own list does not count yet.
func (s *Service) FedAccounts(ctx context.Context, f FedFilter, p purser.Page) (purser.List[purser.FedAccount], error) {
	return s.fedAccounts(ctx, f, p, true)
}

func (s *Service) fedAccounts(ctx context.Context, f FedFilter, p purser.Page, count bool) (purser.List[purser.FedAccount], error) {
	none := purser.List[purser.FedAccount]{Items: []purser.FedAccount{}}
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return none, err
	}
	if err := s.namedOnly(ctx, f.Query); err != nil {
		return none, err
	}
	filter, err := s.fedFilter(ctx, f)
	if err != nil {
		return none, err
	}
	list, err := store.FedAccounts(ctx, s.db.Read(), filter, p, count)
	nameless(list.Items, s.names(ctx))
	return list, err
}

// EachFedAccount hands every selected account to fn, in the order of the list.
func (s *Service) EachFedAccount(ctx context.Context, f FedFilter, fn func(purser.FedAccount) error) error {
	if err := s.gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	return each(ctx, f.Order, func(ctx context.Context, p purser.Page) (purser.List[purser.FedAccount], error) {
		return s.fedAccounts(ctx, f, p, false)
	}, fn)
}
