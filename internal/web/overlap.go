package web

import (
	"net/http"

	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// overlap holds applications of one category side by side, with what the contracts
// that are about one of them alone cost.
func (h *Handler) overlap(w http.ResponseWriter, r *http.Request) (err error) {
	var d view.OverlapData
	if d.Categories, err = h.Inventory.Overlap(r.Context()); err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Overlap(h.page(r, "Overlap", ui.Applications, ui.Link{Label: "Applications", Href: "/applications"}), d))
}
