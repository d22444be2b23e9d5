package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"purser"
	"purser/internal/web/view"
)

func (h *Handler) tokens(w http.ResponseWriter, r *http.Request) error {
	return h.showTokens(w, r, http.StatusOK, view.TokenForm{Days: "90"})
}

func (h *Handler) showTokens(w http.ResponseWriter, r *http.Request, status int, form view.TokenForm) error {
	tokens, err := h.Login.Tokens(r.Context())
	if err != nil {
		return err
	}
	if actor, ok := purser.ActorFrom(r.Context()); ok {
		form.May = h.Login.May(actor)
	}
	return h.render(w, r, status, view.Tokens(h.settingsPage(r, "API tokens", "/settings/tokens"), tokens, form))
}

// createToken shows the token at once: only its hash is kept.
func (h *Handler) createToken(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("", "the form could not be read")
	}
	form := view.TokenForm{Name: r.PostFormValue("name"), Days: r.PostFormValue("days"), Chosen: map[purser.Operation]bool{}}
	var scopes []purser.Operation
	for _, s := range r.PostForm["scope"] {
		scopes = append(scopes, purser.Operation(s))
		form.Chosen[purser.Operation(s)] = true
	}
	days, err := strconv.Atoi(form.Days)
	if err != nil || days < 1 {
		form.Errors = map[string]string{"days": "Give a number of days, for example 90."}
		return h.showTokens(w, r, http.StatusUnprocessableEntity, form)
	}
	secret, _, err := h.Login.CreateToken(r.Context(), form.Name, scopes, h.Now().Add(time.Duration(days)*24*time.Hour))
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		form.Errors = fieldErrors(p)
		return h.showTokens(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return h.showTokens(w, r, http.StatusOK, view.TokenForm{Days: "90", Secret: secret, SecretName: form.Name})
}

func (h *Handler) revokeToken(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.RevokeToken(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/tokens?done=revoked", http.StatusSeeOther)
	return nil
}
