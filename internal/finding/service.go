package finding

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Contracts says what contracts tell of applications.
type Contracts interface {
	// Terms returns the contracts that are in force.
	Terms(ctx context.Context) ([]purser.RunningContract, error)
}

// Options make a Service.
type Options struct {
	DB        *store.DB
	Gate      Gate
	Now       func() time.Time
	Log       *slog.Logger
	Contracts Contracts // nil: there are none
	Zone      purser.Zone
	// Category returns the category of an application in the library, by its connector
	// or its name; "" if nobody knows. nil: of none.
	Category func(connector, name string) string
	// Reclass decides how accounts are used where time alone made it another way than
	// it is kept. nil: somebody else does.
	Reclass func(ctx context.Context) error
	// Tell posts an event in the transaction of its change. nil: nobody is told.
	Tell func(ctx context.Context, tx bun.Tx, e purser.Event) error
}

// Service finds, lists and decides. It is safe for concurrent use.
type Service struct {
	Options
	mu   sync.Mutex // one derivation at a time
	wake chan struct{}
	ends map[string]purser.Release // by application, as they were settled last; nil: not yet
}

// New returns a Service.
func New(o Options) *Service { return &Service{Options: o, wake: make(chan struct{}, 1)} }

// Filter selects findings; without states those that are open.
type Filter struct {
	Query       string // in the names of what they are about; of accounts and people for who may see them, and an account's identifier at the vendor
	Kinds       []string
	States      []string
	Application string   // app_<number>
	Instances   []string // identifiers or names; any of them
	Account     string   // acc_<number>
	Plans       []string // pln_<number>; any of them
	Currency    string
	Owner       string   // usr_…, an address, or me: what that user looks after; or Nobody
	Any         []Filter // groups of conditions: a finding meets all of one of them
}

