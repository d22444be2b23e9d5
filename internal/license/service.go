package license

import (
	"context"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Options make a Service.
type Options struct {
	DB   *store.DB
	Gate Gate
	Now  func() time.Time
	// Contracts says what the contracts in force are. nil: there are none.
	Contracts Contracts
	Zone      purser.Zone
}

// Contracts hands out contracts; package contract does.
type Contracts interface {
	Terms(ctx context.Context) ([]purser.RunningContract, error)
}

// Service answers questions about plans and keeps what is entered of them.
type Service struct{ Options }

// New returns a Service.
func New(o Options) *Service { return &Service{o} }

// Filter selects plans.
type Filter struct {
	Query       string
	Instances   []string // identifiers or names; any of them
	Application string   // app_<number>
	Seats       []string // of [Seats]: plans with some that are so; any of them
	Any         []Filter // groups of instances and seats: a plan meets all of one of them
}

// Seats are what plans may be asked for to have seats of: idle ones, which are inactive or
// never active, ones of which nobody knows, and ones of closed accounts.
func Seats() []string { return []string{"idle", "unknown", "closed"} }

func (s *Service) filter(ctx context.Context, f Filter) (out store.PlanFilter, err error) {
	out = store.PlanFilter{Query: f.Query, Seats: f.Seats}
	if out.Application, err = store.ChosenKey("app_", "application", f.Application); err != nil {
		return out, err
	}
	for _, seats := range f.Seats {
		if !slices.Contains(Seats(), seats) {
			return out, purser.Invalid("seats", "%q is not one of %s", seats, strings.Join(Seats(), ", "))
		}
	}
	if out.InstanceNos, err = store.InstanceNos(ctx, s.DB.Read(), f.Instances); err != nil {
		return out, err
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

// List returns one page of the plans that vendors tell; prices are left out for
// those who may not see money.
func (s *Service) List(ctx context.Context, f Filter, p purser.Page) (purser.List[purser.License], error) {
	out := purser.List[purser.License]{Items: []purser.License{}}
	if err := s.Gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return out, err
	}
	filter, err := s.filter(ctx, f)
	if err != nil {
		return out, err
	}
	rows, err := store.Plans(ctx, s.DB.Read(), filter, p, true)
	out.Next, out.Total, out.More = rows.Next, rows.Total, rows.More
	if err != nil {
		return out, err
	}
	var sources []string
	for _, r := range rows.Items {
		sources = append(sources, r.InstanceID)
	}
	slices.Sort(sources)
	terms, err := store.TermsOf(ctx, s.DB.Read(), slices.Compact(sources))
	if err != nil {
		return out, err
	}
	said, err := s.said(ctx)
	if err != nil {
		return out, err
	}
	asOf, err := store.DataAsOf(ctx, s.DB.Read(), purser.TaskLicenseInformation)
	if err != nil {
		return out, err
	}
	uses, err := store.PlanUses(ctx, s.DB.Read(), rows.Items, store.UseAtMoment(s.Now(), 0))
	if err != nil {
		return out, err
	}
	for _, r := range rows.Items {
		t, ok := terms[[2]string{r.InstanceID, r.ExternalID}]
		l := s.license(ctx, r, t, ok, said)
		used(&l, uses[r.ID])
		l.DataAsOf = asOf[r.InstanceID]
		out.Items = append(out.Items, l)
	}
	return out, nil
}

// ByHand returns the plans that were entered, of an application or, "", of all.
func (s *Service) ByHand(ctx context.Context, application string) ([]purser.License, error) {
	if err := s.Gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	no, err := store.ChosenKey("app_", "application", application)
	if err != nil {
		return nil, err
	}
	rows, err := store.HandPlans(ctx, s.DB.Read(), no)
	if err != nil {
		return nil, err
	}
	said, err := s.said(ctx)
	out := make([]purser.License, 0, len(rows))
	for _, r := range rows {
		l := purser.License{ID: store.RowID("lic_", r.No), Name: r.Name, ApplicationID: store.ApplicationID(r.Application), ApplicationName: r.AppName, ByHand: true}
		s.enter(ctx, &l, r, true, nil, said)
		said.release(&l, r.EndsOn, time.Time{})
		out = append(out, l)
	}
	return out, err
}

// Of returns the plans (pln_…) that a contract is about, by the names that it has for
// them; those that no vendor tells are left out.
func (s *Service) Of(ctx context.Context, c purser.Contract) (map[string][]string, error) {
	if err := s.Gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	var applications []int64
	for _, a := range c.Applications {
		applications = append(applications, store.KeyOf("app_", a.ID))
	}
	var names []string
	for _, p := range slices.Concat(c.Terms.Plans, amended(c.Terms)) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return store.PlansNamed(ctx, s.DB.Read(), applications, slices.Compact(names))
}

func amended(t purser.ContractTerms) (all []purser.ContractPlan) {
	for _, a := range t.Amendments {
		all = append(all, a.Plans...)
	}
	return all
}

// License returns one plan of a vendor, with how its seats are used.
func (s *Service) License(ctx context.Context, id string) (purser.License, error) {
	if err := s.Gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.License{}, err
	}
	no := store.KeyOf("pln_", id)
	if no == 0 {
		return purser.License{}, purser.NotFound("plan", id)
	}
	rows, err := store.Plans(ctx, s.DB.Read(), store.PlanFilter{ID: no}, purser.Page{Limit: 1}, false)
	if err != nil {
		return purser.License{}, err
	}
	if len(rows.Items) == 0 {
		return purser.License{}, purser.NotFound("plan", id)
	}
	r := rows.Items[0]
	t, ok, err := store.TermOf(ctx, s.DB.Read(), r.InstanceID, r.ExternalID)
	if err != nil {
		return purser.License{}, err
	}
	said, err := s.said(ctx)
	if err != nil {
		return purser.License{}, err
	}
	l := s.license(ctx, r, t, ok, said)
	if l.Terms != nil {
		if l.Terms.Contains, err = store.PartsOf(ctx, s.DB.Read(), r.InstanceID, r.ExternalID); err != nil {
			return l, err
		}
	}
	i, err := store.Instance(ctx, s.DB.Read(), r.InstanceID)
	if err != nil {
		return l, err
	}
	l.ApplicationID = i.Application
	use, err := store.PlanUse(ctx, s.DB.Read(), no, store.UseAtMoment(s.Now(), 0))
	used(&l, use)
	return l, err
}

// used notes on a plan how its seats are used.
func used(l *purser.License, use store.UseRow) {
	idle := use.Inactive + use.Never
	closed := use.Accounts - use.Active - idle - use.Unknown
	l.Used, l.Idle, l.Closed, l.Unknown = &use.Active, &idle, &closed, &use.Unknown
}

func (s *Service) license(ctx context.Context, r purser.Plan, t store.TermRow, entered bool, said said) purser.License {
	l := purser.License{ID: r.ID, Name: r.Name, ApplicationID: r.ApplicationID, InstanceID: r.InstanceID, InstanceName: r.InstanceName, Bought: r.Bought, Assigned: &r.Assigned, Price: r.Price,
		InUse: r.Used, ExternalID: r.ExternalID, RenewsAt: r.RenewsAt}
	s.enter(ctx, &l, t, entered, r.Price, said)
	said.release(&l, t.EndsOn, r.RenewsAt)
	return l
}

// enter adds what was entered of a plan, and what follows from it.
func (s *Service) enter(ctx context.Context, l *purser.License, t store.TermRow, entered bool, told *purser.Money, said said) {
	period, flat := "", false
	if l.Price != nil {
		l.PricedBy = "vendor"
	}
	agreed, known := said.prices[[2]string{l.ApplicationID, store.PlanKey(l.Name)}]
	if known && l.Bought == nil {
		l.Bought = agreed.Bought
	}
	if entered {
		terms := purser.PlanTerms{Model: t.Model, Family: t.Family, Bought: t.Bought, Included: t.Included, Minimum: t.Minimum, Free: t.Free, Period: t.Period, EndsOn: t.EndsOn}
		if l.PricedBy = "vendor"; t.Price != nil {
			l.PricedBy = "entered"
			terms.Price = &purser.Money{Minor: *t.Price, Currency: t.Currency}
			l.Price = terms.Price
		}
		if t.Bought != nil {
			l.Bought = t.Bought
		}
		l.Terms, period, flat = &terms, t.Period, t.Model == "flat"
	}
	if l.Price == nil {
		l.Price = told
	}
	if known && agreed.Price != nil && (l.Price == nil || period == "") {
		l.Price, l.PricedBy, period, flat = agreed.Price, "contract", agreed.Period, agreed.Model == "flat"
	}
	if l.Price == nil {
		l.PricedBy = ""
	}
	if l.Bought != nil && l.Assigned != nil {
		spare := *l.Bought - *l.Assigned
		l.Spare = &spare
	}
	if s.Gate.Allow(ctx, purser.OpMoneyRead) != nil {
		l.Price, l.Annual, l.Priced, l.PricedBy = nil, nil, "hidden for your role", ""
		if l.Terms != nil {
			l.Terms.Price = nil
		}
		return
	}
	switch {
	case l.Price == nil:
		l.Priced = "nobody knows the price"
	case period == "":
		l.Priced = "nobody says for how long the price pays"
	default:
		l.Annual = annual(*l.Price, period, flat, l.Bought, t)
		if l.Annual == nil {
			l.Priced = "nobody says how many were bought"
		}
	}
}

// annual is what a plan costs in a year; nil if nobody knows how many were bought.
func annual(price purser.Money, period string, flat bool, bought *int64, t store.TermRow) *purser.Money {
	n := int64(1)
	if !flat {
		if bought == nil {
			return nil
		}
		n = max(*bought, t.Included, t.Minimum) - t.Free
	}
	if period == "month" {
		n *= 12
	}
	return &purser.Money{Minor: max(0, n) * price.Minor, Currency: price.Currency}
}
