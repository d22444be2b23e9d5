package purser

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a contract.
const (
	mostPlans    = 50
	mostShares   = 50
	mostCustom   = 30
	mostQuantity = 1_000_000_000
	mostPrice    = 1_000_000_000_000_000 // minor units
)

// Check returns the facts as they are kept, or a *Problem that names the field.
func (f ContractFacts) Check() (ContractFacts, error) {
	var err error
	for _, x := range []struct {
		field, what string
		text        *string
		most        int
		needed      bool
	}{{"name", "the name", &f.Name, 200, true}, {"vendor", "the vendor", &f.Vendor, 200, true}, {"contact.name", "the contact's name", &f.Contact.Name, 200, false},
		{"contact.email", "the contact's address", &f.Contact.Email, 254, false}, {"contact.phone", "the contact's number", &f.Contact.Phone, 60, false}} {
		if *x.text, err = line(x.field, x.what, *x.text, x.most, x.needed); err != nil {
			return f, err
		}
	}
	if f.Contact.Email != "" && !strings.Contains(f.Contact.Email, "@") {
		return f, Invalid("contact.email", "%q is no e-mail address", f.Contact.Email)
	}
	if f.Note = strings.TrimSpace(f.Note); utf8.RuneCountInString(f.Note) > 4000 {
		return f, Invalid("note", "the note is longer than 4,000 characters")
	}
	if f.CostCenters, err = checkShares(f.CostCenters); err != nil {
		return f, err
	}
	custom := map[string]string{}
	for key, value := range f.Custom {
		if key, err = line("custom", "the name of a field of your own", key, 60, true); err != nil {
			return f, err
		}
		if value, err = line("custom", "the value of "+key, value, 500, false); err != nil {
			return f, err
		}
		if value != "" {
			custom[key] = value
		}
	}
	if f.Custom = custom; len(custom) > mostCustom {
		return f, Invalid("custom", "at most %d fields of your own can be kept", mostCustom)
	}
	return f, nil
}

// line is a text of one line without characters that cannot be seen.
func line(field, what, s string, most int, needed bool) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case s == "" && needed:
		return s, Invalid(field, "%s is missing", what)
	case utf8.RuneCountInString(s) > most:
		return s, Invalid(field, "%s is longer than %d characters", what, most)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return s, Invalid(field, "%s has characters that cannot be seen", what)
	}
	return s, nil
}

func checkShares(shares []CostShare) ([]CostShare, error) {
	var out []CostShare
	sum := new(big.Rat)
	for _, c := range shares {
		center, err := line("cost_centers", "a cost center", c.Center, 100, true)
		if err != nil {
			return nil, err
		}
		percent, text, ok := percentOf(c.Percent)
		if !ok || percent.Sign() <= 0 {
			return nil, Invalid("cost_centers", "the share of %s is no percentage above 0", center)
		}
		if slices.ContainsFunc(out, func(o CostShare) bool { return strings.EqualFold(o.Center, center) }) {
			return nil, Invalid("cost_centers", "%s stands there twice", center)
		}
		sum.Add(sum, percent)
		out = append(out, CostShare{Center: center, Percent: text})
	}
	if len(out) > mostShares {
		return nil, Invalid("cost_centers", "at most %d cost centers can share a contract", mostShares)
	}
	if len(out) > 0 && sum.Cmp(big.NewRat(100, 1)) != 0 {
		return nil, Invalid("cost_centers", "the shares add up to %s %%, not to 100 %%", trimmed(sum.FloatString(4)))
	}
	return out, nil
}

// percentOf reads an exact decimal of at most four places from 0 to 1,000.
func percentOf(s string) (*big.Rat, string, bool) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
	if s == "" || len(s) > 12 || strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' }) {
		return nil, "", false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || r.Cmp(big.NewRat(1000, 1)) > 0 {
		return nil, "", false
	}
	text := trimmed(r.FloatString(4))
	exact, _ := new(big.Rat).SetString(text)
	return r, text, exact.Cmp(r) == 0
}

