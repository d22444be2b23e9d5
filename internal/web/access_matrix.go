package web

import (
	"net/http"

	"purser"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// accessMatrix shows who has an account where.
func (h *Handler) accessMatrix(w http.ResponseWriter, r *http.Request) error {
	l, matrix := list(r), table.Access()
	if err := table.Check(matrix.Name, l.query); err != nil {
		return err
	}
	m, err := h.Inventory.Access(r.Context(), table.AccessFilter(l.query), l.page)
	if err != nil {
		return err
	}
	departments, err := h.Inventory.Departments(r.Context())
	if err != nil {
		return err
	}
	connected, err := h.Inventory.ConnectedApplications(r.Context())
	if err != nil {
		return err
	}
	var apps []ui.FilterOption
	for _, a := range connected {
		apps = append(apps, ui.FilterOption{Value: a.ID, Label: a.Name})
	}
	menus := []ui.FilterMenu{l.menu("Applications", "application", apps...), l.menu("Department", "department", words(departments...)...),
		l.menu("Employment", "employment", words(purser.ValuesOf(purser.KindPerson, "employment")...)...),
		l.menu("Access", "leavers", ui.FilterOption{Value: "1", Label: "left, and still has an account"}),
		l.menu("Sources", "disputed", ui.FilterOption{Value: "1", Label: "say different things"})}
	d := view.AccessData{Matrix: m, Filters: l.filters("Search name, e-mail, number", h.may(r, purser.OpExport), menus...), Rows: ui.Rows{Count: counted(m.Total, m.More, "person", "people"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager: l.pager(len(m.Rows), m.Next, m.Total, m.More), All: len(connected), Tabs: h.peopleTabs(r)}
	h.namelessList(r, &d.Filters, &d.Rows)
	shown, err := furnish(h, r, l, matrix, &d.Filters, &d.Rows)
	if err != nil {
		return err
	}
	orders := map[string]string{"person": "name", "department": "department"}
	for _, c := range shown {
		d.Columns = append(d.Columns, l.column(c.Title, orders[c.Key], false))
	}
	for _, a := range m.Applications {
		d.Columns = append(d.Columns, ui.Column{Label: a.Name})
	}
	d.Facts = shown[1:]
	cells := table.PageCells(matrix, d.Facts)
	for _, row := range m.Rows {
		d.Cells = append(d.Cells, cells(row))
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.AccessRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Access(h.page(r, "Access", ui.People, ui.Link{Label: "People", Href: "/people"}), d))
}

// peopleTabs are the views of people and their access.
func (h *Handler) peopleTabs(r *http.Request) []ui.Tab {
	tabs := []ui.Tab{{Label: "People", Href: "/people"}}
	if h.may(r, purser.OpAccountRead) {
		tabs = append(tabs, ui.Tab{Label: "What changed", Href: "/changes"}, ui.Tab{Label: "Access", Href: "/access"})
	}
	if h.may(r, purser.OpNameRead) {
		tabs = append(tabs, ui.Tab{Label: "Leavers", Href: "/leavers"})
	}
	if h.may(r, purser.OpAccountRead) {
		tabs = append(tabs, ui.Tab{Label: "Accounts of nobody", Href: "/accounts/unmatched"}, ui.Tab{Label: "Robots and shared mailboxes", Href: "/accounts?kind=robot&kind=shared"})
		if h.Organization != nil {
			if us, _ := h.Organization.Facts(r.Context()); len(us.MailDomains) > 0 {
				tabs = append(tabs, ui.Tab{Label: "External", Href: "/accounts?external=yes"})
			}
		}
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Href == r.URL.Path
	}
	return tabs
}
