package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser"
	"purser/internal/inventory"
)

type licenseCmd struct {
	List  licenseListCmd  `cmd:"" help:"List license plans: bought, assigned, spare, price."`
	Show  licenseShowCmd  `cmd:"" help:"Show a plan and how its seats are used."`
	Seats licenseSeatsCmd `cmd:"" help:"List the seats of a plan, each with how it is used."`
	Set   licenseSetCmd   `cmd:"" help:"Enter price, period and quantities of a plan."`
	Add   licenseAddCmd   `cmd:"" help:"Enter a plan of which no vendor tells anything."`

	Exclusions licenseExclusionsCmd `cmd:"" help:"List the accounts and rules of an application that are left out of findings about seats."`
	Exclude    licenseExcludeCmd    `cmd:"" help:"Leave an account, a kind of accounts or a mail domain out of findings about seats."`
	Include    licenseIncludeCmd    `cmd:"" help:"Take such a rule away."`
}

type licenseListCmd struct {
	listing
	grouping
	Query       string   `help:"Name." short:"q"`
	Instance    []string `help:"Instance, by name or identifier; any of them." placeholder:"NAME"`
	Application string   `help:"Application, by identifier." placeholder:"APP"`
	Seats       []string `help:"idle, unknown or closed: plans with such seats."`
	Sort        string   `help:"name or idle: most idle seats first." enum:",name,idle" default:""`
	ByHand      bool     `help:"Those that were entered by hand."`
}

// Run prints the plans.
func (c *licenseListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "application", c.Application)
	heads := []string{"ID", "NAME", "APPLICATION", "BOUGHT", "ASSIGNED", "USED", "IDLE", "SPARE", "PRICE", "IN A YEAR"}
	row := func(l purser.License) []string {
		return []string{l.ID, l.Name, l.ApplicationName + l.InstanceName, known(l.Bought), known(l.Assigned), known(l.Used), known(l.Idle), known(l.Spare), amount(l.Price, l.Priced), amount(l.Annual, l.Priced)}
	}
	if c.ByHand {
		return wholeList(ctx, s, "/licenses-by-hand", q, heads, row)
	}
	set(q, "q", c.Query)
	set(q, "instance", c.Instance...)
	set(q, "seats", c.Seats...)
	c.ask(q)
	if set(q, "sort", c.Sort); c.Sort == "idle" {
		q.Set("desc", "true")
	}
	return list(ctx, s, "/licenses", q, c.Limit, heads, row)
}

// known writes a number, or that nobody knows it.
func known(n *int64) string {
	if n == nil {
		return "unknown"
	}
	return count(*n)
}

func amount(m *purser.Money, why string) string {
	if m == nil {
		return why
	}
	return m.String()
}

type licenseShowCmd struct {
	Plan string `arg:"" help:"Identifier, such as pln_3."`
}

// Run prints the plan.
func (c *licenseShowCmd) Run(ctx context.Context, s *session) error {
	return show(ctx, s, "/licenses/"+url.PathEscape(c.Plan), nil, func(l purser.License) error {
		facts := [][]string{{"Name", l.Name}, {"Instance", l.InstanceName}, {"Bought", known(l.Bought)}, {"Assigned", known(l.Assigned)}, {"Used", known(l.Used)},
			{"Inactive or never active", known(l.Idle)}, {"Of closed accounts", known(l.Closed)}, {"Use unknown", known(l.Unknown)}, {"Spare", known(l.Spare)}, {"Price", amount(l.Price, l.Priced)}, {"In a year", amount(l.Annual, l.Priced)}}
		facts = append(facts, []string{"Contract", l.ContractName}, []string{"Term ends", l.EndsOn}, []string{"Can be saved", l.Realizable})
		if t := l.Terms; t != nil {
			facts = append(facts, []string{"Paid", t.Model}, []string{"For a", t.Period}, []string{"Included", count(t.Included)}, []string{"Minimum", count(t.Minimum)},
				[]string{"Free", count(t.Free)}, []string{"Family", t.Family}, []string{"Ends on", t.EndsOn}, []string{"Contains", strings.Join(t.Contains, ", ")})
		}
		return s.table([]string{"PLAN", l.ID}, facts)
	})
}

type licenseSeatsCmd struct {
	listing
	Plan string   `arg:"" help:"Identifier, such as pln_3."`
	Use  []string `help:"active, inactive, never, unknown or closed; or needed, of which nothing says that it can be given up; any of them." placeholder:"USE,..."`
}

// Run prints the seats.
func (c *licenseSeatsCmd) Run(ctx context.Context, s *session) error {
	return list(ctx, s, "/plans/"+url.PathEscape(c.Plan)+"/seats", url.Values{"use": c.Use}, c.Limit, []string{"ACCOUNT", "NAME", "USE", "COUNTED BY THE VENDOR"},
		func(x inventory.Seat) []string { return []string{x.AccountID, x.AccountName, x.Use, x.InUse.String()} })
}

