package web

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/httpd"
	"purser/internal/web/view"
)

// delegateRoutes are for a vendor's administrator without a user of Purser. They
// are public; the link's token, and from then on the cookie of the one browser
// that took it, open one connection and nothing else.
func (h *Handler) delegateRoutes(add adder) {
	add("POST /instances/{id}/delegate", purser.OpCredentialSet, h.makeDelegation)
	add("POST /instances/{id}/delegate/{link}/revoke", purser.OpCredentialSet, h.revokeDelegation)
	add("GET /delegate", "", h.openDelegation)
	add("POST /delegate", "", h.beginDelegation)
	add("GET /delegate/connection", "", h.delegated)
	add("POST /delegate/credential", "", h.delegateSet)
	add("GET /delegate/authorize", "", h.delegateAuthorize)
	add("POST /delegate/test", "", h.delegateTest)
	add("POST /delegate/finish", "", h.delegateFinish)
}

// Cookies of a delegate's browser: who it is, and which authorization it began.
const (
	delegateCookie = "purser-delegate"
	delegateState  = "purser-delegate-state"
)

func (h *Handler) setDelegate(w http.ResponseWriter, r *http.Request, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: strings.HasPrefix(httpd.PublicURL(r.Context()), "https://"),
		SameSite: http.SameSiteLaxMode, MaxAge: int(life / time.Second)})
}

func cookieOf(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func origin(r *http.Request) string { return httpd.Origin(r.Context()) }

// openDelegation shows what a link is for. It changes nothing: mail scanners open links.
func (h *Handler) openDelegation(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	work, err := h.Connect.OpenDelegation(r.Context(), token, origin(r))
	if err != nil {
		return h.bare(w, r, err)
	}
	return h.render(w, r, http.StatusOK, view.DelegateOpen(h.page(r, "Set up a connection", ""), work, token))
}

func (h *Handler) beginDelegation(w http.ResponseWriter, r *http.Request) error {
	cookie, err := h.Connect.BeginDelegation(r.Context(), r.PostFormValue("token"), origin(r))
	if err != nil {
		return h.bare(w, r, err)
	}
	h.setDelegate(w, r, delegateCookie, cookie, connect.DelegateLife)
	http.Redirect(w, r, "/delegate/connection", http.StatusSeeOther)
	return nil
}

// bare writes an error without the navigation, whoever else is signed in here.
func (h *Handler) bare(w http.ResponseWriter, r *http.Request, err error) error {
	status, title, f := h.failure(r, err)
	f.RequestID = httpd.RequestID(r.Context())
	return h.render(w, r, status, view.DelegateFailed(h.page(r, title, ""), f))
}

func (h *Handler) delegated(w http.ResponseWriter, r *http.Request) error {
	return h.showDelegated(w, r, http.StatusOK, view.DelegateForm{Auth: r.URL.Query().Get("auth")})
}

func (h *Handler) showDelegated(w http.ResponseWriter, r *http.Request, status int, f view.DelegateForm) error {
	work, err := h.Connect.Delegated(r.Context(), cookieOf(r, delegateCookie), origin(r))
	if err != nil {
		return h.bare(w, r, err)
	}
	f.Work = work
	f.Choose()
	return h.render(w, r, status, view.Delegated(h.page(r, "Connect "+work.Preview.Title, ""), f))
}

func (h *Handler) delegateSet(w http.ResponseWriter, r *http.Request) error {
	f := view.DelegateForm{Auth: r.PostFormValue("auth"), Values: map[string]string{}}
	for name, values := range r.PostForm {
		if field, ok := strings.CutPrefix(name, "secret."); ok && len(values) > 0 {
			f.Values[field] = values[0]
		}
	}
	err := h.Connect.DelegateSet(r.Context(), cookieOf(r, delegateCookie), origin(r), f.Auth, f.Values)
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		f.Errors = fieldErrors(p)
		return h.showDelegated(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return h.bare(w, r, err)
	}
	http.Redirect(w, r, "/delegate/connection", http.StatusSeeOther)
	return nil
}

// delegateAuthorize leads to the vendor's page. What comes back from there is the
// delegate's if its state is the one that this browser began with.
func (h *Handler) delegateAuthorize(w http.ResponseWriter, r *http.Request) error {
	address, err := h.Connect.DelegateAuthorize(r.Context(), cookieOf(r, delegateCookie), origin(r))
	if err != nil {
		return h.bare(w, r, err)
	}
	h.setDelegate(w, r, delegateState, stateOf(address), 10*time.Minute)
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// ofDelegate reports whether the vendor's answer belongs to an authorization that
// a delegate began in this browser.
func ofDelegate(r *http.Request) bool {
	state := cookieOf(r, delegateState)
	return state != "" && subtle.ConstantTimeCompare([]byte(state), []byte(r.URL.Query().Get("state"))) == 1
}

func (h *Handler) delegateCallback(w http.ResponseWriter, r *http.Request) error {
	h.setDelegate(w, r, delegateState, "", -time.Second)
	if err := h.Connect.DelegateAuthorized(r.Context(), cookieOf(r, delegateCookie), origin(r), r.URL.Query()); err != nil {
		return h.bare(w, r, err)
	}
	http.Redirect(w, r, "/delegate/connection", http.StatusSeeOther)
	return nil
}

func (h *Handler) delegateTest(w http.ResponseWriter, r *http.Request) error {
	result, err := h.Connect.DelegateTest(r.Context(), cookieOf(r, delegateCookie), origin(r), r.PostFormValue("tenant"))
	if err != nil {
		return h.bare(w, r, err)
	}
	return h.showDelegated(w, r, http.StatusOK, view.DelegateForm{Result: &result})
}

func (h *Handler) delegateFinish(w http.ResponseWriter, r *http.Request) error {
	if err := h.Connect.DelegateFinish(r.Context(), cookieOf(r, delegateCookie), origin(r)); err != nil {
		return h.bare(w, r, err)
	}
	h.setDelegate(w, r, delegateCookie, "", -time.Second)
	return h.render(w, r, http.StatusOK, view.DelegateDone(h.page(r, "Handed over", "")))
}

// makeDelegation shows the link this once.
func (h *Handler) makeDelegation(w http.ResponseWriter, r *http.Request) error {
	path, d, err := h.Connect.Delegate(r.Context(), r.PathValue("id"), r.PostFormValue("note"))
	if err != nil {
		return err
	}
	p, err := h.instancePage(r, "/credential")
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.DelegateLink(p, httpd.PublicURL(r.Context())+path, d))
}

func (h *Handler) revokeDelegation(w http.ResponseWriter, r *http.Request) error {
	if err := h.Connect.RevokeDelegation(r.Context(), r.PathValue("link")); err != nil {
		return err
	}
	return done(w, r, "/credential", "revoked")
}

// stateOf is the state parameter of a consent page's address.
func stateOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get("state")
}
