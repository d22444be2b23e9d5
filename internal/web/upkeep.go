package web

import (
	"context"
	"errors"
	"net/http"

	"purser"
	"purser/internal/freeze"
	"purser/internal/keyring"
	"purser/internal/web/view"
)

// Freeze stops every outgoing call and lets them out again.
type Freeze interface {
	State(ctx context.Context) (freeze.State, error)
	Freeze(ctx context.Context, why string) (freeze.State, error)
	Thaw(ctx context.Context) (freeze.State, error)
	Confirm(ctx context.Context) (freeze.State, error)
}

// Keys rotates the sealing key.
type Keys interface {
	State(ctx context.Context) (keyring.KeyState, error)
	Rotate(ctx context.Context) (keyring.KeyState, error)
	Retire(ctx context.Context) (keyring.KeyState, error)
}

func (h *Handler) upkeepRoutes(add adder) {
	add("GET /settings/upkeep", purser.OpSettingRead, h.upkeep)
	add("POST /settings/upkeep/freeze", purser.OpFreeze, h.freeze)
	add("POST /settings/upkeep/thaw", purser.OpThaw, h.thaw)
	add("POST /settings/upkeep/key/rotate", purser.OpBackup, h.rotateKey)
	add("POST /settings/upkeep/key/retire", purser.OpBackup, h.retireKeys)
	add("POST /settings/upkeep/confirm", purser.OpBackup, h.confirmRestore)
}

func (h *Handler) upkeep(w http.ResponseWriter, r *http.Request) error {
	return h.showUpkeep(w, r, http.StatusOK, view.UpkeepData{})
}

func (h *Handler) showUpkeep(w http.ResponseWriter, r *http.Request, status int, d view.UpkeepData) error {
	var err error
	if d.Calls, err = h.Freeze.State(r.Context()); err != nil {
		return err
	}
	d.MayFreeze, d.MayThaw, d.MayBackup = h.may(r, purser.OpFreeze), h.may(r, purser.OpThaw), h.may(r, purser.OpBackup)
	if d.MayBackup {
		if d.Keys, err = h.Keys.State(r.Context()); err != nil {
			return err
		}
	}
	return h.render(w, r, status, view.Upkeep(h.settingsPage(r, "Upkeep", "/settings/upkeep"), d))
}

func (h *Handler) freeze(w http.ResponseWriter, r *http.Request) error {
	why := r.PostFormValue("why")
	_, err := h.Freeze.Freeze(r.Context(), why)
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		return h.showUpkeep(w, r, http.StatusUnprocessableEntity, view.UpkeepData{Why: why, Errors: fieldErrors(p)})
	}
	return h.changedUpkeep(w, r, "frozen", err)
}

func (h *Handler) thaw(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Freeze.Thaw(r.Context())
	return h.changedUpkeep(w, r, "thawed", err)
}

func (h *Handler) confirmRestore(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("gone") != "on" {
		return h.showUpkeep(w, r, http.StatusUnprocessableEntity, view.UpkeepData{Errors: map[string]string{
			"gone": "Tick this once you have seen that the old box is stopped for good."}})
	}
	_, err := h.Freeze.Confirm(r.Context())
	return h.changedUpkeep(w, r, "thawed", err)
}

func (h *Handler) changedUpkeep(w http.ResponseWriter, r *http.Request, done string, err error) error {
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/upkeep?done="+done, http.StatusSeeOther)
	return nil
}

func (h *Handler) rotateKey(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Keys.Rotate(r.Context())
	return h.changedUpkeep(w, r, "rotated", err)
}

func (h *Handler) retireKeys(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Keys.Retire(r.Context())
	return h.changedUpkeep(w, r, "retired", err)
}
