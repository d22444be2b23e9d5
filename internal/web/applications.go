package web

import (
	"net/http"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) inventoryRoutes(add adder) {
	add("GET /applications", purser.OpAccountRead, h.applications)
	add("GET /applications/export", purser.OpExport, h.exportList("applications"), proof)
	add("GET /applications/overlap", purser.OpAccountRead, h.overlap)
	add("GET /applications/{id}", purser.OpAccountRead, h.application)
	add("GET /applications/{id}/{tab}", purser.OpAccountRead, h.application)
	add("POST /applications/{id}/status", purser.OpApplicationSet, h.setApplication)
	add("GET /accounts", purser.OpAccountRead, h.accounts)
	add("GET /accounts/export", purser.OpExport, h.exportList("accounts"), proof)
	add("GET /accounts/{id}", purser.OpAccountRead, h.account)
	add("GET /people", purser.OpPersonRead, h.people)
	add("GET /people/export", purser.OpExport, h.exportList("people"), proof)
	add("GET /people/{id}", purser.OpPersonRead, h.person)
	add("GET /licenses", purser.OpAccountRead, h.licenses)
	add("GET /licenses/export", purser.OpExport, h.exportList("licenses"), proof)
	add("GET /spend", purser.OpMoneyRead, h.spend)
	add("GET /spend/{id}", purser.OpMoneyRead, h.spendLine)
	add("GET /spend/export", purser.OpExport, h.exportList("transactions"), proof)
}

func (h *Handler) applications(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Inventory.Applications(r.Context(), table.ApplicationFilter(r.URL.Query()), l.page)
	if err != nil {
		return err
	}
	categories, err := h.Inventory.Categories(r.Context())
	if err != nil {
		return err
	}
	menus := []ui.FilterMenu{l.menu("Status", "status", words(inventory.ApplicationStatuses()...)...), l.menu("How it is read", "read", view.ReadOptions()...),
		l.menu("Category", "category", words(categories...)...)}
	d := view.ApplicationsData{Applications: found.Items, Columns: []ui.Column{l.column("Application", "name", false), l.column("Status", "", false),
		l.column("Owner", "", false), l.column("Source", "", false), l.column("People", "", true), l.column("Accounts", "", true),
		l.column("Active", "", true), l.column("A year", "", true), l.column("Renewal", "renewal", false), l.column("Findings", "findings", true)},
		Filters: l.filters("Search name", h.may(r, purser.OpExport), menus...),
		Rows:    ui.Rows{Count: counted(found.Total, found.More, "application", "applications"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More)}
	if err := dress(h, r, l, table.Applications(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.ApplicationRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Applications(h.page(r, "Applications", ui.Applications), d))
}

// applicationTabs are the parts of an application's page.
func applicationTabs() []string {
	return []string{"Overview", "Use", "Accounts", "Activity", "Licenses", "Integration", "History"}
}
