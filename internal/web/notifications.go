package web

import (
	"context"
	"errors"
	"net/http"

	"purser"
	"purser/internal/notify"
	"purser/internal/web/view"
)

// Notify tells people what changed.
type Notify interface {
	State(ctx context.Context) (notify.Outbox, error)
	Recipients(ctx context.Context, instanceID string) (notify.Audience, error)
	AddRecipients(ctx context.Context, instanceID, text string) (added int, err error)
	RemoveRecipient(ctx context.Context, instanceID, email string) error
	Endpoints(ctx context.Context) ([]notify.Endpoint, error)
	AddEndpoint(ctx context.Context, n notify.NewEndpoint) (e notify.Endpoint, secret string, err error)
	RemoveEndpoint(ctx context.Context, idOrName string) error
	Deliveries(ctx context.Context, f notify.Filter, page purser.Page) (purser.List[notify.Delivery], error)
	Delivery(ctx context.Context, id string) (notify.Delivery, error)
	Retry(ctx context.Context, id string) error
	Drop(ctx context.Context, id string) error
	SendTest(ctx context.Context, to string) (notify.Delivery, error)
}

const notificationsPath = "/settings/notifications"

func (h *Handler) notificationRoutes(add adder) {
	add("GET /settings/notifications", purser.OpSettingRead, h.notifications)
	add("POST /settings/notifications/recipients", purser.OpSettingWrite, h.addRecipients)
	add("POST /settings/notifications/recipients/remove", purser.OpSettingWrite, h.removeRecipient)
	add("POST /settings/notifications/test", purser.OpSettingWrite, h.testNotification)
	add("GET /settings/notifications/add", purser.OpSettingWrite, h.newEndpoint, proof)
	add("POST /settings/notifications/add", purser.OpSettingWrite, h.addEndpoint, proof)
	add("POST /settings/notifications/endpoints/{id}/remove", purser.OpSettingWrite, h.removeEndpoint)
	add("GET /settings/notifications/log", purser.OpSettingRead, h.deliveries)
	add("GET /settings/notifications/log/{id}", purser.OpSettingRead, h.delivery)
	add("POST /settings/notifications/log/{id}/retry", purser.OpSettingWrite, h.retryDelivery)
	add("POST /settings/notifications/log/{id}/drop", purser.OpSettingWrite, h.dropDelivery)
	add("POST /instances/{id}/recipients", purser.OpInstanceWrite, h.addInstanceRecipients)
	add("POST /instances/{id}/recipients/remove", purser.OpInstanceWrite, h.removeInstanceRecipient)
}

func (h *Handler) notifications(w http.ResponseWriter, r *http.Request) error {
	return h.showNotifications(w, r, http.StatusOK, view.NotificationsData{})
}

func (h *Handler) showNotifications(w http.ResponseWriter, r *http.Request, status int, d view.NotificationsData) error {
	var err error
	if d.State, err = h.Notify.State(r.Context()); err != nil {
		return err
	}
	d.MayWrite = h.may(r, purser.OpSettingWrite)
	if d.To.Audience, err = h.Notify.Recipients(r.Context(), ""); err != nil {
		return err
	}
	d.To.Action, d.To.MayWrite = notificationsPath+"/recipients", d.MayWrite
	if d.Endpoints, err = h.Notify.Endpoints(r.Context()); err != nil {
		return err
	}
	recent, err := h.Notify.Deliveries(r.Context(), notify.Filter{}, purser.Page{Limit: 5})
	if err != nil {
		return err
	}
	d.Recent = recent.Items
	if actor, ok := purser.ActorFrom(r.Context()); ok && d.TestTo == "" {
		d.TestTo = actor.Name
	}
	return h.render(w, r, status, view.Notifications(h.settingsPage(r, "Notifications", notificationsPath), d))
}

func (h *Handler) addRecipients(w http.ResponseWriter, r *http.Request) error {
	text := r.PostFormValue("email")
	_, err := h.Notify.AddRecipients(r.Context(), "", text)
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		return h.showNotifications(w, r, http.StatusUnprocessableEntity, view.NotificationsData{To: view.RecipientsData{Typed: text, Errors: fieldErrors(p)}})
	}
	return changedNotifications(w, r, "", "saved", err)
}

func (h *Handler) removeRecipient(w http.ResponseWriter, r *http.Request) error {
	return changedNotifications(w, r, "", "saved", h.Notify.RemoveRecipient(r.Context(), "", r.PostFormValue("email")))
}

// testNotification shows at once how it went.
func (h *Handler) testNotification(w http.ResponseWriter, r *http.Request) error {
	to := r.PostFormValue("to")
	d, err := h.Notify.SendTest(r.Context(), to)
	if p, ok := errors.AsType[*purser.Problem](err); ok && (p.Kind == purser.ProblemInvalid || p.Kind == purser.ProblemConflict || p.Kind == purser.ProblemPaused) {
		return h.showNotifications(w, r, http.StatusUnprocessableEntity, view.NotificationsData{TestTo: to, TestError: fieldErrors(p)[p.Field]})
	}
	if err != nil {
		return err
	}
	return h.showNotifications(w, r, http.StatusOK, view.NotificationsData{TestTo: to, Tested: &d})
}

func changedNotifications(w http.ResponseWriter, r *http.Request, page, word string, err error) error {
	if err != nil {
		return err
	}
	http.Redirect(w, r, notificationsPath+page+"?done="+word, http.StatusSeeOther)
	return nil
}

func (h *Handler) addInstanceRecipients(w http.ResponseWriter, r *http.Request) error {
	text := r.PostFormValue("email")
	_, err := h.Notify.AddRecipients(r.Context(), r.PathValue("id"), text)
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		return h.showInstanceSettings(w, r, http.StatusUnprocessableEntity, view.RecipientsData{Typed: text, Errors: fieldErrors(p)})
	}
	if err != nil {
		return err
	}
	return done(w, r, "/settings", "saved")
}

func (h *Handler) removeInstanceRecipient(w http.ResponseWriter, r *http.Request) error {
	if err := h.Notify.RemoveRecipient(r.Context(), r.PathValue("id"), r.PostFormValue("email")); err != nil {
		return err
	}
	return done(w, r, "/settings", "saved")
}

// told gathers who is told of an instance.
func (h *Handler) told(r *http.Request, i purser.Instance, d view.RecipientsData) (*view.RecipientsData, error) {
	var err error
	d.Audience, err = h.Notify.Recipients(r.Context(), i.ID)
	d.Action, d.MayWrite, d.Instance = "/instances/"+i.ID+"/recipients", h.may(r, purser.OpInstanceWrite), i.Name
	return &d, err
}
