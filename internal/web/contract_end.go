package web

import (
	"net/http"
	"strconv"
	"strings"

	"purser"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) nextContract(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Contracts.Contract(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	next, err := h.Contracts.NextTerms(r.Context(), c.ID)
	if err != nil {
		return err
	}
	return h.renewal(w, r, http.StatusOK, c, view.RenewalForm{Terms: view.TermsFormOf(next)})
}

func (h *Handler) renewal(w http.ResponseWriter, r *http.Request, status int, c purser.Contract, f view.RenewalForm) error {
	f.Contract = c
	return h.render(w, r, status, view.ContractRenewal(h.page(r, "Renew "+c.Name, ui.Contracts, contractCrumbs(c)...), f))
}

func (h *Handler) renewContract(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Contracts.Contract(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := view.RenewalForm{Terms: termsForm(r)}
	if r.PostFormValue("do") == "more" {
		return h.renewal(w, r, http.StatusOK, c, f)
	}
	terms, err := termsOf(f.Terms)
	if err == nil {
		_, err = h.Contracts.Renew(r.Context(), c.ID, versionOf(r), &terms)
	}
	if takesBack(&f.Errors, err) {
		return h.renewal(w, r, http.StatusUnprocessableEntity, c, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/contracts/"+c.ID+"?done=renewed", http.StatusSeeOther)
	return nil
}

func versionOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	return n
}

func (h *Handler) newAmendment(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Contracts.Contract(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	today := h.Contracts.Today(r.Context())
	return h.amendment(w, r, http.StatusOK, c, view.AmendmentForm{On: today, Terms: view.TermsForm{Plans: view.PlanForms(c.Terms.PlansOn(today))}.Padded()})
}

func (h *Handler) amendment(w http.ResponseWriter, r *http.Request, status int, c purser.Contract, f view.AmendmentForm) error {
	f.Contract = c
	return h.render(w, r, status, view.ContractAmendment(h.page(r, "Amend "+c.Name, ui.Contracts, contractCrumbs(c)...), f))
}

func (h *Handler) amendContract(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Contracts.Contract(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := view.AmendmentForm{On: r.PostFormValue("on"), Value: strings.TrimSpace(r.PostFormValue("value")), Currency: strings.ToUpper(strings.TrimSpace(r.PostFormValue("currency"))),
		Note: strings.TrimSpace(r.PostFormValue("note")), Terms: termsForm(r)}
	if r.PostFormValue("do") == "more" {
		return h.amendment(w, r, http.StatusOK, c, f)
	}
	a := purser.Amendment{On: f.On, Note: f.Note}
	a.Plans, err = plansOf(f.Terms.Plans)
	if err == nil && f.Value != "" {
		m, ok := purser.ParseMoney(f.Value, f.Currency)
		if a.Value = &m; !ok {
			err = purser.Invalid("value", "%q is no amount; write it as 1200.00", f.Value)
		}
	}
	if err == nil {
		_, err = h.Contracts.Amend(r.Context(), c.ID, versionOf(r), a)
	}
	if takesBack(&f.Errors, err) {
		return h.amendment(w, r, http.StatusUnprocessableEntity, c, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/contracts/"+c.ID+"?done=saved", http.StatusSeeOther)
	return nil
}

func (h *Handler) decideContract(w http.ResponseWriter, r *http.Request) error {
	d := view.ContractData{Decided: r.PostFormValue("decision"), Why: r.PostFormValue("why")}
	c, err := h.Contracts.Decide(r.Context(), r.PathValue("id"), versionOf(r), purser.Decision(d.Decided), d.Why)
	if takesBack(&d.Errors, err) {
		return h.showContract(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	there := "/contracts/" + c.ID
	all, err := h.Contracts.Decisions(r.Context(), c.ID)
	if err != nil {
		return err
	}
	if len(all) > 0 && all[0].Sheet { // what stays of a decision, to be printed
		there += "/sheet/" + strconv.FormatInt(all[0].No, 10)
	}
	http.Redirect(w, r, there+"?done=decided", http.StatusSeeOther)
	return nil
}

func (h *Handler) removeContract(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("confirm") != "yes" {
		return &purser.Problem{Kind: purser.ProblemInvalid, Field: "confirm", What: "the sentence was not ticked", Hint: "Go back, tick it, and remove the contract then"}
	}
	if err := h.Contracts.Remove(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/contracts?done=mistake", http.StatusSeeOther)
	return nil
}
