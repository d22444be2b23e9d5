package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/columns"
	"purser/internal/sheet"
	"purser/internal/store"
)

// draft is one contract of a file: its rows, each a plan.
type draft struct {
	line   int
	values map[string]any   // of the first row
	plans  []map[string]any // of all rows
	faults []columns.Fault
}

// planFields are the fields of a row that are about its plan alone.
func planFields() []string {
	return []string{"plan", "per", "quantity", "price", "currency", "billing"}
}

// draftsOf gathers the rows of each contract: those of one id, or of one name and vendor.
func draftsOf(in *Import, rows []sheet.Row) ([]*draft, error) {
	convert, err := columns.NewConverter(in.Mapping, in.Columns, in.Facts.Form)
	if err != nil {
		p, ok := errors.AsType[*purser.Problem](err)
		if !ok {
			return nil, err
		}
		in.Problem, in.Field = p.What, p.Field
		return nil, nil
	}
	var all []*draft
	byKey := map[string]*draft{}
	for _, row := range rows {
		record, faults := convert.Row(row)
		values := map[string]any{}
		for _, v := range record.Values {
			values[v.Name] = v.Value
		}
		key := text(values, "external_id")
		if key == "" {
			key = strings.ToLower(text(values, "name") + "\x00" + text(values, "vendor"))
		}
		d := byKey[key]
		if d == nil {
			d = &draft{line: row.Line, values: values}
			byKey[key] = d
			all = append(all, d)
		}
		d.faults = append(d.faults, faults...)
		for name, v := range values {
			if !slices.Contains(planFields(), name) && fmt.Sprint(d.values[name]) != fmt.Sprint(v) {
				d.faults = append(d.faults, columns.Fault{Line: row.Line, Column: name, Reason: fmt.Sprintf("says something else than line %d of the same contract", d.line)})
			}
		}
		if text(values, "plan") != "" {
			d.plans = append(d.plans, values)
		} else if values["price"] != nil || values["quantity"] != nil {
			d.faults = append(d.faults, columns.Fault{Line: row.Line, Column: "plan", Reason: "a quantity or price needs the name of its plan"})
		}
	}
	return all, nil
}

func text(values map[string]any, name string) string {
	s, _ := values[name].(string)
	return strings.TrimSpace(s)
}

// weigh tells what a draft would do: it is done, and undone by the caller.
func (s *Service) weigh(ctx context.Context, tx bun.Tx, m columns.Mapping, d *draft) ImportRow {
	r := ImportRow{Line: d.line, Name: text(d.values, "name"), What: ImportFault, Faults: d.faults}
	fault := func(err error) ImportRow {
		f := columns.Fault{Line: d.line, Reason: err.Error()}
		if p, ok := errors.AsType[*purser.Problem](err); ok {
			f.Column, f.Reason = p.Field, p.What
			if p.Kind == purser.ProblemConflict {
				r.What = ImportConflict
			}
		}
		r.Faults = append(r.Faults, f)
		return r
	}
	if len(d.faults) > 0 {
		return r
	}
	before := purser.Contract{Decision: purser.Undecided, Period: 1}
	if id := text(d.values, "external_id"); strings.HasPrefix(id, purser.PrefixContract) {
		c, _, err := s.one(ctx, tx, id)
		if err != nil {
			return fault(err)
		}
		if r.ID, before = id, c; r.Name == "" {
			r.Name = c.Name
		}
	}
	in, err := d.input(m, before)
	if err != nil {
		return fault(err)
	}
	if len(before.Terms.Amendments) > 0 && slices.Contains(m.Names(), "plan") {
		if in.Terms.Plans, err = s.unamended(ctx, before.Terms, in.Terms.Plans); err != nil {
			return fault(err)
		}
	}
	// A name that stands there already is one application, whatever it is written with.
	if whole := text(d.values, "applications"); whole != "" {
		_, ok, err := store.ApplicationNamed(ctx, tx, whole)
		if err != nil {
			return fault(err)
		}
		if ok {
			in.Applications = []string{whole}
		}
	}
	if v, ok := d.values["version"].(int64); ok && r.ID != "" {
		if in.Version = v; v != before.Version {
			return fault(conflict(before))
		}
	}
	after := before
	if _, r.Managed, err = s.settled(ctx, tx, &after, in); err != nil {
		return fault(err)
	}
	if r.ID == "" {
		if r.Twin, err = store.ContractTwin(ctx, tx, after.Name, after.Vendor); err != nil {
			return fault(err)
		}
	}
	fields, was := changed(before, after)
	for _, f := range fields {
		r.Changes = append(r.Changes, FieldChange{Field: f.field, Before: was[f.field], After: f.text})
	}
	r.input, r.What = in, ImportChange
	switch {
	case r.ID == "":
		r.What = ImportNew
	case len(fields) == 0:
		r.What = ImportSame
	}
	return r
}

