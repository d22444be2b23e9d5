package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"purser"
	"purser/internal/httpd"
	"purser/internal/login"
	"purser/internal/web/view"
)

func (h *Handler) openIDRoutes(add adder) {
	add("GET /sign-in/provider", "", h.toProvider(login.OpenIDSignIn))
	add("GET /setup/provider", "", h.toProvider(login.OpenIDInvite))
	add("GET /sign-in/again/provider", purser.OpSessionOwn, h.toProvider(login.OpenIDProve))
	add("GET /sign-in/callback", "", h.fromProvider)
	add("POST /settings/you/provider", purser.OpSessionOwn, h.connectProvider, proof)
	add("POST /settings/you/provider/remove", purser.OpSessionOwn, h.disconnectProvider, proof)
}

// trip is one way to the provider and back to the address that is registered there.
func (h *Handler) trip(r *http.Request, purpose login.OpenIDPurpose, next string) login.Trip {
	return login.Trip{Purpose: purpose, Next: localPath(next), Redirect: httpd.PublicURL(r.Context()) + "/sign-in/callback",
		Origin: httpd.Origin(r.Context()), Browser: httpd.Trip(r)}
}

func (h *Handler) toProvider(purpose login.OpenIDPurpose) action {
	return func(w http.ResponseWriter, r *http.Request) error {
		t := h.trip(r, purpose, r.URL.Query().Get("next"))
		t.Invitation = r.URL.Query().Get("token")
		to, browser, err := h.Login.Depart(r.Context(), t)
		if err != nil {
			return h.tripFailed(w, r, login.Arrival{Purpose: purpose, Next: t.Next}, err)
		}
		httpd.SetTrip(w, r, browser)
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
}

// fromProvider is where the provider sends the browser back to.
func (h *Handler) fromProvider(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Login.Arrive(browser(r), httpd.Trip(r), r.URL.Query(), httpd.Origin(r.Context()))
	if err != nil {
		return h.tripFailed(w, r, a, err)
	}
	if a.Cookie != "" {
		httpd.SetSession(w, r, a.Cookie)
	}
	http.Redirect(w, r, localPath(a.Next), http.StatusSeeOther)
	return nil
}

// tripFailed says on the page where the way began what went wrong.
func (h *Handler) tripFailed(w http.ResponseWriter, r *http.Request, a login.Arrival, err error) error {
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok {
		return err
	}
	h.Log.WarnContext(r.Context(), "a sign-in by the provider failed", "request", httpd.RequestID(r.Context()), "purpose", string(a.Purpose), "reason", p.What)
	switch _, known := purser.ActorFrom(r.Context()); {
	case known && a.Purpose == login.OpenIDProve:
		return h.showProve(w, r, httpd.Status(p), view.ProveForm{Next: localPath(a.Next), Errors: fieldErrors(&purser.Problem{What: p.What, Hint: p.Hint})})
	case known:
		return err
	}
	form := view.SignInForm{Next: localPath(a.Next), Problem: sentence(p.What) + ".", Hint: ended(p.Hint)}
	return h.showSignIn(w, r, httpd.Status(p), form)
}

// connectProvider leads to the provider by a link: Chromium applies the policy for
// forms to redirects, too.
func (h *Handler) connectProvider(w http.ResponseWriter, r *http.Request) error {
	to, browser, err := h.Login.Depart(r.Context(), h.trip(r, login.OpenIDLink, "/settings/you?done=connected"))
	if err != nil {
		return err
	}
	httpd.SetTrip(w, r, browser)
	return h.render(w, r, http.StatusOK, view.ConnectProvider(h.settingsPage(r, "Connect", "/settings/you"), h.Login.ProviderName(), to))
}

func (h *Handler) disconnectProvider(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.Unbind(r.Context(), r.PostFormValue("issuer")); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/you?done=disconnected", http.StatusSeeOther)
	return nil
}

// showSignIn writes the page for signing in with what it offers.
func (h *Handler) showSignIn(w http.ResponseWriter, r *http.Request, status int, form view.SignInForm) error {
	doors, err := h.Login.Doors(r.Context())
	if err != nil {
		return err
	}
	form.Doors = doors
	if doors.Provider != "" {
		form.ProviderHref = "/sign-in/provider?next=" + url.QueryEscape(form.Next)
		if r.URL.Query().Has("out") {
			form.SignOutThere = h.Login.ProviderSignOut(r.Context(), httpd.PublicURL(r.Context())+"/sign-in")
		}
	}
	return h.render(w, r, status, view.SignIn(h.page(r, "Sign in", ""), form))
}

// ended ends a hint like a sentence.
func ended(hint string) string {
	if hint == "" {
		return ""
	}
	return strings.TrimSuffix(hint, ".") + "."
}
