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
	d := view.HoldsData{Tabs: h.integrationTabs(r, "holds"), Holds: holds, MayDecide: h.may(r, purser.OpHoldDecide)}
	return h.render(w, r, http.StatusOK, view.Holds(h.page(r, "Holds", ui.Integrations, ui.Link{Label: "Integrations", Href: "/integrations"}), d))
}

func (h *Handler) decideHold(w http.ResponseWriter, r *http.Request) error {
	decision := r.PostFormValue("decision")
	if decision != "approve" && decision != "reject" {
		return purser.Invalid("decision", "choose to let it happen or not")
	}
	var chosen []string
	if r.PostFormValue("which") == "chosen" {
		if chosen = r.PostForm["row"]; len(chosen) == 0 {
			return &purser.Problem{Kind: purser.ProblemInvalid, Field: "row", What: "nothing was chosen", Hint: "Go back and tick the records, or decide about all of them"}
		}
	}
	if err := h.Runs.DecideHold(r.Context(), r.PathValue("id"), decision == "approve", chosen...); err != nil {
		return err
	}
	back := localPath(r.PostFormValue("back"))
	if len(chosen) > 0 {
		// What is left goes on waiting: stay there.
		if hold, err := h.Runs.Hold(r.Context(), r.PathValue("id")); err == nil && hold.DecidedAt.IsZero() {
			back = "/holds/" + hold.ID
		}
	}
	http.Redirect(w, r, back+"?done=decided", http.StatusSeeOther)
	return nil
}

// hold shows every record of one hold by name, to decide about all or some.
func (h *Handler) hold(w http.ResponseWriter, r *http.Request) error {
	hold, err := h.Runs.Hold(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	l := list(r)
	found, err := h.Runs.HeldRows(r.Context(), hold.ID, l.query.Get("q"), l.page)
	if err != nil {
		return err
	}
	d := view.HoldData{Hold: hold, Rows: found.Items, Query: l.query.Get("q"), Pager: l.pager(len(found.Items), found.Next, found.Total, found.More),
		MayDecide: h.may(r, purser.OpHoldDecide) && hold.DecidedAt.IsZero()}
	i, err := h.Connect.Instance(r.Context(), hold.InstanceID)
	if err != nil {
		return err
	}
	d.Instance = i
	page := h.page(r, "Held: "+hold.Stream, ui.Integrations, ui.Link{Label: "Integrations", Href: "/integrations"}, ui.Link{Label: i.Name, Href: "/instances/" + i.ID}, ui.Link{Label: "Holds", Href: "/instances/" + i.ID + "/holds"})
	return h.render(w, r, http.StatusOK, view.Hold(page, d))
}
