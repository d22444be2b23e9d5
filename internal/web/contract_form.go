package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"purser"
	"purser/internal/contract"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) newContract(w http.ResponseWriter, r *http.Request) error {
	f := view.ContractFormOf(purser.Contract{Terms: purser.ContractTerms{TermMonths: 12}})
	if name := r.URL.Query().Get("application"); name != "" {
		a, err := h.Inventory.Application(r.Context(), name)
		if err != nil {
			return err
		}
		f.Name, f.Applications = a.Name, a.Name
	}
	return h.contractForm(w, r, http.StatusOK, f)
}

// contractForm shows the form of a new contract.
func (h *Handler) contractForm(w http.ResponseWriter, r *http.Request, status int, f view.ContractForm) error {
	f.Action, f.Title, f.Button = "/contracts/new", "New contract", "Write it down"
	return h.render(w, r, status, view.ContractEdit(h.page(r, f.Title, ui.Contracts, contractsCrumb()), f))
}

func (h *Handler) createContract(w http.ResponseWriter, r *http.Request) error {
	f, in, err := contractInput(r)
	if f.More {
		return h.contractForm(w, r, http.StatusOK, f)
	}
	var c purser.Contract
	if err == nil {
		c, err = h.Contracts.Create(r.Context(), in)
	}
	if takesBack(&f.Errors, err) {
		return h.contractForm(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/contracts/"+c.ID+"?done=saved", http.StatusSeeOther)
	return nil
}

// takesBack takes over what is wrong with an input; other errors are not its own.
func takesBack(fields *map[string]string, err error) bool {
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok || p.Kind != purser.ProblemInvalid && p.Kind != purser.ProblemConflict {
		return false
	}
	*fields = fieldErrors(p)
	return true
}

func (h *Handler) editContract(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Contracts.Contract(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.contractChange(w, r, http.StatusOK, c, view.ContractFormOf(c))
}

// contractChange shows the form of a contract that is there.
func (h *Handler) contractChange(w http.ResponseWriter, r *http.Request, status int, c purser.Contract, f view.ContractForm) error {
	f.Action, f.Title, f.Button = "/contracts/"+c.ID+"/edit", "Change "+c.Name, "Save"
	return h.render(w, r, status, view.ContractEdit(h.page(r, f.Title, ui.Contracts, contractCrumbs(c)...), f))
}

func (h *Handler) updateContract(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Contracts.Contract(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f, in, err := contractInput(r)
	if f.More {
		return h.contractChange(w, r, http.StatusOK, c, f)
	}
	in.Terms.Amendments = c.Terms.Amendments // they have a form of their own
	if err == nil {
		_, err = h.Contracts.Update(r.Context(), c.ID, in)
	}
	if takesBack(&f.Errors, err) {
		return h.contractChange(w, r, http.StatusUnprocessableEntity, c, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/contracts/"+c.ID+"?done=saved", http.StatusSeeOther)
	return nil
}

// contractInput reads the form: as it was typed, and as it is meant.
func contractInput(r *http.Request) (f view.ContractForm, in purser.ContractInput, err error) {
	text := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	f = view.ContractForm{Name: text("name"), Vendor: text("vendor"), Applications: text("applications"), Owner: text("owner"), ContactName: text("contact.name"),
		ContactEmail: text("contact.email"), ContactPhone: text("contact.phone"), CostCenters: text("cost_centers"), Custom: text("custom"), Note: text("note"),
		Version: text("version"), Terms: termsForm(r)}
	f.More = r.PostFormValue("do") == "more"
	in = purser.ContractInput{Owner: f.Owner, Applications: strings.FieldsFunc(f.Applications, func(c rune) bool { return c == '\n' || c == '\r' }),
		ContractFacts: purser.ContractFacts{Name: f.Name, Vendor: f.Vendor, Note: f.Note, CostCenters: contract.ParseShares(f.CostCenters),
			Contact: purser.ContractContact{Name: f.ContactName, Email: f.ContactEmail, Phone: f.ContactPhone}}}
	in.Version, _ = strconv.ParseInt(f.Version, 10, 64)
	if in.Custom, err = contract.ParseCustom(f.Custom, "\n"); err != nil {
		return f, in, err
	}
	in.Terms, err = termsOf(f.Terms)
	return f, in, err
}

// termsForm reads the terms as they were typed.
func termsForm(r *http.Request) view.TermsForm {
	text := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	t := view.TermsForm{Start: text("start"), End: text("end"), TermMonths: text("term_months"), NoticeCount: text("notice"), NoticeUnit: text("notice_unit"),
		AutoRenew: text("auto_renew"), RenewalMonths: text("renewal_months"), Uplift: text("uplift"), TrueDown: text("true_down"), Payment: text("payment"), PONumber: text("po_number")}
	for i := range 60 {
		at := "plan." + strconv.Itoa(i) + "."
		if _, sent := r.PostForm[at+"name"]; !sent {
			break
		}
		p := view.PlanForm{Name: text(at + "name"), Quantity: text(at + "quantity"), Per: text(at + "per"), Price: text(at + "price"), Currency: strings.ToUpper(text(at + "currency")), Billing: text(at + "billing")}
		if p.Name != "" || p.Quantity != "" || p.Price != "" {
			t.Plans = append(t.Plans, p)
		}
	}
	return t.Padded()
}

// termsOf makes terms of what was typed.
func termsOf(f view.TermsForm) (t purser.ContractTerms, err error) {
	t = purser.ContractTerms{Start: f.Start, End: f.End, Uplift: strings.TrimSuffix(f.Uplift, "%"), TrueDown: f.TrueDown, Payment: f.Payment, PONumber: f.PONumber}
	for _, n := range []struct {
		field, text string
		into        *int
	}{{"term_months", f.TermMonths, &t.TermMonths}, {"renewal_months", f.RenewalMonths, &t.RenewalMonths}, {"notice", f.NoticeCount, &t.Notice.Count}} {
		if n.text == "" {
			continue
		}
		if *n.into, err = strconv.Atoi(n.text); err != nil {
			return t, purser.Invalid(n.field, "%q is no whole number", n.text)
		}
	}
	if f.NoticeCount != "" {
		t.Notice.Unit = f.NoticeUnit
	}
	if f.AutoRenew != "" {
		if err := t.AutoRenew.UnmarshalText([]byte(f.AutoRenew)); err != nil {
			return t, purser.Invalid("auto_renew", "%v", err)
		}
	}
	t.Plans, err = plansOf(f.Plans)
	return t, err
}

func plansOf(forms []view.PlanForm) (plans []purser.ContractPlan, err error) {
	for i, f := range forms {
		if f.Name == "" && f.Quantity == "" && f.Price == "" {
			continue
		}
		at := "plans." + strconv.Itoa(i+1)
		p := purser.ContractPlan{Name: f.Name, Per: f.Per, Billing: f.Billing}
		if f.Quantity != "" {
			n, err := strconv.ParseInt(f.Quantity, 10, 64)
			if err != nil {
				return nil, purser.Invalid(at, "the quantity %q is no whole number", f.Quantity)
			}
			p.Quantity = &n
		}
		if f.Price != "" {
			m, ok := purser.ParseMoney(f.Price, f.Currency)
			if !ok {
				return nil, purser.Invalid(at, "%q is no price in %s; write it as 12.50", f.Price, f.Currency)
			}
			p.Price = &m
		}
		plans = append(plans, p)
	}
	return plans, nil
}
