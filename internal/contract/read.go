package contract

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Filter selects contracts; zero fields select all but those that are canceled and over.
type Filter struct {
	Query       string
	Standings   []string
	Decisions   []string
	Owner       string      // usr_…, per_… or an address
	Application string      // app_<number>
	From, Until string      // of the day that the list is ordered by, YYYY-MM-DD, both inclusive
	Ended       bool        // also those that are canceled and over
	Order       purser.Page // of Each: Sort and Desc
	NoDay       bool        // only those of which neither a deadline nor an end is known
	Any         []Filter    // groups of conditions: a contract meets all of one of them
}

func (s *Service) filter(ctx context.Context, f Filter) (store.ContractFilter, error) {
	out := store.ContractFilter{Query: f.Query, From: f.From, Until: f.Until, Ended: f.Ended, Today: s.Today(ctx)}
	for _, x := range f.Standings {
		if !slices.Contains(purser.ContractStandings(), purser.ContractStanding(x)) {
			return out, purser.Invalid("standing", "a contract is never %q", x)
		}
		out.Standings = append(out.Standings, purser.ContractStanding(x))
	}
	for _, x := range f.Decisions {
		if !slices.Contains(purser.Decisions(), purser.Decision(x)) {
			return out, purser.Invalid("decision", "there is no decision %q", x)
		}
		out.Decisions = append(out.Decisions, purser.Decision(x))
	}
	for _, day := range []string{f.From, f.Until} {
		if _, ok := purser.ParseDay(day); day != "" && !ok {
			return out, purser.Invalid("from", "%q is no day; write it as 2027-01-31", day)
		}
	}
	if f.NoDay {
		out.From = store.NoDue
	}
	if f.Owner != "" {
		o, ok, err := s.whom(ctx, s.DB.Read(), f.Owner)
		if err != nil {
			return out, err
		}
		if !ok {
			return out, purser.Invalid("owner", "there is no user or person %q", f.Owner)
		}
		out.OwnerID = o.ID
	}
	if app, err := store.ChosenKey("app_", "application", f.Application); err != nil {
		return out, err
	} else if app != 0 {
		out.Applications = []int64{app}
	}
	for _, g := range f.Any {
		group, err := s.filter(ctx, g)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	return out, nil
}

// each hands on every contract that is selected, in the order of a list.
func (s *Service) each(ctx context.Context, where store.ContractFilter, order purser.Page, fn func(purser.Contract) error) error {
	page := purser.Page{Limit: 500, Sort: order.Sort, Desc: order.Desc}
	for {
		rows, err := store.Contracts(ctx, s.DB.Read(), where, page, false)
		if err != nil {
			return err
		}
		all, err := s.contracts(ctx, s.DB.Read(), rows.Items)
		if err != nil {
			return err
		}
		for _, c := range all {
			if err := fn(c); err != nil {
				return err
			}
		}
		if page.After = rows.Next; page.After == "" {
			return nil
		}
	}
}

// List returns a page of contracts: by notice deadline, those that are past first.
// Sort may also be name or end.
func (s *Service) List(ctx context.Context, f Filter, page purser.Page) (purser.List[purser.Contract], error) {
	out := purser.List[purser.Contract]{Items: []purser.Contract{}}
	if err := s.Gate.Allow(ctx, purser.OpContractRead); err != nil {
		return out, err
	}
	where, err := s.filter(ctx, f)
	if err != nil {
		return out, err
	}
	rows, err := store.Contracts(ctx, s.DB.Read(), where, page, true)
	if err != nil {
		return out, err
	}
	out.Next, out.Total, out.More = rows.Next, rows.Total, rows.More
	out.Items, err = s.contracts(ctx, s.DB.Read(), rows.Items)
	return out, err
}

// Each hands on every contract of a filter, in the order of the list.
func (s *Service) Each(ctx context.Context, f Filter, fn func(purser.Contract) error) error {
	if err := s.Gate.Allow(ctx, purser.OpContractRead); err != nil {
		return err
	}
	where, err := s.filter(ctx, f)
	if err != nil {
		return err
	}
	return s.each(ctx, where, f.Order, fn)
}

// contracts completes rows: applications, standing, worth; without prices for those
// who may not see them.
func (s *Service) contracts(ctx context.Context, db bun.IDB, rows []store.ContractRow) ([]purser.Contract, error) {
	nos := make([]int64, len(rows))
	for i, r := range rows {
		nos[i] = r.No
	}
	applications, err := store.ContractApplications(ctx, db, nos)
	if err != nil {
		return nil, err
	}
	today, money, names := s.Today(ctx), s.mayMoney(ctx), s.mayNames(ctx)
	out := make([]purser.Contract, 0, len(rows))
	for _, r := range rows {
		c, err := r.Contract()
		if err != nil {
			return nil, err
		}
		c.Applications = append(c.Applications, applications[r.No]...)
		c.Standing, c.Worth = c.Terms.StandingOn(c.Decision, today), c.Terms.Worth(inside(c.Terms, today))
		if !money {
			hide(&c)
		}
		if !names {
			c.Owner = c.Owner.WithoutNames()
		}
		out = append(out, c)
	}
	return out, nil
}

// inside is the day of a period that is nearest to a day.
func inside(t purser.ContractTerms, day string) string {
	if t.End != "" && day > t.End {
		day = t.End
	}
	return max(day, t.Start)
}

// Contract returns one contract.
func (s *Service) Contract(ctx context.Context, id string) (purser.Contract, error) {
	c, _, err := s.one(ctx, s.DB.Read(), id)
	return c, err
}

func (s *Service) one(ctx context.Context, db bun.IDB, id string) (purser.Contract, int64, error) {
	if err := s.Gate.Allow(ctx, purser.OpContractRead); err != nil {
		return purser.Contract{}, 0, err
	}
	r, ok, err := store.ContractByID(ctx, db, id)
	if err != nil {
		return purser.Contract{}, 0, err
	}
	if !ok {
		return purser.Contract{}, 0, purser.NotFound("contract", id)
	}
	all, err := s.contracts(ctx, db, []store.ContractRow{r})
	if err != nil {
		return purser.Contract{}, 0, err
	}
	return all[0], r.No, nil
}

// Periods returns the periods of a contract, the newest first: each with the terms
// that it had.
func (s *Service) Periods(ctx context.Context, id string) ([]purser.ContractPeriod, error) {
	_, no, err := s.one(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	all, err := store.ContractPeriods(ctx, s.DB.Read(), no)
	for i := range all {
		if all[i].Worth = all[i].Terms.Worth(inside(all[i].Terms, s.Today(ctx))); !s.mayMoney(ctx) {
			all[i].Terms, all[i].Worth = withoutPrices(all[i].Terms), purser.ContractWorth{}
		}
	}
	return all, err
}

// Decisions returns the decisions about a contract, the newest first.
func (s *Service) Decisions(ctx context.Context, id string) ([]purser.ContractDecision, error) {
	_, no, err := s.one(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	rows, err := store.ContractDecisions(ctx, s.DB.Read(), no)
	out := make([]purser.ContractDecision, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Told())
	}
	return out, err
}

// Changes returns what was changed in a contract, the newest first.
func (s *Service) Changes(ctx context.Context, id string) ([]purser.ContractChange, error) {
	_, no, err := s.one(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	rows, err := store.ContractChanges(ctx, s.DB.Read(), no, 500)
	if err != nil {
		return nil, err
	}
	owner, err := s.ownerNames(ctx)
	if err != nil {
		return nil, err
	}
	money := s.mayMoney(ctx)
	out := make([]purser.ContractChange, 0, len(rows))
	for _, r := range rows {
		c := purser.ContractChange{At: r.At.Time(), By: r.By, Field: r.Field, Before: r.Before, After: r.After}
		if r.Money == 1 && !money {
			c.Before, c.After, c.Hidden = "", "", true
		}
		if r.Field == "owner" {
			c.Before, c.After = owner(r.Before), owner(r.After)
		}
		out = append(out, c)
	}
	return out, nil
}

// hide takes prices out.
func hide(c *purser.Contract) {
	c.Hidden, c.Worth, c.Terms = true, purser.ContractWorth{}, withoutPrices(c.Terms)
}

func withoutPrices(t purser.ContractTerms) purser.ContractTerms {
	t.Plans = priceless(t.Plans)
	t.Amendments = slices.Clone(t.Amendments)
	for i := range t.Amendments {
		t.Amendments[i].Plans, t.Amendments[i].Value = priceless(t.Amendments[i].Plans), nil
	}
	return t
}

func priceless(plans []purser.ContractPlan) []purser.ContractPlan {
	plans = slices.Clone(plans)
	for i := range plans {
		plans[i].Price = nil
	}
	return plans
}
