package web

import (
	"maps"
	"net/http"

	"purser"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// changes tells what happened lately to people, accounts and seats.
func (h *Handler) changes(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	f := table.ChangeFilter(l.query, h.zone(r))
	found, err := h.Inventory.Recent(r.Context(), f, l.page)
	if err != nil {
		return err
	}
	places, err := h.instanceOptions(r.Context())
	if err != nil {
		return err
	}
	var classes []ui.FilterOption
	for _, c := range purser.RecentClasses() {
		classes = append(classes, ui.FilterOption{Value: c, Label: table.RecentWords(c)})
	}
	menus := []ui.FilterMenu{l.menu("What", "what", classes...), l.menu("Instance", "instance", places...)}
	d := view.RecentData{Recent: found, Columns: []ui.Column{l.column("What", "", false), l.column("Who", "", false), l.column("Where", "", false), l.column("Before and after", "", false), l.column("Found", "", false)},
		Filters: l.filters("", h.may(r, purser.OpExport), menus...),
		Rows:    ui.Rows{Count: ui.Count(found.Total, "change", "changes") + ", " + view.Span(found.From, found.To), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More), Connected: len(places) > 0, Tabs: h.peopleTabs(r)}
	d.Filters.NoSearch, d.Filters.Label, d.Filters.Tools = true, "Filter changes", view.DateSpan(l.query.Get("from"), l.query.Get("to"))
	for _, day := range found.Days {
		d.Opens = append(d.Opens, l.between(day.Day, day.Day))
	}
	for _, name := range []string{"from", "to"} {
		if v := l.query.Get(name); v != "" {
			d.Rows.Chips = append(d.Rows.Chips, ui.Chip{Label: map[string]string{"from": "From ", "to": "To "}[name] + v, RemoveURL: l.with(name, "")})
		}
	}
	if !h.may(r, purser.OpNameRead) {
		d.Rows.Count += "; names are hidden for your role"
	}
	if err := dress(h, r, l, table.Changes(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.RecentRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Recent(h.page(r, "What changed", ui.People, ui.Link{Label: "People", Href: "/people"}), d))
}

// between is the same list for a span of days.
func (l listing) between(from, to string) string {
	at := listing{path: l.path, query: maps.Clone(l.query)}
	at.query.Set("from", from)
	return at.with("to", to)
}
