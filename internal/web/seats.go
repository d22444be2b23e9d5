package web

import (
	"net/http"
	"net/url"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// seats lists the seats of plans, as a list that can be searched, filtered, kept and
// written to a file. Of no plan in particular it leads to the plans.
func (h *Handler) seats(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	f := table.SeatFilter(l.query)
	if err := table.Check(table.Seats().Name, l.query); err != nil {
		return err
	}
	if len(f.Plans) == 0 {
		http.Redirect(w, r, "/licenses", http.StatusSeeOther)
		return nil
	}
	var plans []purser.License
	for _, id := range f.Plans {
		plan, err := h.Licenses.License(r.Context(), id)
		if err != nil {
			return err
		}
		plans = append(plans, plan)
	}
	found, err := h.Inventory.Seats(r.Context(), f, l.page)
	if err != nil {
		return err
	}
	var uses []ui.FilterOption
	for _, use := range inventory.SeatUses() {
		uses = append(uses, ui.FilterOption{Value: use, Label: view.SeatUseWord(use)})
	}
	menus := []ui.FilterMenu{l.menu("Use", "use", uses...)}
	cleared := l.address(url.Values{"plan": f.Plans})
	d := view.SeatsData{Seats: found.Items, Several: len(plans) > 1, Filters: l.filters("Search account or person", h.may(r, purser.OpExport), menus...),
		Columns: []ui.Column{l.column("Account", "name", false), {Label: "Use"}, l.column("Last active", "last_active", false), {Label: "Counted as used by the vendor"}},
		Rows:    ui.Rows{Count: counted(found.Total, found.More, "seat", "seats"), Chips: l.chips(menus...), ClearURL: cleared},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More)}
	d.Filters.Keep["plan"] = f.Plans
	h.namelessList(r, &d.Filters, &d.Rows)
	if !h.may(r, purser.OpNameRead) {
		d.Columns[0] = ui.Column{Label: "Account"}
	}
	if err := dress(h, r, l, table.Seats(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.SeatRows(d))
	}
	above := []ui.Link{{Label: "Licenses", Href: "/licenses"}}
	if len(plans) == 1 {
		above = append(above, ui.Link{Label: plans[0].Name, Href: "/licenses/" + plans[0].ID})
	}
	return h.render(w, r, http.StatusOK, view.Seats(h.page(r, view.SeatsTitle(plans), ui.Licenses, above...), d, plans))
}