func trimmed(s string) string { return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") }

// Check returns the terms as they are kept, with the end that follows from the
// length and the other way round, or a *Problem that names the field. currencies
// are those that a price may have.
func (t ContractTerms) Check(currencies []string) (ContractTerms, error) {
	for _, d := range []struct{ field, day string }{{"start", t.Start}, {"end", t.End}} {
		if _, ok := ParseDay(d.day); d.day != "" && !ok {
			return t, Invalid(d.field, "%q is no day; write it as 2027-01-31", d.day)
		}
	}
	if t.TermMonths < 0 || t.TermMonths > 600 || t.RenewalMonths < 0 || t.RenewalMonths > 600 {
		return t, Invalid("term_months", "a term has 1 to 600 months")
	}
	if t.End == "" && t.TermMonths > 0 {
		t.End = TermEnd(t.Start, t.TermMonths)
	}
	if n, ok := TermLength(t.Start, t.End); ok && t.TermMonths == 0 {
		t.TermMonths = n
	}
	if t.Start != "" && t.End != "" && t.End < t.Start {
		return t, Invalid("end", "it ends before it begins")
	}
	if _, ok := ParseDay(t.TrueDown); t.TrueDown != "" && (!ok || t.TrueDown < t.Start || t.End != "" && t.TrueDown > t.End) {
		return t, Invalid("true_down", "quantities may be lowered on a day within the period, such as 2027-01-31")
	}
	if !slices.Contains([]string{"", NoticeDays, NoticeMonths}, t.Notice.Unit) || t.Notice.Count < 0 || t.Notice.Count > 3660 || t.Notice.Unit == NoticeMonths && t.Notice.Count > 120 {
		return t, Invalid("notice", "a notice period is a number of days or months")
	}
	if t.Notice.Unit == "" {
		t.Notice.Count = 0
	}
	if t.Uplift != "" {
		_, text, ok := percentOf(t.Uplift)
		if !ok {
			return t, Invalid("uplift", "%q is no percentage", t.Uplift)
		}
		t.Uplift = text
	}
	if t.Payment != "" && !slices.Contains(Billings(), t.Payment) {
		return t, Invalid("payment", "%q is none of %s", t.Payment, strings.Join(Billings(), ", "))
	}
	var err error
	if t.PONumber, err = line("po_number", "the order number", t.PONumber, 100, false); err != nil {
		return t, err
	}
	if t.Plans, err = checkPlans("plans", t.Plans, currencies); err != nil {
		return t, err
	}
	return t, t.checkAmendments(currencies)
}

func (t ContractTerms) checkAmendments(currencies []string) (err error) {
	for i, a := range t.Amendments {
		if _, ok := ParseDay(a.On); !ok || t.Start != "" && a.On < t.Start || t.End != "" && a.On > t.End {
			return Invalid("on", "an amendment begins on a day of the period")
		}
		if i > 0 && a.On <= t.Amendments[i-1].On {
			return Invalid("on", "there is an amendment of that day or a later one already")
		}
		if t.Amendments[i].Plans, err = checkPlans("plans", a.Plans, currencies); err != nil {
			return err
		}
		if a.Value != nil && !slices.Contains(currencies, a.Value.Currency) {
			return Invalid("value", "%q is no currency of ISO 4217", a.Value.Currency)
		}
		if t.Amendments[i].Note, err = line("note", "the note", a.Note, 1000, false); err != nil {
			return err
		}
	}
	return nil
}

func checkPlans(field string, plans []ContractPlan, currencies []string) ([]ContractPlan, error) {
	if len(plans) > mostPlans {
		return nil, Invalid(field, "at most %d plans can be kept", mostPlans)
	}
	out := slices.Clone(plans)
	for i, p := range out {
		at := fmt.Sprintf("%s.%d", field, i+1)
		name, err := line(at, "the name of a plan", p.Name, 200, true)
		if err != nil {
			return nil, err
		}
		if out[i].Name = name; p.Per == "" {
			out[i].Per = "user"
		}
		switch {
		case !slices.Contains([]string{"user", "unit", "flat"}, out[i].Per):
			return nil, Invalid(at, "the price of %s is per user, per unit or flat", name)
		case p.Quantity != nil && (*p.Quantity < 0 || *p.Quantity > mostQuantity):
			return nil, Invalid(at, "the quantity of %s is no number from 0 to 1,000,000,000", name)
		case p.Price != nil && !slices.Contains(currencies, p.Price.Currency):
			return nil, Invalid(at, "the price of %s needs a currency of ISO 4217, such as EUR or USD", name)
		case p.Price != nil && (p.Price.Minor < 0 || p.Price.Minor > mostPrice):
			return nil, Invalid(at, "the price of %s is negative or too large", name)
		case p.Billing != "" && !slices.Contains(Billings(), p.Billing):
			return nil, Invalid(at, "%q is none of %s", p.Billing, strings.Join(Billings(), ", "))
		}
	}
	return out, nil
}

// Next returns the terms of the next period: it begins on the day after the end,
// lasts as long as was agreed, and prices rise by the uplift. Plans are those that
// hold at the end. ok is false where the end is not known.
func (t ContractTerms) Next() (next ContractTerms, ok bool) {
	months := t.RenewalMonths
	if months == 0 {
		months = t.TermMonths
	}
	if t.End == "" {
		return t, false
	}
	next = t
	next.Start, next.End, next.TermMonths, next.Amendments = AddDays(t.End, 1), "", months, nil
	next.TrueDown = "" // a right of this period
	next.End = TermEnd(next.Start, months)
	next.Plans = slices.Clone(t.PlansOn(t.End))
	for i, p := range next.Plans {
		if p.Price != nil && t.Uplift != "" {
			raised := p.Price.Raised(t.Uplift)
			next.Plans[i].Price = &raised
		}
	}
	return next, true
}
