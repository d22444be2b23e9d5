package web

import (
	"errors"
	"net/http"
	"strings"

	"purser"
	"purser/internal/web/view"
)

func (h *Handler) users(w http.ResponseWriter, r *http.Request) error {
	return h.showUsers(w, r, http.StatusOK, view.InviteForm{})
}

func (h *Handler) showUsers(w http.ResponseWriter, r *http.Request, status int, form view.InviteForm) error {
	users, err := h.Login.Users(r.Context())
	if err != nil {
		return err
	}
	data := view.UsersData{Users: users, Form: form, MayWrite: h.may(r, purser.OpUserWrite)}
	if data.MayWrite {
		if data.Invitations, err = h.Login.Invitations(r.Context()); err != nil {
			return err
		}
	}
	return h.render(w, r, status, view.Users(h.settingsPage(r, "Users and roles", "/settings/users"), data))
}

// invite shows the link at once: it is kept as a hash and cannot be shown again.
func (h *Handler) invite(w http.ResponseWriter, r *http.Request) error {
	form := view.InviteForm{Email: r.PostFormValue("email"), Role: r.PostFormValue("role")}
	path, _, err := h.Login.Invite(r.Context(), form.Email, purser.Role(form.Role))
	if p, ok := errors.AsType[*purser.Problem](err); ok && (p.Kind == purser.ProblemInvalid || p.Kind == purser.ProblemConflict) {
		form.Errors = fieldErrors(p)
		return h.showUsers(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return h.showUsers(w, r, http.StatusOK, view.InviteForm{Link: strings.TrimSuffix(h.Settings.PublicURL, "/") + path, For: form.Email})
}

func (h *Handler) setRole(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.SetRole(r.Context(), r.PathValue("id"), purser.Role(r.PostFormValue("role"))); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/users?done=saved", http.StatusSeeOther)
	return nil
}

func (h *Handler) removeUser(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.RemoveUser(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/users?done=removed", http.StatusSeeOther)
	return nil
}

func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.Withdraw(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/users?done=revoked", http.StatusSeeOther)
	return nil
}
