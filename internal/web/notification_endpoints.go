package web

import (
	"errors"
	"net/http"

	"purser"
	"purser/internal/notify"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) newEndpoint(w http.ResponseWriter, r *http.Request) error {
	return h.showEndpointForm(w, r, http.StatusOK, view.EndpointForm{Format: r.URL.Query().Get("format")})
}

func (h *Handler) showEndpointForm(w http.ResponseWriter, r *http.Request, status int, f view.EndpointForm) error {
	var err error
	if f.Formats, err = notify.ChatFormats(); err != nil {
		return err
	}
	p := h.settingsPage(r, "Add a webhook or chat", notificationsPath)
	return h.render(w, r, status, view.AddEndpoint(p, f))
}

// addEndpoint shows a webhook's secret at once: it is sealed then and cannot be shown again.
func (h *Handler) addEndpoint(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("", "the form could not be read")
	}
	f := view.EndpointForm{Name: r.PostFormValue("name"), Format: r.PostFormValue("format"), Chosen: map[purser.EventKind]bool{}}
	n := notify.NewEndpoint{Name: f.Name, URL: r.PostFormValue("url"), Format: f.Format}
	if n.Format == view.WebhookFormat {
		n.Format = ""
	}
	for _, k := range r.PostForm["kind"] {
		n.Kinds = append(n.Kinds, purser.EventKind(k))
		f.Chosen[purser.EventKind(k)] = true
	}
	e, secret, err := h.Notify.AddEndpoint(r.Context(), n)
	if p, ok := errors.AsType[*purser.Problem](err); ok && (p.Kind == purser.ProblemInvalid || p.Kind == purser.ProblemConflict) {
		f.Errors = fieldErrors(p)
		return h.showEndpointForm(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return h.showNotifications(w, r, http.StatusOK, view.NotificationsData{Added: e.Name, Secret: secret, TestTo: e.Name})
}

func (h *Handler) removeEndpoint(w http.ResponseWriter, r *http.Request) error {
	return changedNotifications(w, r, "", "saved", h.Notify.RemoveEndpoint(r.Context(), r.PathValue("id")))
}

func (h *Handler) deliveries(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	q := r.URL.Query()
	found, err := h.Notify.Deliveries(r.Context(), notify.Filter{State: q.Get("state"), Way: q.Get("way"), InstanceID: q.Get("instance")}, l.page)
	if err != nil {
		return err
	}
	d := view.DeliveriesData{List: found, MayWrite: h.may(r, purser.OpSettingWrite), Pager: l.pager(len(found.Items), found.Next, found.Total, found.More)}
	for _, state := range append([]string{""}, notify.States()...) {
		d.States = append(d.States, ui.Tab{Label: view.DeliveryFilter(state), Href: l.with("state", state), Current: q.Get("state") == state})
	}
	return h.render(w, r, http.StatusOK, view.Deliveries(h.settingsPage(r, "What was sent", notificationsPath), d))
}

func (h *Handler) delivery(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Notify.Delivery(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Delivery(h.settingsPage(r, "A message", notificationsPath), d, h.may(r, purser.OpSettingWrite)))
}

func (h *Handler) retryDelivery(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return changedNotifications(w, r, "/log/"+id, "again", h.Notify.Retry(r.Context(), id))
}

func (h *Handler) dropDelivery(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return changedNotifications(w, r, "/log/"+id, "saved", h.Notify.Drop(r.Context(), id))
}
