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
	Query       string `help:"Name." short:"q"`
	Instance    string `help:"Instance, by name or identifier." placeholder:"NAME"`
	Application string `help:"Application, by identifier." placeholder:"APP"`
	ByHand      bool   `help:"Those that were entered by hand."`
}

// Run prints the plans.
func (c *licenseListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "application", c.Application)
	heads := []string{"ID", "NAME", "APPLICATION", "BOUGHT", "ASSIGNED", "SPARE", "PRICE", "IN A YEAR"}
	row := func(l purser.License) []string {
		return []string{l.ID, l.Name, l.ApplicationName + l.InstanceName, known(l.Bought), known(l.Assigned), known(l.Spare), amount(l.Price, l.Priced), amount(l.Annual, l.Priced)}
	}
	if c.ByHand {
		return wholeList(ctx, s, "/licenses-by-hand", q, heads, row)
	}
	set(q, "q", c.Query)
	set(q, "instance", c.Instance)
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
	Use  []string `help:"active, inactive, never, unknown or closed; any of them." placeholder:"USE,..."`
}

// Run prints the seats.
func (c *licenseSeatsCmd) Run(ctx context.Context, s *session) error {
	return list(ctx, s, "/plans/"+url.PathEscape(c.Plan)+"/seats", url.Values{"use": c.Use}, c.Limit, []string{"ACCOUNT", "NAME", "USE", "COUNTED BY THE VENDOR"},
		func(x inventory.Seat) []string { return []string{x.AccountID, x.AccountName, x.Use, x.InUse.String()} })
}

// terms are the flags for what is entered of a plan.
type terms struct {
	Model    string   `help:"per_user, per_unit or flat." enum:"per_user,per_unit,flat" default:"per_user"`
	Price    *int64   `help:"Price of one seat for a period, in minor units (cents); of everything where flat." placeholder:"CENTS"`
	Currency string   `help:"Currency, such as EUR."`
	Period   string   `help:"For how long the price pays: month or year." enum:",month,year" default:""`
	Bought   *int64   `help:"How many were bought, where the vendor does not say." placeholder:"N"`
	Included int64    `help:"How many are paid for, however many are used." placeholder:"N"`
	Minimum  int64    `help:"The least that has to be bought." placeholder:"N"`
	Free     int64    `help:"How many cost nothing." placeholder:"N"`
	Family   string   `help:"Plans of one family give the same: two seats of one person are one too many."`
	Contains []string `help:"A plan of the same instance that comes with it, by name or identifier; said again for each." sep:"none" placeholder:"PLAN"`
	EndsOn   *string  `help:"Last day of the term." placeholder:"YYYY-MM-DD"`
}

func (t terms) terms() purser.PlanTerms {
	out := purser.PlanTerms{Model: t.Model, Family: t.Family, Bought: t.Bought, Included: t.Included, Minimum: t.Minimum, Free: t.Free, Period: t.Period, Contains: t.Contains}
	if t.Price != nil {
		out.Price = &purser.Money{Minor: *t.Price, Currency: t.Currency}
	}
	if t.EndsOn != nil {
		out.EndsOn = *t.EndsOn
	}
	return out
}

type licenseSetCmd struct {
	Plan string `arg:"" help:"Identifier: pln_3, or lic_2 of a plan by hand."`
	terms
}

// Run enters the terms.
func (c *licenseSetCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	return cl.do(ctx, http.MethodPut, "/licenses/"+url.PathEscape(c.Plan)+"/terms", nil, c.terms.terms(), nil)
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
	return cl.do(ctx, http.MethodPost, "/licenses", nil, map[string]any{"application": id, "name": c.Name, "terms": c.terms.terms()}, nil)
}
