package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"purser"
	"purser/internal/httpd"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Deletions deletes an instance, or all that was read of its users.
type Deletions interface {
	Plan(ctx context.Context, instance string, scope purser.DeletionScope) (purser.DeletionPlan, error)
	Begin(ctx context.Context, instance string, scope purser.DeletionScope, understood bool) (purser.Deletion, error)
	Deletion(ctx context.Context, id string) (purser.Deletion, error)
	Deletions(ctx context.Context, instanceID string) ([]purser.Deletion, error)
	Watch(ctx context.Context, id string) (<-chan purser.Deletion, error)
}

func (h *Handler) deletionRoutes(add adder) {
	add("GET /instances/{id}/delete/{scope}", purser.OpInstanceDelete, h.planDeletion, proof)
	add("POST /instances/{id}/delete/{scope}", purser.OpInstanceDelete, h.beginDeletion)
	add("GET /instances/{id}/deletion", purser.OpInstanceRead, h.lastDeletion)
	add("GET /deletions/{id}", purser.OpInstanceRead, h.deletion)
}

// planDeletion says what goes and what stays, before anything is deleted.
func (h *Handler) planDeletion(w http.ResponseWriter, r *http.Request) error {
	return h.showPlan(w, r, http.StatusOK, "")
}

func (h *Handler) showPlan(w http.ResponseWriter, r *http.Request, status int, refused string) error {
	scope := purser.DeletionScope(r.PathValue("scope"))
	plan, err := h.Deletions.Plan(r.Context(), r.PathValue("id"), scope)
	if err != nil {
		return err
	}
	i, err := h.Connect.Instance(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if i.Status == purser.StatusDeleting {
		http.Redirect(w, r, "/instances/"+i.ID+"/deletion", http.StatusSeeOther)
		return nil
	}
	p := h.page(r, view.DeletionTitle(scope)+" · "+i.Name, ui.Integrations, ui.Link{Label: "Integrations", Href: "/integrations"},
		ui.Link{Label: i.Name, Href: "/instances/" + i.ID})
	return h.render(w, r, status, view.DeletionPlan(p, i, plan, refused))
}

// beginDeletion begins only with the ticked sentence; the service asks for it.
func (h *Handler) beginDeletion(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Deletions.Begin(r.Context(), r.PathValue("id"), purser.DeletionScope(r.PathValue("scope")), r.PostFormValue("confirm") == "yes")
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Field == "i_understand" {
		return h.showPlan(w, r, http.StatusUnprocessableEntity, "Tick the sentence to go on. Nothing was deleted.")
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/deletions/"+d.ID, http.StatusSeeOther)
	return nil
}

// lastDeletion leads to the deletion of an instance that is under way, or was last.
func (h *Handler) lastDeletion(w http.ResponseWriter, r *http.Request) error {
	all, err := h.Deletions.Deletions(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return purser.NotFound("deletion", r.PathValue("id"))
	}
	http.Redirect(w, r, "/deletions/"+all[0].ID, http.StatusSeeOther)
	return nil
}

func (h *Handler) deletion(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Deletions.Deletion(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := h.page(r, "Deletion · "+d.InstanceName, ui.Integrations, ui.Link{Label: "Integrations", Href: "/integrations"})
	return h.render(w, r, http.StatusOK, view.Deletion(p, d))
}

// deletionLive is the stream of a deletion's progress (server-sent events).
func (h *Handler) deletionLive() httpd.Route {
	return httpd.Route{Method: http.MethodGet, Pattern: "/deletions/{id}/live", Operation: purser.OpInstanceRead, Stream: true, Handler: h.serve(h.watchDeletion)}
}

// watchDeletion sends the progress as it moves, at most twice a second.
func (h *Handler) watchDeletion(w http.ResponseWriter, r *http.Request) error {
	moving, err := h.Deletions.Watch(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return stream(w, r, moving, view.DeletionProgress)
}

// orDeleted says of an instance that is not there that it was deleted, if it was.
func (h *Handler) orDeleted(r *http.Request, err error) error {
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok || p.Kind != purser.ProblemNotFound {
		return err
	}
	all, lookup := h.Deletions.Deletions(r.Context(), r.PathValue("id"))
	if lookup != nil || len(all) == 0 {
		return err
	}
	_, zone := h.Organization.Facts(r.Context())
	return &purser.Problem{Kind: purser.ProblemNotFound, What: fmt.Sprintf("%s was deleted on %s by %s", all[0].InstanceName, all[0].BegunAt.In(zone).Format("2 January 2006"), all[0].AskedBy),
		Hint: "Integrate it again from the catalog: everyone is read again"}
}
