package purser

import (
	"math/big"
	"slices"
	"strings"
)

// ContractWorth is what the plans of a contract cost. Currencies are never added
// together; a plan whose price, quantity or billing is not known is in no amount.
type ContractWorth struct {
	Yearly  []Money `json:"yearly,omitempty"` // for twelve months, by currency
	Period  []Money `json:"period,omitempty"` // for the whole period with its amendments
	Unknown int     `json:"unknown_plans,omitempty"`
	// UnknownInPeriod counts them in all parts of the period: Period is without their cost.
	UnknownInPeriod int `json:"unknown_plans_of_period,omitempty"`
}

// Billings lists how often a plan is billed.
func Billings() []string { return []string{"monthly", "quarterly", "half_yearly", "yearly", "once"} }

// billingMonths is how many months a billing period has; 0 for the whole period or not known.
func billingMonths(billing string) int64 {
	switch billing {
	case "monthly":
		return 1
	case "quarterly":
		return 3
	case "half_yearly":
		return 6
	case "yearly":
		return 12
	}
	return 0
}

// over returns what the plan costs in so many months of a period that has
// termMonths; nil if it is not known. termMonths may be nil.
func (p ContractPlan) over(months, termMonths *big.Rat) *big.Rat {
	if p.Price == nil || p.Billing == "" || (p.Per != "flat" && p.Quantity == nil) {
		return nil
	}
	cost := new(big.Rat).SetInt64(p.Price.Minor)
	if p.Per != "flat" {
		cost.Mul(cost, new(big.Rat).SetInt64(*p.Quantity))
	}
	billed := new(big.Rat).SetInt64(billingMonths(p.Billing))
	if p.Billing == "once" {
		billed = termMonths
	}
	if months == nil || billed == nil || billed.Sign() <= 0 {
		return nil
	}
	return cost.Mul(cost, new(big.Rat).Quo(months, billed))
}

// PlansOn returns the plans that hold on a day, by the amendments until then.
func (t ContractTerms) PlansOn(day string) []ContractPlan {
	plans := t.Plans
	for _, a := range t.Amendments {
		if a.On <= day {
			plans = a.Plans
		}
	}
	return plans
}

// Worth returns what the plans of a day cost a year, and what the period costs: each
// part of it, between amendments, by the share of its days.
func (t ContractTerms) Worth(day string) ContractWorth {
	term, _ := termMonths(t.Start, t.End)
	var w ContractWorth
	yearly := sums{}
	for _, p := range t.PlansOn(day) {
		if !yearly.add(p, p.over(big.NewRat(12, 1), term)) {
			w.Unknown++
		}
	}
	w.Yearly = yearly.amounts()
	days, ok := DaysBetween(t.Start, t.End)
	if !ok || term == nil {
		return w
	}
	period, from, unknown := sums{}, t.Start, map[string]bool{}
	for i := 0; i <= len(t.Amendments); i++ {
		to := AddDays(t.End, 1)
		if i < len(t.Amendments) {
			to = min(max(t.Amendments[i].On, t.Start), to)
		}
		if part, _ := DaysBetween(from, to); part > 0 {
			for _, p := range t.PlansOn(from) {
				full := p.over(term, term)
				if full == nil {
					unknown[p.Name] = true
					continue
				}
				period.add(p, full.Mul(full, big.NewRat(int64(part), int64(days+1))))
			}
			from = to
		}
	}
	w.Period, w.UnknownInPeriod = period.amounts(), len(unknown)
	return w
}

// sums adds amounts up by currency, exactly.
type sums map[string]*big.Rat

func (s sums) add(p ContractPlan, amount *big.Rat) bool {
	if amount == nil {
		return false
	}
	if s[p.Price.Currency] == nil {
		s[p.Price.Currency] = new(big.Rat)
	}
	s[p.Price.Currency].Add(s[p.Price.Currency], amount)
	return true
}

