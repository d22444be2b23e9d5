package contract

import (
	"context"
	"maps"
	"strconv"

	"purser"
)

// Columns are the heads of an export, in their order. Those of purser.Fields can be
// changed in a spreadsheet and imported again; the last ones are for reading only.
func Columns() []string {
	var out []string
	for _, f := range purser.Fields(purser.KindContract) {
		name := f.Name
		if name == "external_id" {
			name = "id"
		}
		out = append(out, name)
	}
	return append(out, ReadingOnly()...)
}

// ReadingOnly are the heads of an export that an import leaves alone.
func ReadingOnly() []string { return []string{"notice_until", "standing", "decision"} }

// Rows writes a contract as rows of an export: one for each plan that holds today, one
// for a contract without any.
func (s *Service) Rows(ctx context.Context, c purser.Contract) [][]string {
	plans := c.Terms.PlansOn(inside(c.Terms, s.Today(ctx)))
	if len(plans) == 0 {
		plans = []purser.ContractPlan{{}}
	}
	out := make([][]string, 0, len(plans))
	for _, p := range plans {
		values := cellsOf(c)
		maps.Copy(values, planCells(p))
		row := make([]string, 0, len(values))
		for _, name := range Columns() {
			row = append(row, values[name])
		}
		out = append(out, row)
	}
	return out
}

// cellsOf are the cells that each row of a contract has, by column.
func cellsOf(c purser.Contract) map[string]string {
	t := c.Terms
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	var applications []string
	for _, a := range c.Applications {
		applications = append(applications, a.Name)
	}
	owner := c.Owner.Email
	if owner == "" {
		owner = c.Owner.ID
	}
	return map[string]string{"id": c.ID, "version": strconv.FormatInt(c.Version, 10), "name": c.Name, "vendor": c.Vendor, "applications": namesText(applications),
		"start": t.Start, "end": t.End, "term_months": number(t.TermMonths), "notice": NoticeText(t.Notice), "auto_renew": known(t.AutoRenew),
		"renewal_months": number(t.RenewalMonths), "uplift": t.Uplift, "true_down": t.TrueDown, "payment": t.Payment, "po_number": t.PONumber, "owner": owner,
		"contact_name": c.Contact.Name, "contact_email": c.Contact.Email, "contact_phone": c.Contact.Phone, "cost_centers": SharesText(c.CostCenters, "; "),
		"custom": CustomText(c.Custom, "; "), "note": c.Note, "notice_until": c.NoticeOn, "standing": string(c.Standing), "decision": string(c.Decision)}
}

func planCells(p purser.ContractPlan) map[string]string {
	out := map[string]string{"plan": p.Name, "per": p.Per, "billing": p.Billing}
	if p.Quantity != nil {
		out["quantity"] = strconv.FormatInt(*p.Quantity, 10)
	}
	if p.Price != nil {
		out["price"], out["currency"] = p.Price.Decimal(), p.Price.Currency
	}
	return out
}