func (s *Service) filter(ctx context.Context, f Filter) (store.FindingFilter, error) {
	out, err := s.conditions(ctx, f)
	if err != nil {
		return out, err
	}
	if len(out.States) == 0 && !slices.ContainsFunc(f.Any, func(g Filter) bool { return len(g.States) > 0 }) {
		out.States = []string{purser.FindingOpen}
	}
	for _, g := range f.Any {
		group, err := s.conditions(ctx, g)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	return out, nil
}

// conditions are those of a filter, or of one of its groups.
func (s *Service) conditions(ctx context.Context, f Filter) (out store.FindingFilter, err error) {
	out = store.FindingFilter{Text: strings.TrimSpace(f.Query), Named: s.sees(ctx).people, Kinds: f.Kinds, States: f.States, Currency: strings.ToUpper(f.Currency)}
	if out.Application, err = store.ChosenKey("app_", "application", f.Application); err != nil {
		return out, err
	}
	if out.Account, err = store.ChosenKey("acc_", "account", f.Account); err != nil {
		return out, err
	}
	if out.Plans, err = store.ChosenKeys("pln_", "plan", f.Plans); err != nil {
		return out, err
	}
	for _, state := range out.States {
		if !slices.Contains(purser.FindingStates(), state) {
			return out, purser.Invalid("state", "%q is not one of %s", state, strings.Join(purser.FindingStates(), ", "))
		}
	}
	for _, kind := range f.Kinds {
		if !slices.Contains(purser.FindingKinds(), purser.FindingKind(kind)) {
			return out, purser.Invalid("kind", "%q is no kind of finding", kind)
		}
	}
	if out.Currency != "" && s.Gate.Allow(ctx, purser.OpMoneyRead) != nil {
		return out, &purser.Problem{Kind: purser.ProblemInvalid, Field: "currency", What: "the choice would tell values, which are hidden for your role", Hint: "Choose by kind or application instead"}
	}
	if out.InstanceNos, err = store.InstanceNos(ctx, s.DB.Read(), f.Instances); err != nil {
		return out, err
	}
	switch f.Owner {
	case "":
	case Nobody:
		here, err := store.FindingOwners(ctx, s.DB.Read())
		if err != nil {
			return out, err
		}
		out.NotLookedAfterBy = identifiers(here)
	default:
		who, err := s.owner(ctx, f.Owner)
		if err != nil {
			return out, err
		}
		out.LookedAfterBy = []string{who}
	}
	return out, nil
}

// Nobody is the owner of what has none, or one who left.
const Nobody = "nobody"

// identifiers are those of users; never nil.
func identifiers(users []store.User) []string {
	out := make([]string, len(users))
	for i, u := range users {
		out[i] = u.ID
	}
	return out
}

// owner is the user whom a text means.
func (s *Service) owner(ctx context.Context, text string) (string, error) {
	if text == "me" {
		return purser.Me(ctx, "owner")
	}
	u, ok, err := store.UserByID(ctx, s.DB.Read(), text)
	if err == nil && !ok {
		u, ok, err = store.UserByEmail(ctx, s.DB.Read(), strings.ToLower(text))
	}
	if err == nil && !ok {
		err = purser.Invalid("owner", "there is no user %q", text)
	}
	return u.ID, err
}

// List returns one page of findings. Values are left out for those who may not
// see money, names of people for those who may not see people.
func (s *Service) List(ctx context.Context, f Filter, p purser.Page) (purser.List[purser.Finding], error) {
	out := purser.List[purser.Finding]{Items: []purser.Finding{}}
	if err := s.Gate.Allow(ctx, purser.OpFindingRead); err != nil {
		return out, err
	}
	filter, err := s.filter(ctx, f)
	if err != nil {
		return out, err
	}
	if p.Sort == "value" && s.Gate.Allow(ctx, purser.OpMoneyRead) != nil {
		return out, &purser.Problem{Kind: purser.ProblemInvalid, Field: "sort", What: "the order would tell values, which are hidden for your role", Hint: "Sort by age instead"}
	}
	rows, err := store.Findings(ctx, s.DB.Read(), filter, p, true)
	out.Next, out.Total, out.More = rows.Next, rows.Total, rows.More
	if err != nil {
		return out, err
	}
	see := s.sees(ctx)
	for _, r := range rows.Items {
		out.Items = append(out.Items, see.finding(r))
	}
	return out, s.discovered(ctx, out.Items)
}

// Count is how many findings of a kind there are, and their value in a year.
type Count struct {
	Kind     purser.FindingKind `json:"kind"`
	State    string             `json:"state"`
	N        int64              `json:"count"`
	Unvalued int64              `json:"without_value"`    // of those that could have one; 0 where money is hidden
	Annual   []purser.Money     `json:"annual,omitempty"` // a sum for each currency, never mixed; nil where money is hidden
	Realized []purser.Money     `json:"realized,omitempty"`
	NoValue  string             `json:"no_value_because,omitempty"` // why Annual is empty
}

// Counts counts findings by kind and state, in the order of the kinds.
func (s *Service) Counts(ctx context.Context, f Filter) ([]Count, error) {
	if err := s.Gate.Allow(ctx, purser.OpFindingRead); err != nil {
		return nil, err
	}
	filter, err := s.filter(ctx, f)
	if err != nil {
		return nil, err
	}
	rows, err := store.CountFindings(ctx, s.DB.Read(), filter)
	if err != nil {
		return nil, err
	}
	money := s.Gate.Allow(ctx, purser.OpMoneyRead) == nil
	var out []Count
	for _, kind := range purser.FindingKinds() {
		for _, state := range purser.FindingStates() {
			c := Count{Kind: kind, State: state}
			for _, r := range rows {
				if r.Kind != string(kind) || r.State != state {
					continue
				}
				c.N += r.N
				if !money {
					continue
				}
				c.Unvalued += r.N - r.Valued
				if r.Annual == 0 {
					continue
				}
				c.Annual = purser.AddMoney(c.Annual, purser.Money{Minor: r.Annual, Currency: r.Currency})
				if r.Ended == "removed" {
					c.Realized = purser.AddMoney(c.Realized, purser.Money{Minor: r.Annual, Currency: r.Currency})
				}
			}
			if c.NoValue = noValue(c, money); c.N > 0 {
				out = append(out, c)
			}
		}
	}
	return out, nil
}
