package purser

import (
	"math/big"
	"time"
)

// RunningContract is what the present period of a contract says to whoever works
// out savings and deadlines. It is for Purser itself: nobody reads prices here.
// Days are YYYY-MM-DD, "" unknown.
type RunningContract struct {
	ID           string
	Name         string
	Applications []string // app_<number>
	StartsOn     string
	EndsOn       string
	TrueDownOn   string // the first day on which fewer may be paid for
	NoticeOn     string // the last day to give notice
	DueOn        string // the notice deadline, or the end where that is not known
	Decided      bool   // somebody has decided what becomes of it
	Plans        []ContractPlan
}

// Release is when something of an application can be saved, as its contract says.
type Release struct {
	Contract string // identifier
	Name     string
	EndsOn   string // of the contract
	On       string // the first day on which something can be saved
	By       string // contract, true_down
	months   *big.Rat
}

// Term returns what something that costs an amount in a year costs for the whole
// period; nil where its length is not known.
func (r Release) Term(annual int64) *int64 {
	if r.months == nil {
		return nil
	}
	n, ok := rounded(new(big.Rat).Mul(big.NewRat(annual, 12), r.months))
	if !ok {
		return nil
	}
	return &n
}

// Releases returns, by application, when something can be saved: on the end of its
// contract, or earlier where that allows fewer seats from a day on. Of several
// contracts the last one binds; one that is over says nothing.
func Releases(contracts []RunningContract, today string) map[string]Release {
	out := map[string]Release{}
	for _, c := range contracts {
		r := Release{Contract: c.ID, Name: c.Name, EndsOn: c.EndsOn, On: c.EndsOn, By: "contract"}
		if c.TrueDownOn >= today && c.TrueDownOn != "" && (c.EndsOn == "" || c.TrueDownOn < c.EndsOn) {
			r.On, r.By = c.TrueDownOn, "true_down"
		}
		if r.On < today {
			continue
		}
		r.months, _ = termMonths(c.StartsOn, c.EndsOn)
		for _, id := range c.Applications {
			if r.On > out[id].On {
				out[id] = r
			}
		}
	}
	return out
}

// Realizable returns the first day on which something of a plan can be saved, and who
// says so: what was entered for the plan, else its application's contract, else the
// renewal that the vendor names. A day that is over says nothing.
func (r Release) Realizable(entered string, renews time.Time, today string) (on, by string) {
	switch told := DayText(renews.UTC()); {
	case entered != "" && entered >= today:
		return entered, "plan"
	case r.On != "":
		return r.On, r.By
	case !renews.IsZero() && told >= today:
		return told, "vendor"
	}
	return "", ""
}

// RealizableWords says from when something can be saved, and how that is known.
func RealizableWords(on, by string) string {
	day, ok := ParseDay(on)
	if !ok {
		return "unknown: no contract, and nobody says when the term ends"
	}
	text := day.Format("2 January 2006")
	switch by {
	case "plan":
		return "with the end that was entered for the plan, " + text
	case "contract":
		return "with the end of the contract on " + text
	case "vendor":
		return "with its renewal on " + text + ", as the vendor says"
	}
	return "from " + text + ", the day from which the contract allows fewer"
}

// PlanPrice is what one seat or unit of a plan costs, by a contract.
type PlanPrice struct {
	Contract string
	Model    string // per_user, per_unit, flat
	Price    *Money // for a period; nil unknown
	Period   string // month, year
	Bought   *int64
}

// PlanPrices returns what running contracts say of plans, by application and the
// name of the plan in lower case. Of several the one counts that ends last. held are the
// plans of that name that vendors tell of an application: where a contract is about
// several of them nobody knows how many of its seats, or how much of its one price, is
// whose, and it is not counted once for each.
func PlanPrices(contracts []RunningContract, lower func(string) string, held map[[2]string][]string) map[[2]string]PlanPrice {
	out, ends := map[[2]string]PlanPrice{}, map[[2]string]string{}
	for _, c := range contracts {
		end := c.EndsOn
		if end == "" {
			end = "9999-12-31"
		}
		for _, p := range c.Plans {
			price := PlanPrice{Contract: c.ID, Model: map[string]string{"unit": "per_unit", "flat": "flat"}[p.Per], Bought: p.Quantity}
			if price.Model == "" {
				price.Model = "per_user"
			}
			price.Price, price.Period = p.priced(c)
			holders := 0
			for _, id := range c.Applications {
				holders += len(held[[2]string{id, lower(p.Name)}])
			}
			if holders > 1 {
				if price.Bought = nil; price.Model == "flat" {
					price.Price, price.Period = nil, ""
				}
			}
			for _, id := range c.Applications {
				key := [2]string{id, lower(p.Name)}
				if end > ends[key] || end == ends[key] && c.ID < out[key].Contract {
					out[key], ends[key] = price, end
				}
			}
		}
	}
	return out
}

// priced is what one costs in a month or a year, exactly; nil where that is not known.
func (p ContractPlan) priced(c RunningContract) (*Money, string) {
	if p.Price == nil {
		return nil, ""
	}
	months := new(big.Rat).SetInt64(billingMonths(p.Billing))
	if p.Billing == "once" {
		months, _ = termMonths(c.StartsOn, c.EndsOn)
	}
	if months == nil || months.Sign() <= 0 {
		return nil, ""
	}
	if months.Cmp(big.NewRat(1, 1)) == 0 {
		return &Money{Minor: p.Price.Minor, Currency: p.Price.Currency}, "month"
	}
	n, ok := rounded(new(big.Rat).Quo(big.NewRat(p.Price.Minor*12, 1), months))
	if !ok {
		return nil, ""
	}
	return &Money{Minor: n, Currency: p.Price.Currency}, "year"
}