// input is what the draft makes of a contract: what the mapping names is taken from
// the file, an empty cell too; the rest stays.
func (d *draft) input(m columns.Mapping, c purser.Contract) (in purser.ContractInput, err error) {
	in = purser.ContractInput{ContractFacts: c.ContractFacts, Terms: c.Terms, Owner: c.Owner.ID}
	for _, a := range c.Applications {
		in.Applications = append(in.Applications, a.ID)
	}
	named := m.Names()
	of := func(name string, set func(value string)) {
		if slices.Contains(named, name) {
			set(text(d.values, name))
		}
	}
	number := func(name string, into *int) {
		if slices.Contains(named, name) {
			n, _ := d.values[name].(int64)
			*into = int(min(max(n, -1), 100_000))
		}
	}
	of("name", func(v string) { in.Name = v })
	of("vendor", func(v string) { in.Vendor = v })
	of("applications", func(v string) {
		in.Applications = parseNames(v)
	})
	of("start", func(v string) { in.Terms.Start = v })
	of("end", func(v string) { in.Terms.End = v })
	number("term_months", &in.Terms.TermMonths)
	number("renewal_months", &in.Terms.RenewalMonths)
	of("true_down", func(v string) { in.Terms.TrueDown = v })
	of("uplift", func(v string) { in.Terms.Uplift = v })
	of("payment", func(v string) { in.Terms.Payment = cycle(v) })
	of("po_number", func(v string) { in.Terms.PONumber = v })
	of("owner", func(v string) { in.Owner = v })
	of("contact_name", func(v string) { in.Contact.Name = v })
	of("contact_email", func(v string) { in.Contact.Email = v })
	of("contact_phone", func(v string) { in.Contact.Phone = v })
	of("cost_centers", func(v string) { in.CostCenters = ParseShares(v) })
	of("note", func(v string) { in.Note = v })
	of("auto_renew", func(string) {
		in.Terms.AutoRenew = purser.Unknown
		if yes, ok := d.values["auto_renew"].(bool); ok {
			in.Terms.AutoRenew = map[bool]purser.Tristate{true: purser.Yes, false: purser.No}[yes]
		}
	})
	of("notice", func(v string) {
		var ok bool
		if in.Terms.Notice, ok = ParseNotice(v); !ok {
			err = purser.Invalid("notice", "%q is no notice period; write it as 90 days or 3 months", v)
		}
	})
	of("custom", func(v string) {
		custom, fault := ParseCustom(v, ";\n")
		if in.Custom = custom; fault != nil {
			err = fault
		}
	})
	if slices.Contains(named, "plan") {
		in.Terms.Plans = nil
		for _, values := range d.plans {
			in.Terms.Plans = append(in.Terms.Plans, planOf(values))
		}
	}
	return in, err
}

func planOf(values map[string]any) purser.ContractPlan {
	p := purser.ContractPlan{Name: text(values, "plan"), Per: strings.TrimPrefix(strings.ToLower(text(values, "per")), "per "), Billing: cycle(text(values, "billing"))}
	if n, ok := values["quantity"].(int64); ok {
		p.Quantity = &n
	}
	if n, ok := values["price"].(int64); ok {
		p.Price = &purser.Money{Minor: n, Currency: text(values, "currency")}
	}
	return p
}

// cycle finds what people mean by how often something is billed.
func cycle(word string) string {
	word = strings.ToLower(strings.NewReplacer("-", "_", " ", "_").Replace(strings.TrimSpace(word)))
	switch word {
	case "month", "per_month":
		return "monthly"
	case "quarter", "per_quarter":
		return "quarterly"
	case "halfyearly", "semi_annual", "semiannual", "biannual":
		return "half_yearly"
	case "annual", "annually", "year", "per_year":
		return "yearly"
	case "upfront", "one_time", "one_off":
		return "once"
	}
	return word
}
