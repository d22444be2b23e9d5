package contract

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"purser"
)

// fact is one field of a contract in words, to tell what changed.
type fact struct {
	field, text string
	money       bool
}

// factsOf tells a contract field by field, in the order of its page.
func factsOf(c purser.Contract) []fact {
	t := c.Terms
	var applications []string
	for _, a := range c.Applications {
		applications = append(applications, a.Name)
	}
	contact := strings.Join(slices.DeleteFunc([]string{c.Contact.Name, c.Contact.Email, c.Contact.Phone}, func(s string) bool { return s == "" }), ", ")
	out := []fact{{field: "name", text: c.Name}, {field: "vendor", text: c.Vendor}, {field: "applications", text: strings.Join(applications, ", ")},
		{field: "start", text: t.Start}, {field: "end", text: t.End}, {field: "term", text: months(t.TermMonths)}, {field: "notice", text: NoticeText(t.Notice)},
		{field: "automatic renewal", text: known(t.AutoRenew)}, {field: "fewer from", text: t.TrueDown}, {field: "renews for", text: months(t.RenewalMonths)}, {field: "uplift", text: percent(t.Uplift)},
		{field: "payment", text: strings.ReplaceAll(t.Payment, "_", "-")}, {field: "order number", text: t.PONumber}, {field: "plans", text: PlansText(t.Plans), money: true},
		{field: "cost centers", text: SharesText(c.CostCenters, "; ")}, {field: "owner", text: c.Owner.Name}, {field: "contact", text: contact}, {field: "note", text: c.Note}}
	for _, a := range t.Amendments {
		text := PlansText(a.Plans)
		if a.Value != nil {
			text += ", worth " + a.Value.String()
		}
		out = append(out, fact{field: "amendment of " + a.On, text: strings.TrimPrefix(text+". "+a.Note, ". "), money: true})
	}
	for _, key := range slices.Sorted(maps.Keys(c.Custom)) {
		out = append(out, fact{field: "custom." + key, text: c.Custom[key]})
	}
	return out
}

// changed returns what differs between two states of a contract.
func changed(before, after purser.Contract) (fields []fact, was map[string]string) {
	was = map[string]string{}
	money := map[string]bool{}
	for _, f := range factsOf(before) {
		was[f.field], money[f.field] = f.text, f.money
	}
	seen := map[string]bool{}
	for _, f := range factsOf(after) {
		if seen[f.field] = true; was[f.field] != f.text {
			fields = append(fields, f)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(was)) {
		if !seen[field] {
			fields = append(fields, fact{field: field, money: money[field]})
		}
	}
	return fields, was
}

// NoticeText writes a notice period: "3 months", "90 days", "" if it is not known.
func NoticeText(n purser.Notice) string {
	if !n.Known() {
		return ""
	}
	if n.Count == 1 {
		return "1 " + strings.TrimSuffix(n.Unit, "s")
	}
	return strconv.Itoa(n.Count) + " " + n.Unit
}

// ParseNotice reads what NoticeText writes, "" as not known, and a bare number as days.
func ParseNotice(text string) (purser.Notice, bool) {
	parts := strings.Fields(strings.ToLower(text))
	if len(parts) == 0 {
		return purser.Notice{}, true
	}
	n, err := strconv.Atoi(parts[0])
	if err != nil || n < 0 || len(parts) > 2 {
		return purser.Notice{}, false
	}
	if len(parts) == 1 {
		return purser.Notice{Count: n, Unit: purser.NoticeDays}, true
	}
	switch strings.TrimSuffix(parts[1], ".") {
	case "d", "day", "days":
		return purser.Notice{Count: n, Unit: purser.NoticeDays}, true
	case "w", "week", "weeks":
		return purser.Notice{Count: 7 * n, Unit: purser.NoticeDays}, true
	case "m", "month", "months":
		return purser.Notice{Count: n, Unit: purser.NoticeMonths}, true
	case "y", "year", "years":
		return purser.Notice{Count: 12 * n, Unit: purser.NoticeMonths}, true
	}
	return purser.Notice{}, false
}

// PlansText writes plans in one line.
func PlansText(plans []purser.ContractPlan) string {
	words := make([]string, len(plans))
	for i, p := range plans {
		words[i] = PlanText(p)
	}
	return strings.Join(words, "; ")
}

// PlanText writes a plan: "Business, 40 × 12.50 EUR monthly".
func PlanText(p purser.ContractPlan) string {
	text := p.Name
	if p.Quantity != nil {
		text += fmt.Sprintf(", %d", *p.Quantity)
		if p.Per == "flat" {
			text += " for"
		} else {
			text += " ×"
		}
	} else if p.Price != nil {
		text += ","
	}
	if p.Price != nil {
		text += " " + p.Price.String()
	} else if p.Quantity != nil {
		text = strings.TrimSuffix(strings.TrimSuffix(text, " ×"), " for")
	}
	return strings.TrimSpace(text + " " + strings.ReplaceAll(p.Billing, "_", "-"))
}

func months(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 month"
	}
	return strconv.Itoa(n) + " months"
}

func known(t purser.Tristate) string {
	if t == purser.Unknown {
		return ""
	}
	return t.String()
}

func percent(s string) string {
	if s == "" {
		return ""
	}
	return s + " %"
}
