package dashboard

import (
	"context"
	"net/url"

	"purser"
	"purser/internal/contract"
)

// Contracted is what contracts say that things cost: not what was paid.
type Contracted struct {
	Yearly    []purser.Money `json:"yearly,omitempty"` // for twelve months, a sum for each currency
	Contracts int64          `json:"contracts"`        // that are not over
	Without   int64          `json:"without_cost"`     // of them those of which no cost is known
	Unknown   int64          `json:"unknown_plans"`    // plans of them that are in no sum
	Over      int64          `json:"over"`             // of which the period is past, and no next one was noted: in no sum
	Hidden    string         `json:"hidden,omitempty"` // why no amount is shown, "" if it is
	URL       string         `json:"url"`              // opens the contracts that are added up
	OverURL   string         `json:"over_url"`         // and those that are over
	How       string         `json:"how"`              // how it is counted
}

// Renewals are the undecided contracts by the last day for notice; where that is
// not known, by their end.
type Renewals struct {
	Past   RenewalMonth      `json:"past"` // the day is past
	Months []RenewalMonth    `json:"months"`
	Later  RenewalMonth      `json:"later"`
	NoDay  RenewalMonth      `json:"no_day"` // neither is known
	Next   []purser.Contract `json:"next"`   // the first ones from today on
	How    string            `json:"how"`
}

// RenewalMonth is the contracts of a part of the year.
type RenewalMonth struct {
	From      string         `json:"from,omitempty"` // first day, YYYY-MM-DD
	Until     string         `json:"until,omitempty"`
	Contracts int64          `json:"contracts"`
	Yearly    []purser.Money `json:"yearly,omitempty"` // what they cost in twelve months
	URL       string         `json:"url"`
}

const (
	months    = 12 // that are shown one by one
	nextShown = 5
	lastDay   = "2199-12-31" // no contract ends later
)

func (m *RenewalMonth) add(c purser.Contract) {
	m.Contracts++
	m.Yearly = purser.AddMoney(m.Yearly, c.Worth.Yearly...)
}

// contracts reads every contract once and adds up both what is contracted and what renews.
func (s *Service) contracts(ctx context.Context, d *Dashboard) error {
	d.Renewals = calendar(s.Contracts.Today(ctx))
	running := url.Values{}
	for _, x := range purser.StandingsInForce() {
		running.Add("standing", string(x))
	}
	d.Contracted = Contracted{URL: "/contracts?" + running.Encode(), OverURL: "/contracts?standing=" + string(purser.StandingOver), How: "What the plans of every contract that is not over cost in twelve months, " +
		"by the terms of its newest period, whether that has begun or not. It is what was agreed, not what was paid. Currencies are never added up; a plan without price, quantity or billing period is in no sum."}
	if !s.may(ctx, purser.OpContractRead) {
		d.Contracted.Hidden = hiddenMoney
		return nil
	}
	if !s.may(ctx, purser.OpMoneyRead) {
		d.Contracted.Hidden = hiddenMoney
	}
	today := s.Contracts.Today(ctx)
	return s.Contracts.Each(ctx, contract.Filter{}, func(c purser.Contract) error {
		d.Contracted.add(c)
		d.Renewals.add(c, today)
		return nil
	})
}

func (t *Contracted) add(c purser.Contract) {
	if c.Standing == purser.StandingOver {
		t.Over++
		return
	}
	t.Contracts++
	if c.Hidden {
		return
	}
	t.Yearly = purser.AddMoney(t.Yearly, c.Worth.Yearly...)
	if t.Unknown += int64(c.Worth.Unknown); len(c.Worth.Yearly) == 0 {
		t.Without++
	}
}

// calendar is the months from a day on, still without contracts.
func calendar(today string) Renewals {
	opens := func(from, until string) RenewalMonth {
		q := url.Values{"decision": {string(purser.Undecided)}, "from": {from}, "until": {until}}
		return RenewalMonth{From: from, Until: until, URL: "/contracts?" + q.Encode()}
	}
	r := Renewals{Past: RenewalMonth{URL: "/contracts?standing=" + string(purser.StandingOverdue)}, NoDay: RenewalMonth{URL: "/contracts?decision=undecided&no_day=1"}, Months: []RenewalMonth{}, Next: []purser.Contract{},
		How: "Undecided contracts by the last day on which notice can be given, or by their end where the notice period is not known. Decided ones need no notice; those that are over are counted apart."}
	from := today
	for n := range months {
		next := purser.AddMonths(today[:8]+"01", n+1)
		r.Months = append(r.Months, opens(from, purser.AddDays(next, -1)))
		from = next
	}
	r.Later = opens(from, lastDay)
	return r
}

func (r *Renewals) add(c purser.Contract, today string) {
	if c.Decision != purser.Undecided || c.Standing == purser.StandingOver {
		return
	}
	switch {
	case c.DueOn == "":
		r.NoDay.add(c)
		return
	case c.DueOn < today:
		r.Past.add(c)
		return
	}
	if len(r.Next) < nextShown { // they come in the order of that day
		r.Next = append(r.Next, c)
	}
	for i := range r.Months {
		if c.DueOn <= r.Months[i].Until {
			r.Months[i].add(c)
			return
		}
	}
	r.Later.add(c)
}
