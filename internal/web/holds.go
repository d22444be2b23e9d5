package web

import (
	"net/http"

	"purser"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) holds(w http.ResponseWriter, r *http.Request) error {
	holds, err := h.Runs.Holds(r.Context(), "")
	if err != nil {
		return err
	}
	d := view.HoldsData{Tabs: integrationTabs("holds"), Holds: holds, MayDecide: h.may(r, purser.OpHoldDecide)}
	return h.render(w, r, http.StatusOK, view.Holds(h.page(r, "Holds", ui.Integrations, ui.Link{Label: "Integrations", Href: "/integrations"}), d))
}

func (h *Handler) decideHold(w http.ResponseWriter, r *http.Request) error {
	decision := r.PostFormValue("decision")
	if decision != "approve" && decision != "reject" {
		return purser.Invalid("decision", "choose to let it happen or not")
	}
	if err := h.Runs.DecideHold(r.Context(), r.PathValue("id"), decision == "approve"); err != nil {
		return err
	}
	http.Redirect(w, r, localPath(r.PostFormValue("back"))+"?done=decided", http.StatusSeeOther)
	return nil
}
