package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"purser"
	"purser/internal/httpd"
	"purser/internal/login"
	"purser/internal/web/view"
)

func (h *Handler) factorRoutes(add adder) {
	add("GET /settings/you/second-factor", purser.OpSessionOwn, h.secondFactor)
	add("POST /settings/you/second-factor", purser.OpSessionOwn, h.beginFactor, proof)
	add("POST /settings/you/second-factor/confirm", purser.OpSessionOwn, h.confirmFactor, proof)
	add("POST /settings/you/second-factor/codes", purser.OpSessionOwn, h.newRecoveryCodes, proof)
	add("POST /settings/you/second-factor/remove", purser.OpSessionOwn, h.removeFactor, proof)
	add("POST /settings/users/{id}/reset-second-factor", purser.OpUserWrite, h.resetFactor)
	add("GET /settings/sign-in", purser.OpSettingRead, h.signInPolicy)
	add("POST /settings/sign-in", purser.OpSettingWrite, h.setSignInPolicy, proof)
}

func (h *Handler) secondFactor(w http.ResponseWriter, r *http.Request) error {
	return h.showFactor(w, r, http.StatusOK, view.FactorData{})
}

func (h *Handler) showFactor(w http.ResponseWriter, r *http.Request, status int, d view.FactorData) error {
	var err error
	if d.Factor, err = h.Login.SecondFactor(r.Context()); err != nil {
		return err
	}
	identities, err := h.Login.Identities(r.Context())
	if err != nil {
		return err
	}
	d.Connected = slices.ContainsFunc(identities, func(i login.Identity) bool { return i.Current })
	if d.Factor.Secret != "" {
		if d.Picture, err = view.NewQR(login.SetupURI(h.issuer(), d.Factor.Account, d.Factor.Secret)); err != nil {
			return err
		}
	}
	return h.render(w, r, status, view.SecondFactor(h.settingsPage(r, "Second factor", "/settings/you"), d))
}

// issuer names this Purser among the entries of an authenticator app.
func (h *Handler) issuer() string {
	u, err := url.Parse(h.Settings.PublicURL)
	if err != nil || u.Hostname() == "" {
		return "Purser"
	}
	return "Purser " + u.Hostname()
}

func (h *Handler) beginFactor(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.BeginTOTP(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/you/second-factor", http.StatusSeeOther)
	return nil
}

// confirmFactor shows the recovery codes at once: they are kept as hashes.
func (h *Handler) confirmFactor(w http.ResponseWriter, r *http.Request) error {
	codes, err := h.Login.ConfirmTOTP(r.Context(), r.PostFormValue("code"))
	return h.factorAnswer(w, r, view.FactorData{Codes: codes}, err)
}

func (h *Handler) newRecoveryCodes(w http.ResponseWriter, r *http.Request) error {
	codes, err := h.Login.NewRecoveryCodes(r.Context(), r.PostFormValue("code"))
	return h.factorAnswer(w, r, view.FactorData{Codes: codes}, err)
}

func (h *Handler) factorAnswer(w http.ResponseWriter, r *http.Request, d view.FactorData, err error) error {
	if p, ok := errors.AsType[*purser.Problem](err); ok && (p.Kind == purser.ProblemInvalid || p.Kind == purser.ProblemTooMany) {
		d.Errors = fieldErrors(p)
		return h.showFactor(w, r, httpd.Status(p), d)
	}
	if err != nil {
		return err
	}
	return h.showFactor(w, r, http.StatusOK, d)
}

func (h *Handler) removeFactor(w http.ResponseWriter, r *http.Request) error {
	err := h.Login.RemoveTOTP(r.Context(), r.PostFormValue("password"), r.PostFormValue("code"))
	if err != nil {
		return h.factorAnswer(w, r, view.FactorData{Removing: true}, err)
	}
	http.Redirect(w, r, "/settings/you/second-factor?done=factor-off", http.StatusSeeOther)
	return nil
}

func (h *Handler) resetFactor(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.ResetTOTP(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/users?done=reset", http.StatusSeeOther)
	return nil
}

func (h *Handler) signInPolicy(w http.ResponseWriter, r *http.Request) error {
	policy, err := h.Login.Policy(r.Context())
	if err != nil {
		return err
	}
	return h.showPolicy(w, r, http.StatusOK, view.PolicyData{Policy: policy})
}

func (h *Handler) showPolicy(w http.ResponseWriter, r *http.Request, status int, d view.PolicyData) error {
	d.MayWrite, d.Provider = h.may(r, purser.OpSettingWrite), h.Login.ProviderName()
	return h.render(w, r, status, view.SignInPolicy(h.settingsPage(r, "Sign-in", "/settings/sign-in"), d))
}

func (h *Handler) setSignInPolicy(w http.ResponseWriter, r *http.Request) error {
	policy := login.Policy{RequireTOTP: r.PostFormValue("require_totp") != "", NoPasswords: r.PostFormValue("no_passwords") != ""}
	err := h.Login.SetPolicy(r.Context(), policy)
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemConflict {
		return h.showPolicy(w, r, http.StatusUnprocessableEntity, view.PolicyData{Policy: policy, Errors: fieldErrors(p)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/sign-in?done=saved", http.StatusSeeOther)
	return nil
}
