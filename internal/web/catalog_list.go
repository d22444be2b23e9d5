package web

import (
	"net/http"
	"slices"
	"strings"

	"purser/internal/connect"
	"purser/internal/inventory"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// catalog shows what can be read directly and, when asked for, what identity
// providers serve.
func (h *Handler) catalog(w http.ResponseWriter, r *http.Request) error {
	entries, err := h.Connect.Catalog(r.Context())
	if err != nil {
		return err
	}
	l := list(r)
	sso := slices.Contains(l.query["read"], "sso")
	shelves := categories(entries)
	if sso {
		served, err := h.Inventory.Shelves(r.Context())
		if err != nil {
			return err
		}
		shelves = append(shelves, served...)
	}
	menus := []ui.FilterMenu{l.menu("Category", "category", shelfOptions(shelves)...), l.menu("How it is read", "read", view.ReadOptions()...)}
	d := view.CatalogData{Tabs: h.integrationTabs(r, "catalog"), SSO: sso, Narrowed: l.query.Get("q") != "" || l.query.Get("category") != "", Filters: l.filters("Search applications", false, menus...),
		Direct: len(l.query["read"]) == 0 || slices.Contains(l.query["read"], "direct")}
	for _, e := range entries {
		if d.Direct && offered(e, r) {
			d.Entries = append(d.Entries, e)
		}
	}
	// What is connected stands first.
	slices.SortStableFunc(d.Entries, func(a, b connect.CatalogEntry) int { return min(b.Connected, 1) - min(a.Connected, 1) })
	var counts []string
	if d.Direct {
		counts = append(counts, ui.Count(int64(len(d.Entries)), "connector", "connectors"))
	}
	if d.SSO {
		served, err := h.Inventory.Applications(r.Context(), inventory.ApplicationFilter{Query: l.query.Get("q"), Read: []string{"sso"}, Shelf: l.query["category"]}, l.page)
		if err != nil {
			return err
		}
		d.Served, d.Pager = served.Items, l.pager(len(served.Items), served.Next, served.Total, served.More)
		counts = append(counts, totalText(served.Total, served.More)+" through SSO")
	}
	d.Rows = ui.Rows{Count: strings.Join(counts, ", "), Chips: l.chips(menus...), ClearURL: l.cleared()}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.CatalogRows(d))
	}
	if d.Worth, err = h.Inventory.WorthConnecting(r.Context()); err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Catalog(h.page(r, "Catalog", ui.Integrations, ui.Link{Label: "Integrations", Href: "/integrations"}), d))
}

func categories(entries []connect.CatalogEntry) (names []string) {
	for _, e := range entries {
		names = append(names, e.Category)
	}
	return names
}

func shelfOptions(names []string) (out []ui.FilterOption) {
	slices.Sort(names)
	for _, c := range slices.Compact(names) {
		out = append(out, ui.FilterOption{Value: c, Label: view.CategoryWords(c)})
	}
	return out
}

func offered(e connect.CatalogEntry, r *http.Request) bool {
	q := r.URL.Query()
	if c := q["category"]; len(c) > 0 && !slices.Contains(c, e.Category) {
		return false
	}
	return matches(e.Title+" "+e.Name+" "+e.Category, strings.TrimSpace(q.Get("q")))
}
