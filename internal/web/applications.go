package web

import (
	"net/http"

	"purser"
	"purser/internal/inventory"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) inventoryRoutes(add adder) {
	add("GET /applications", purser.OpAccountRead, h.applications)
	add("GET /applications/export", purser.OpExport, h.exportApplications, proof)
	add("GET /applications/{id}", purser.OpAccountRead, h.application)
	add("GET /applications/{id}/{tab}", purser.OpAccountRead, h.application)
	add("POST /applications/{id}/status", purser.OpApplicationSet, h.setApplication)
	add("GET /accounts", purser.OpAccountRead, h.accounts)
	add("GET /accounts/export", purser.OpExport, h.exportAccounts, proof)
	add("GET /accounts/{id}", purser.OpAccountRead, h.account)
	add("GET /people", purser.OpPersonRead, h.people)
	add("GET /people/export", purser.OpExport, h.exportPeople, proof)
	add("GET /people/{id}", purser.OpPersonRead, h.person)
	add("GET /licenses", purser.OpAccountRead, h.licenses)
	add("GET /spend", purser.OpMoneyRead, h.spend)
	add("GET /spend/export", purser.OpExport, h.exportSpend, proof)
}

func (h *Handler) applications(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Inventory.Applications(r.Context(), applicationFilter(r), l.page)
	if err != nil {
		return err
	}
	menus := []ui.FilterMenu{l.menu("Status", "status", words(inventory.ApplicationStatuses()...)...), l.menu("How it is read", "read", view.ReadOptions()...)}
	d := view.ApplicationsData{Applications: found.Items, Columns: []ui.Column{l.column("Application", "name", false), l.column("Status", "", false),
		l.column("Owner", "", false), l.column("Source", "", false), l.column("People", "", true), l.column("Accounts", "", true),
		l.column("Active", "", true), l.column("Data as of", "", false)},
		Filters: l.filters("Search name", h.may(r, purser.OpExport), menus...),
		Rows:    ui.Rows{Count: totalText(found.Total, found.More) + " applications", Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More)}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.ApplicationRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Applications(h.page(r, "Applications", ui.Applications), d))
}

func (h *Handler) exportApplications(w http.ResponseWriter, r *http.Request) error {
	f := applicationFilter(r)
	columns := []string{"id", "name", "category", "status", "owner", "source", "accounts", "people", "active", "inactive", "never", "unknown", "data_as_of"}
	return export(w, r, "applications", columns, func(fn func(purser.Application) error) error {
		return h.Inventory.EachApplication(r.Context(), f, fn)
	}, func(a purser.Application) []string {
		return []string{a.ID, a.Name, a.Category, a.Status, a.OwnerName, a.Source, plain(a.Accounts), plain(a.People), plain(a.Active),
			plain(a.Inactive), plain(a.Never), plain(a.Unknown), stamp(a.DataAsOf)}
	})
}

func applicationFilter(r *http.Request) inventory.ApplicationFilter {
	q := r.URL.Query()
	return inventory.ApplicationFilter{Query: q.Get("q"), Status: q["status"], Read: q["read"]}
}

// applicationTabs are the parts of an application's page.
func applicationTabs() []string {
	return []string{"Overview", "Use", "Accounts", "Activity", "Licenses", "Integration", "History"}
}
