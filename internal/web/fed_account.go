package web

import (
	"net/http"

	"purser/internal/inventory"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// fedAccounts lists who has managed applications through identity providers.
func (h *Handler) fedAccounts(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Inventory.FedAccounts(r.Context(), inventory.FedFilter{Query: r.URL.Query().Get("q")}, l.page)
	if err != nil {
		return err
	}
	d := view.FedData{Items: found.Items, Filters: l.filters("Search name, e-mail, application", false),
		Rows:  ui.Rows{Count: totalText(found.Total, found.More) + " accounts", Chips: l.chips(), ClearURL: l.cleared()},
		Pager: l.pager(len(found.Items), found.Next, found.Total, found.More)}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.FedRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Fed(h.page(r, "Accounts through identity providers", ui.Accounts, ui.Link{Label: "Accounts", Href: "/accounts"}), d))
}