// terms are the flags for what is entered of a plan; what is not given stays as it is.
type terms struct {
	Model    *string  `help:"per_user, per_unit or flat; per_user if nothing was entered." placeholder:"MODEL"`
	Price    *string  `help:"Price of one seat for a period, such as 11.50; of everything where flat." placeholder:"AMOUNT"`
	Currency *string  `help:"Currency, such as EUR." placeholder:"CUR"`
	Period   *string  `help:"For how long the price pays: month or year." placeholder:"PERIOD"`
	Bought   *int64   `help:"How many were bought, where the vendor does not say." placeholder:"N"`
	Included *int64   `help:"How many are paid for, however many are used." placeholder:"N"`
	Minimum  *int64   `help:"The least that has to be bought." placeholder:"N"`
	Free     *int64   `help:"How many cost nothing." placeholder:"N"`
	Family   *string  `help:"Plans of one family give the same: two seats of one person are one too many." placeholder:"NAME"`
	Contains []string `help:"A plan of the same instance that comes with it, by name or identifier; said again for each." sep:"none" placeholder:"PLAN"`
	EndsOn   *string  `help:"Last day of the term." placeholder:"YYYY-MM-DD"`
	Clear    []string `help:"What is as the vendor says again, or nothing: price, period, bought, included, minimum, free, family, contains, ends-on." placeholder:"WHAT,..."`
}

// onto changes what was entered by what is given.
func (t terms) onto(was purser.PlanTerms) (purser.PlanTerms, error) {
	out := was
	if out.Model == "" {
		out.Model = "per_user"
	}
	for _, what := range t.Clear {
		switch what {
		case "price":
			out.Price = nil
		case "period":
			out.Period = ""
		case "bought":
			out.Bought = nil
		case "included":
			out.Included = 0
		case "minimum":
			out.Minimum = 0
		case "free":
			out.Free = 0
		case "family":
			out.Family = ""
		case "contains":
			out.Contains = nil
		case "ends-on":
			out.EndsOn = ""
		default:
			return out, &exit{code: exitUsage, err: purser.Invalid("clear", "%q is nothing that can be cleared", what)}
		}
	}
	give(&out.Model, t.Model)
	give(&out.Period, t.Period)
	give(&out.Family, t.Family)
	give(&out.EndsOn, t.EndsOn)
	give(&out.Included, t.Included)
	give(&out.Minimum, t.Minimum)
	give(&out.Free, t.Free)
	if t.Bought != nil {
		out.Bought = t.Bought
	}
	if len(t.Contains) > 0 {
		out.Contains = t.Contains
	}
	if t.Price == nil && t.Currency != nil {
		return out, &exit{code: exitUsage, err: purser.Invalid("currency", "a currency goes with --price")}
	}
	if t.Price == nil {
		return out, nil
	}
	currency := ""
	if was.Price != nil {
		currency = was.Price.Currency
	}
	give(&currency, t.Currency)
	price, err := purser.ParsePrice(*t.Price, currency)
	if err != nil {
		return out, &exit{code: exitUsage, err: err}
	}
	out.Price = &price
	return out, nil
}

// give replaces a value by one that was given.
func give[T any](value *T, given *T) {
	if given != nil {
		*value = *given
	}
}

type licenseSetCmd struct {
	Plan string `arg:"" help:"Identifier: pln_3, or lic_2 of a plan by hand."`
	terms
}

// Run enters the terms: what is not given stays.
func (c *licenseSetCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	was, err := termsOf(ctx, cl, c.Plan)
	if err != nil {
		return err
	}
	terms, err := c.onto(was)
	if err != nil {
		return err
	}
	return cl.do(ctx, http.MethodPut, "/licenses/"+url.PathEscape(c.Plan)+"/terms", nil, terms, nil)
}

// termsOf returns what was entered of a plan. One by hand stands in their list alone.
func termsOf(ctx context.Context, cl *client, plan string) (terms purser.PlanTerms, err error) {
	take := func(l purser.License) error {
		if l.ID != plan || l.Terms == nil {
			return nil
		}
		if terms = *l.Terms; terms.Price == nil && strings.Contains(l.Priced, "hidden") {
			return purser.Invalid("plan", "what was entered of %s may hold a price that is hidden from you: it would be lost", plan)
		}
		return nil
	}
	if strings.HasPrefix(plan, "lic_") {
		var all struct {
			Items []purser.License `json:"items"`
		}
		if err := cl.do(ctx, http.MethodGet, "/licenses-by-hand", nil, nil, &all); err != nil {
			return terms, err
		}
		for _, l := range all.Items {
			if err := take(l); err != nil {
				return terms, err
			}
		}
		return terms, nil
	}
	var l purser.License
	if err := cl.do(ctx, http.MethodGet, "/licenses/"+url.PathEscape(plan), nil, nil, &l); err != nil {
		return terms, err
	}
	return terms, take(l)
}

type licenseAddCmd struct {
	Application string `arg:"" help:"Application, by name or identifier."`
	Name        string `arg:"" help:"Name of the plan."`
	terms
}

// Run enters the plan.
func (c *licenseAddCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	id, err := application(ctx, cl, c.Application)
	if err != nil {
		return err
	}
	terms, err := c.onto(purser.PlanTerms{})
	if err != nil {
		return err
	}
	return cl.do(ctx, http.MethodPost, "/licenses", nil, map[string]any{"application": id, "name": c.Name, "terms": terms}, nil)
}
