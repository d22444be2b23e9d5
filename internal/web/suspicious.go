package web

import (
	"net/http"

	"purser"
	"purser/internal/finding"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// suspicious lists accounts that are used although HR says otherwise.
func (h *Handler) suspicious(w http.ResponseWriter, r *http.Request) error {
	return h.suspiciousPage(w, r, http.StatusOK, view.Typed{})
}

func (h *Handler) suspiciousPage(w http.ResponseWriter, r *http.Request, status int, form view.Typed) error {
	l := list(r)
	f := table.SuspiciousFilter(l.query)
	found, err := h.Findings.Suspicious(r.Context(), f, l.page)
	if err != nil {
		return err
	}
	places, err := h.instanceOptions(r.Context())
	if err != nil {
		return err
	}
	var kinds []ui.FilterOption
	for _, k := range purser.SuspiciousKinds() {
		kinds = append(kinds, ui.FilterOption{Value: string(k), Label: view.FindingKindWords(k)})
	}
	menus := []ui.FilterMenu{l.menu("Why", "kind", kinds...), l.menu("Instance", "instance", places...)}
	filters := l.filters("Search account or person", h.may(r, purser.OpExport), menus...)
	filters.NoSearch, filters.Label = !h.may(r, purser.OpNameRead), "Suspicious use"
	d := view.SuspiciousData{Use: found.Items, View: f.View, Filters: filters, MayRecognize: f.View != purser.SuspiciousHistory && h.may(r, purser.OpUseRecognize),
		Columns: []ui.Column{{Label: "Account"}, {Label: "Why"}, {Label: "HR says"}, {Label: "Last active"}, {Label: "Days of the last 30", Numeric: true}, l.column("Found", "age", false), {Label: "State"}},
		Rows:    ui.Rows{Count: ui.Count(found.Total, "account", "accounts"), Chips: l.chips(menus...), ClearURL: (listing{path: l.path}).with("view", f.View)},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More), Tabs: h.findingTabs(r), Back: r.URL.RequestURI(), Typed: form}
	if f.View != "" {
		d.Filters.Keep.Set("view", f.View)
	}
	for _, v := range purser.SuspiciousViews() {
		now := v == purser.SuspiciousNow
		tab := ui.Tab{Label: view.SuspiciousViewWords(v), Href: l.with("view", v), Current: v == f.View || now && f.View == ""}
		if now {
			tab.Href = l.with("view", "")
		}
		d.Views = append(d.Views, tab)
	}
	if !h.may(r, purser.OpNameRead) {
		d.Rows.Count += "; names are hidden for your role"
	}
	if err := dress(h, r, l, table.SuspiciousUse(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.SuspiciousRows(d))
	}
	return h.render(w, r, status, view.Suspicious(h.page(r, "Suspicious use", ui.Findings, ui.Link{Label: "Findings", Href: "/findings"}), d))
}

// recognizeUse says of the ticked accounts that their use is as it should be, or takes that back.
func (h *Handler) recognizeUse(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("finding", "the selection cannot be read")
	}
	d := finding.Decision{State: purser.FindingAccepted, Reason: r.PostFormValue("reason"), Until: r.PostFormValue("until")}
	if r.PostFormValue("do") == "open" {
		d = finding.Decision{State: purser.FindingOpen}
	}
	to := back(r, "/suspicious")
	_, err := h.Findings.Decide(r.Context(), r.PostForm["finding"], nil, d)
	if form, ok := typed(r, err); ok {
		stands(form, "findings", "")
		return h.suspiciousPage(w, showing(r, to), http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return decided(w, r, to)
}

// findingTabs are the inbox and what is shown beside it.
func (h *Handler) findingTabs(r *http.Request) []ui.Tab {
	tabs := []ui.Tab{{Label: "Inbox", Href: "/findings"}, {Label: "Suspicious use", Href: "/suspicious"}}
	for i := range tabs {
		tabs[i].Current = tabs[i].Href == r.URL.Path
	}
	return tabs
}
