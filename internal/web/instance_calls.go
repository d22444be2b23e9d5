package web

import (
	"net/http"

	"purser/internal/web/view"
)

// instanceCalls is the tab with what was asked of the vendor and which
// permissions lie idle.
func (h *Handler) instanceCalls(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "/calls")
	if err != nil {
		return err
	}
	calls, err := h.Connect.Calls(r.Context(), p.Instance.ID)
	if err != nil {
		return err
	}
	permissions, err := h.Connect.Permissions(r.Context(), p.Instance.ID)
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.InstanceCalls(p, calls, permissions))
}
