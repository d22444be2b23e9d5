package web

import (
	"context"
	"net/http"
	"net/url"

	"purser"
	"purser/internal/finding"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Findings is the inbox; package finding has it.
type Findings interface {
	List(ctx context.Context, f finding.Filter, p purser.Page) (purser.List[purser.Finding], error)
	Counts(ctx context.Context, f finding.Filter) ([]finding.Count, error)
	Each(ctx context.Context, f finding.Filter, fn func(purser.Finding) error) error
	Suspicious(ctx context.Context, f finding.SuspiciousFilter, p purser.Page) (purser.List[purser.SuspiciousUse], error)
	Decide(ctx context.Context, ids []string, all *finding.Filter, d finding.Decision) (int64, error)
}

func (h *Handler) findingRoutes(add adder) {
	add("GET /findings", purser.OpFindingRead, h.findings)
	add("GET /findings/export", purser.OpExport, h.exportList("findings"), proof)
	add("POST /findings/decide", purser.OpFindingDecide, h.decideFindings)
	add("GET /suspicious", purser.OpFindingRead, h.suspicious)
	add("GET /suspicious/export", purser.OpExport, h.exportList("suspicious"), proof)
	add("POST /suspicious", purser.OpUseRecognize, h.recognizeUse)
}

func (h *Handler) findings(w http.ResponseWriter, r *http.Request) error {
	return h.inbox(w, r, http.StatusOK, view.Typed{})
}

// inbox shows the list, and what was to be decided with it.
func (h *Handler) inbox(w http.ResponseWriter, r *http.Request, status int, form view.Typed) error {
	l := list(r)
	f := table.FindingFilter(r.URL.Query())
	found, err := h.Findings.List(r.Context(), f, l.page)
	if err != nil {
		return err
	}
	kinds := make([]ui.FilterOption, 0, len(purser.FindingKinds()))
	for _, k := range purser.FindingKinds() {
		kinds = append(kinds, ui.FilterOption{Value: string(k), Label: view.FindingKindWords(k)})
	}
	menus := []ui.FilterMenu{l.menu("Kind", "kind", kinds...), l.menu("State", "state", words(purser.FindingStates()...)...),
		l.menu("Owner", "owner", ui.FilterOption{Value: "me", Label: "me"}, ui.FilterOption{Value: finding.Nobody, Label: "nobody, or one who left"})}
	value := l.column("Worth in a year", "", true)
	if h.may(r, purser.OpMoneyRead) {
		value = l.column("Worth in a year", "value", true)
	}
	search := "Search application, plan or contract"
	if h.may(r, purser.OpNameRead) {
		search = "Search account, person, application"
	}
	filters := l.filters(search, h.may(r, purser.OpExport), menus...)
	filters.Label = "Findings"
	d := view.FindingsData{Findings: found.Items, Filters: filters, MayDecide: h.may(r, purser.OpFindingDecide),
		Tabs: h.findingTabs(r), Columns: []ui.Column{l.column("Finding", "", false), l.column("Evidence", "", false), value, l.column("Can be saved", "", false),
			l.column("Age", "age", false), l.column("Owner", "", false), l.column("State", "", false)},
		Rows:  ui.Rows{Count: counted(found.Total, found.More, "finding", "findings"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager: l.pager(len(found.Items), found.Next, found.Total, found.More), Typed: form, Tomorrow: purser.DayText(h.Now().In(h.zone(r)).AddDate(0, 1, 0))}
	d.ByWorth = l.page.Sort == "value"
	if d.Back = r.URL.RequestURI(); found.Next != "" {
		d.All = "n=50"
		if l.query.Encode() != "" {
			d.All = l.query.Encode()
		}
	}
	if err := dress(h, r, l, table.Findings(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.FindingRows(d))
	}
	if d.Counts, err = h.Findings.Counts(r.Context(), finding.Filter{Application: f.Application, Instances: f.Instances, Owner: f.Owner}); err != nil {
		return err
	}
	for _, name := range []string{"application", "instance", "owner"} {
		for _, value := range l.query[name] {
			d.Within += "&" + url.Values{name: {value}}.Encode()
		}
	}
	return h.render(w, r, status, view.Findings(h.page(r, "Findings", ui.Findings), d))
}

func (h *Handler) decideFindings(w http.ResponseWriter, r *http.Request) error {
	d := finding.Decision{State: r.PostFormValue("state"), Reason: r.PostFormValue("reason"), Until: r.PostFormValue("until")}
	if d.State == purser.FindingAccepted { // the other day is when what is put off comes back
		d.Until = r.PostFormValue("accept_until")
	}
	var all *finding.Filter
	if text := r.PostFormValue("all"); text != "" {
		q, err := url.ParseQuery(text)
		if err != nil {
			return purser.Invalid("all", "this selection cannot be read")
		}
		if err := table.Check(table.Findings().Name, q); err != nil {
			return err
		}
		f := table.FindingFilter(q)
		all = &f
	}
	to := back(r, "/findings")
	_, err := h.Findings.Decide(r.Context(), r.PostForm["finding"], all, d)
	if form, ok := typed(r, err); ok {
		if d.State == purser.FindingAccepted {
			stands(form, "until", "accept_until")
		}
		stands(form, "findings", "")
		return h.inbox(w, showing(r, to), http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return decided(w, r, to)
}

// homeFindings are the first findings of the most pressing kind, for the home page;
// nothing where the reader may not see them.
func (h *Handler) homeFindings(r *http.Request, counts []finding.Count) (d view.FindingsData, err error) {
	if d.Counts = counts; len(counts) == 0 {
		return d, nil
	}
	found, err := h.Findings.List(r.Context(), finding.Filter{Kinds: []string{string(counts[0].Kind)}}, purser.Page{Limit: 5})
	d.Findings = found.Items
	return d, err
}
