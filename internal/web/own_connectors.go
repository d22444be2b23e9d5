package web

import (
	"context"
	"errors"
	"net/http"

	"purser"
	"purser/internal/own"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// OwnConnectors looks after connectors of the operator's own; package own does.
type OwnConnectors interface {
	Where() string
	List(ctx context.Context) ([]own.Connector, error)
	Trust(ctx context.Context, name, digest string) error
}

const ownPath = "/catalog/own"

func (h *Handler) ownRoutes(add adder) {
	add("GET "+ownPath, purser.OpCatalogRead, h.ownConnectors)
	add("POST "+ownPath+"/{connector}/trust", purser.OpConnectorTrust, h.trustOwn)
}

func (h *Handler) ownConnectors(w http.ResponseWriter, r *http.Request) error {
	return h.showOwn(w, r, http.StatusOK, view.OwnData{})
}

func (h *Handler) showOwn(w http.ResponseWriter, r *http.Request, status int, d view.OwnData) (err error) {
	d.Tabs, d.Folder, d.MayTrust = h.integrationTabs(r, "own"), h.Own.Where(), h.may(r, purser.OpConnectorTrust)
	if d.Connectors, err = h.Own.List(r.Context()); err != nil {
		return err
	}
	return h.render(w, r, status, view.OwnConnectors(h.page(r, "Own connectors", ui.Integrations, catalogCrumbs()...), d))
}

// trustOwn trusts exactly what the page has shown: its digest comes back with the form.
func (h *Handler) trustOwn(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("connector")
	d := view.OwnData{Refused: name}
	if r.PostFormValue("seen."+name) == "" {
		d.Why = "Say that you have looked at what it calls, asks for and could change."
		return h.showOwn(w, r, http.StatusUnprocessableEntity, d)
	}
	err := h.Own.Trust(r.Context(), name, r.PostFormValue("digest"))
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemConflict {
		d.Why = sentence(p.Error()) + "."
		return h.showOwn(w, r, http.StatusConflict, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, ownPath+"?done=saved", http.StatusSeeOther)
	return nil
}
