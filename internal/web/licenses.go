package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"purser"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/license"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Licenses says what is bought, assigned, used and spare; package license does.
type Licenses interface {
	List(ctx context.Context, f license.Filter, p purser.Page) (purser.List[purser.License], error)
	License(ctx context.Context, id string) (purser.License, error)
	Of(ctx context.Context, c purser.Contract) (map[string][]string, error)
	ByHand(ctx context.Context, application string) ([]purser.License, error)
	Set(ctx context.Context, id string, t purser.PlanTerms) error
	Add(ctx context.Context, application, name string, t purser.PlanTerms) error
	Exclusions(ctx context.Context, application string) ([]license.Exclusion, error)
	Exclude(ctx context.Context, application, what, value, reason string) error
	Include(ctx context.Context, id string) error
}

func (h *Handler) licenseRoutes(add adder) {
	add("GET /licenses/{id}", purser.OpAccountRead, h.license)
	add("GET /seats", purser.OpAccountRead, h.seats)
	add("GET /seats/export", purser.OpExport, h.exportList("seats"), proof)
	add("POST /licenses/{id}/terms", purser.OpLicenseSet, h.setTerms)
	add("POST /applications/{id}/plans", purser.OpLicenseSet, h.addPlan)
	add("POST /applications/{id}/exclusions", purser.OpLicenseSet, h.exclude)
	add("POST /applications/{id}/exclusions/{exclusion}/remove", purser.OpLicenseSet, h.include)
}

func (h *Handler) license(w http.ResponseWriter, r *http.Request) error {
	return h.licensePage(w, r, http.StatusOK, view.Typed{})
}

// licensePage shows a plan, and its terms as they were typed.
func (h *Handler) licensePage(w http.ResponseWriter, r *http.Request, status int, form view.Typed) error {
	ctx, id := r.Context(), r.PathValue("id")
	x, err := h.Licenses.License(ctx, id)
	if err != nil {
		return err
	}
	l := list(r)
	seats, err := h.Inventory.Seats(ctx, inventory.SeatFilter{Plans: []string{id}, Uses: l.query["use"]}, l.page)
	if err != nil {
		return err
	}
	d := view.LicenseData{License: x, Seats: seats.Items, Uses: l.query["use"], Listed: seats.Total, Pager: l.pager(len(seats.Items), seats.Next, seats.Total, seats.More), MaySet: h.may(r, purser.OpLicenseSet), Typed: form}
	if h.may(r, purser.OpFindingRead) {
		if d.Counts, err = h.Findings.Counts(ctx, finding.Filter{Plans: []string{id}}); err != nil {
			return err
		}
	}
	return h.render(w, r, status, view.License(h.page(r, x.Name, ui.Licenses, ui.Link{Label: "Licenses", Href: "/licenses"}), d))
}

// planTerms reads what was entered of a plan. A price is typed as people write
// it, "12.50", and kept in minor units exactly.
func planTerms(form url.Values) (t purser.PlanTerms, err error) {
	t = purser.PlanTerms{Model: form.Get("model"), Family: form.Get("family"), Period: form.Get("period"), EndsOn: form.Get("ends_on"),
		Contains: strings.FieldsFunc(form.Get("contains"), func(r rune) bool { return r == '\n' || r == '\r' || r == ';' })}
	for name, to := range map[string]*int64{"included": &t.Included, "minimum": &t.Minimum, "free": &t.Free} {
		if text := strings.TrimSpace(form.Get(name)); text != "" {
			if *to, err = strconv.ParseInt(text, 10, 64); err != nil {
				return t, purser.Invalid(name, "name a whole number")
			}
		}
	}
	if text := strings.TrimSpace(form.Get("bought")); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return t, purser.Invalid("bought", "name a whole number, or leave it empty for what the vendor says")
		}
		t.Bought = &n
	}
	if text := strings.TrimSpace(form.Get("price")); text != "" {
		m, err := purser.ParsePrice(text, strings.ToUpper(strings.TrimSpace(form.Get("currency"))))
		if err != nil {
			return t, err
		}
		t.Price = &m
	}
	return t, nil
}

func (h *Handler) setTerms(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("form", "this form cannot be read")
	}
	t, err := planTerms(r.PostForm)
	if err == nil {
		err = h.Licenses.Set(r.Context(), id, t)
	}
	if form, ok := typed(r, err); ok {
		return h.licensePage(w, showing(r, &url.URL{Path: "/licenses/" + id}), http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/licenses/"+url.PathEscape(id)+"?done=saved", http.StatusSeeOther)
	return nil
}

func (h *Handler) addPlan(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("form", "this form cannot be read")
	}
	t, err := planTerms(r.PostForm)
	if err == nil {
		err = h.Licenses.Add(r.Context(), id, r.PostFormValue("name"), t)
	}
	if form, ok := typed(r, err); ok {
		return h.applicationLicenses(w, r, licenseForms{plan: form})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/applications/"+url.PathEscape(id)+"/licenses?done=saved", http.StatusSeeOther)
	return nil
}

// licenseForms are the forms of an application's licenses as they were typed.
type licenseForms struct{ plan, exclusion view.Typed }

// applicationLicenses shows the licenses of an application with a form that comes back.
func (h *Handler) applicationLicenses(w http.ResponseWriter, r *http.Request, forms licenseForms) error {
	page := showing(r, &url.URL{Path: "/applications/" + r.PathValue("id") + "/licenses"})
	return h.applicationTab(w, page, http.StatusUnprocessableEntity, "licenses", forms)
}

// exclude leaves accounts of an application out of findings about seats.
func (h *Handler) exclude(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	err := h.Licenses.Exclude(r.Context(), id, r.PostFormValue("what"), r.PostFormValue("value"), r.PostFormValue("reason"))
	if form, ok := typed(r, err); ok {
		return h.applicationLicenses(w, r, licenseForms{exclusion: form})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/applications/"+url.PathEscape(id)+"/licenses?done=saved#exclusions", http.StatusSeeOther)
	return nil
}

func (h *Handler) include(w http.ResponseWriter, r *http.Request) error {
	if err := h.Licenses.Include(r.Context(), r.PathValue("exclusion")); err != nil {
		return err
	}
	http.Redirect(w, r, "/applications/"+url.PathEscape(r.PathValue("id"))+"/licenses?done=saved#exclusions", http.StatusSeeOther)
	return nil
}