// amounts rounds each sum once, by currency.
func (s sums) amounts() []Money {
	var out []Money
	for currency, sum := range s {
		if minor, ok := rounded(sum); ok {
			out = append(out, Money{Minor: minor, Currency: currency})
		}
	}
	slices.SortFunc(out, func(a, b Money) int { return strings.Compare(a.Currency, b.Currency) })
	return out
}

// rounded is the nearest whole number, halves away from zero; ok is false if it is too large.
func rounded(r *big.Rat) (int64, bool) {
	num, den := new(big.Int).Mul(new(big.Int).Abs(r.Num()), big.NewInt(2)), new(big.Int).Mul(r.Denom(), big.NewInt(2))
	n := num.Add(num, r.Denom()).Quo(num, den)
	if r.Sign() < 0 {
		n.Neg(n)
	}
	return n.Int64(), n.IsInt64()
}

// AddMoney adds amounts to sums by currency, in the order of the currencies.
func AddMoney(sum []Money, more ...Money) []Money {
	out := slices.Clone(sum)
	for _, m := range more {
		if i := slices.IndexFunc(out, func(o Money) bool { return o.Currency == m.Currency }); i >= 0 {
			out[i].Minor += m.Minor
		} else {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Money) int { return strings.Compare(a.Currency, b.Currency) })
	return out
}

// SumsText writes sums of several currencies beside one another, never as one.
func SumsText(sums []Money) string {
	words := make([]string, len(sums))
	for i, m := range sums {
		words[i] = m.String()
	}
	return strings.Join(words, " + ")
}

// Raised returns the price after a rise by a percentage, an exact decimal, rounded
// to minor units.
func (m Money) Raised(percent string) Money {
	p, ok := new(big.Rat).SetString(percent)
	if !ok {
		return m
	}
	factor := new(big.Rat).Add(big.NewRat(1, 1), new(big.Rat).Quo(p, big.NewRat(100, 1)))
	if minor, ok := rounded(factor.Mul(factor, new(big.Rat).SetInt64(m.Minor))); ok {
		m.Minor = minor
	}
	return m
}

// ContractPayment is one payment of a period.
type ContractPayment struct {
	On      string  `json:"on"`
	Amounts []Money `json:"amounts"`
}

// Payments returns when the period is paid: its cost in equal parts, the rest in
// minor units with the last. nil where the schedule, the days or the cost are not
// wholly known.
func (t ContractTerms) Payments() []ContractPayment {
	w := t.Worth(t.Start)
	if t.Payment == "" || w.UnknownInPeriod > 0 || len(w.Period) == 0 {
		return nil
	}
	step := int(billingMonths(t.Payment))
	days := []string{t.Start}
	for n := step; step > 0 && AddMonths(t.Start, n) <= t.End; n += step {
		days = append(days, AddMonths(t.Start, n))
	}
	out := make([]ContractPayment, len(days))
	for i, on := range days {
		out[i].On = on
		for _, m := range w.Period {
			part := m.Minor / int64(len(days))
			if i == len(days)-1 {
				part = m.Minor - part*int64(len(days)-1)
			}
			out[i].Amounts = append(out[i].Amounts, Money{Minor: part, Currency: m.Currency})
		}
	}
	return out
}

// ParseMoney reads a plain decimal such as 12.50 as an amount of a currency; ok is
// false for anything else, and for more decimals than the currency has.
func ParseMoney(decimal, currency string) (m Money, ok bool) {
	digits := MinorDigits(currency)
	whole, part, _ := strings.Cut(strings.TrimSpace(decimal), ".")
	if whole+part == "" || len(part) > digits || len(whole) > 15 || strings.ContainsFunc(whole+part, func(r rune) bool { return r < '0' || r > '9' }) {
		return m, false
	}
	minor, ok := new(big.Int).SetString(whole+part+strings.Repeat("0", digits-len(part)), 10)
	if !ok || !minor.IsInt64() {
		return m, false
	}
	return Money{Minor: minor.Int64(), Currency: currency}, true
}
