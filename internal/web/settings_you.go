package web

import (
	"errors"
	"net/http"

	"purser"
	"purser/internal/web/view"
)

func (h *Handler) you(w http.ResponseWriter, r *http.Request) error {
	return h.showYou(w, r, http.StatusOK, nil)
}

func (h *Handler) showYou(w http.ResponseWriter, r *http.Request, status int, problems map[string]string) error {
	sessions, err := h.Login.Sessions(r.Context())
	if err != nil {
		return err
	}
	identities, err := h.Login.Identities(r.Context())
	if err != nil {
		return err
	}
	factor, err := h.Login.SecondFactor(r.Context())
	if err != nil {
		return err
	}
	d := view.YouData{Factor: factor, Sessions: sessions, Identities: identities, Provider: h.Login.ProviderName(), Errors: problems}
	return h.render(w, r, status, view.You(h.settingsPage(r, "You", "/settings/you"), d))
}

func (h *Handler) changePassword(w http.ResponseWriter, r *http.Request) error {
	err := h.Login.ChangePassword(r.Context(), r.PostFormValue("current"), r.PostFormValue("password"))
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		return h.showYou(w, r, http.StatusUnprocessableEntity, fieldErrors(p))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/you?done=password", http.StatusSeeOther)
	return nil
}

func (h *Handler) revokeSession(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.RevokeSession(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/you?done=revoked", http.StatusSeeOther)
	return nil
}

func (h *Handler) revokeOtherSessions(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.RevokeOtherSessions(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/you?done=revoked", http.StatusSeeOther)
	return nil
}
