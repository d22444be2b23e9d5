package web

import (
	"net/http"

	"purser"
	"purser/docs"
	"purser/internal/web/view"
)

// helpRoutes are the pages of the documentation that messages link to.
func (h *Handler) helpRoutes(add adder) {
	add("GET "+view.TroubleshootingPath, purser.OpSessionOwn, h.troubleshooting)
}

func (h *Handler) troubleshooting(w http.ResponseWriter, r *http.Request) error {
	return h.render(w, r, http.StatusOK, view.Troubleshooting(h.page(r, "Troubleshooting", ""), docs.Troubleshooting()))
}
