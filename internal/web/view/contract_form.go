package view

import (
	"strconv"
	"strings"

	"purser"
	"purser/internal/contract"
)

// ContractForm is the form of a contract, as it was typed.
type ContractForm struct {
	Action, Title, Button                   string
	Name, Vendor, Applications, Owner       string
	ContactName, ContactEmail, ContactPhone string
	CostCenters, Custom, Note, Version      string
	Terms                                   TermsForm
	More                                    bool // more rows for plans were asked for
	Errors                                  map[string]string
}

// TermsForm is the part of a form that says what was agreed for a period.
type TermsForm struct {
	Start, End, TermMonths, NoticeCount, NoticeUnit string
	AutoRenew, RenewalMonths, Uplift, TrueDown      string
	Payment, PONumber                               string
	Plans                                           []PlanForm
}

// PlanForm is one row of plans.
type PlanForm struct{ Name, Quantity, Per, Price, Currency, Billing string }

// RenewalForm is the form of the next period.
type RenewalForm struct {
	Contract purser.Contract
	Terms    TermsForm
	Errors   map[string]string
}

// AmendmentForm is the form of a dated change of the plans.
type AmendmentForm struct {
	Contract                  purser.Contract
	On, Value, Currency, Note string
	Terms                     TermsForm // its plans alone
	Errors                    map[string]string
}

// Padded adds empty rows for more plans.
func (t TermsForm) Padded() TermsForm {
	currency := ""
	if len(t.Plans) > 0 {
		currency = t.Plans[len(t.Plans)-1].Currency
	}
	for range 2 {
		t.Plans = append(t.Plans, PlanForm{Per: "user", Billing: "monthly", Currency: currency})
	}
	return t
}

// PlanForms writes plans into rows.
func PlanForms(plans []purser.ContractPlan) []PlanForm {
	out := make([]PlanForm, 0, len(plans))
	for _, p := range plans {
		f := PlanForm{Name: p.Name, Per: p.Per, Billing: p.Billing}
		if p.Quantity != nil {
			f.Quantity = strconv.FormatInt(*p.Quantity, 10)
		}
		if p.Price != nil {
			f.Price, f.Currency = p.Price.Decimal(), p.Price.Currency
		}
		out = append(out, f)
	}
	return out
}

// TermsFormOf writes terms into a form.
func TermsFormOf(t purser.ContractTerms) TermsForm {
	f := TermsForm{Start: t.Start, End: t.End, Uplift: t.Uplift, TrueDown: t.TrueDown, Payment: t.Payment, PONumber: t.PONumber, NoticeUnit: t.Notice.Unit, Plans: PlanForms(t.Plans)}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	f.TermMonths, f.RenewalMonths = number(t.TermMonths), number(t.RenewalMonths)
	if t.Notice.Known() {
		f.NoticeCount = strconv.Itoa(t.Notice.Count)
	}
	if t.AutoRenew != purser.Unknown {
		f.AutoRenew = t.AutoRenew.String()
	}
	return f.Padded()
}

// ContractFormOf writes a contract into a form.
func ContractFormOf(c purser.Contract) ContractForm {
	f := ContractForm{Name: c.Name, Vendor: c.Vendor, Owner: c.Owner.Email, ContactName: c.Contact.Name, ContactEmail: c.Contact.Email, ContactPhone: c.Contact.Phone,
		CostCenters: contract.SharesText(c.CostCenters, "\n"), Note: c.Note, Version: strconv.FormatInt(c.Version, 10), Terms: TermsFormOf(c.Terms)}
	if f.Owner == "" {
		f.Owner = c.Owner.ID
	}
	var names []string
	for _, a := range c.Applications {
		names = append(names, a.Name)
	}
	f.Applications, f.Custom = strings.Join(names, "\n"), contract.CustomText(c.Custom, "\n")
	return f
}
