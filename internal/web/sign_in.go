package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"purser"
	"purser/internal/httpd"
	"purser/internal/login"
	"purser/internal/web/view"
)

func (h *Handler) signInRoutes(add adder) {
	add("GET /sign-in", "", h.signInForm)
	add("POST /sign-in", "", h.signIn)
	add("POST /sign-in/code", "", h.signInCode)
	add("GET /setup", "", h.setupForm)
	add("POST /setup", "", h.setup)
	add("POST /sign-out", purser.OpSessionOwn, h.signOut)
}

func (h *Handler) signInForm(w http.ResponseWriter, r *http.Request) error {
	if _, ok := purser.ActorFrom(r.Context()); ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	return h.showSignIn(w, r, http.StatusOK, view.SignInForm{Next: localPath(r.URL.Query().Get("next"))})
}

func (h *Handler) signIn(w http.ResponseWriter, r *http.Request) error {
	form := view.SignInForm{Email: r.PostFormValue("email"), Next: localPath(r.PostFormValue("next"))}
	cookie, err := h.Login.SignIn(browser(r), form.Email, r.PostFormValue("password"), httpd.Origin(r.Context()))
	if due, ok := errors.AsType[*login.CodeDue](err); ok {
		return h.render(w, r, http.StatusOK, view.SignInCode(h.page(r, "Second factor", ""), view.CodeForm{Step: due.Step, Next: form.Next}))
	}
	if err != nil {
		p, ok := errors.AsType[*purser.Problem](err)
		if !ok {
			return err
		}
		form.Problem, form.Hint = sentence(p.What)+".", p.Hint
		status := http.StatusUnprocessableEntity
		if p.Kind == purser.ProblemTooMany {
			status = http.StatusTooManyRequests
		}
		return h.showSignIn(w, r, status, form)
	}
	httpd.SetSession(w, r, cookie)
	http.Redirect(w, r, form.Next, http.StatusSeeOther)
	return nil
}

// signInCode is the second step: what the first step handed out stands in the form.
func (h *Handler) signInCode(w http.ResponseWriter, r *http.Request) error {
	form := view.CodeForm{Step: r.PostFormValue("step"), Next: localPath(r.PostFormValue("next"))}
	cookie, err := h.Login.SignInCode(browser(r), form.Step, r.PostFormValue("code"), httpd.Origin(r.Context()))
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		switch p.Kind {
		case purser.ProblemInvalid, purser.ProblemTooMany:
			form.Errors = fieldErrors(p)
			return h.render(w, r, httpd.Status(p), view.SignInCode(h.page(r, "Second factor", ""), form))
		case purser.ProblemSignIn:
			again := view.SignInForm{Next: form.Next, Problem: sentence(p.What) + ".", Hint: p.Hint}
			return h.showSignIn(w, r, http.StatusUnprocessableEntity, again)
		}
	}
	if err != nil {
		return err
	}
	httpd.SetSession(w, r, cookie)
	http.Redirect(w, r, form.Next, http.StatusSeeOther)
	return nil
}

func (h *Handler) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.Login.SignOut(r.Context(), httpd.SessionCookie(r.Context())); err != nil {
		return err
	}
	httpd.ClearSession(w, r)
	http.Redirect(w, r, "/sign-in?out=1", http.StatusSeeOther)
	return nil
}

// setupForm shows what a one-time link is for. Opening it uses nothing up: mail
// scanners open links, too.
func (h *Handler) setupForm(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	link, err := h.Login.Link(r.Context(), token)
	if err != nil {
		return err
	}
	return h.showSetup(w, r, http.StatusOK, view.SetupForm{Token: token, Link: link})
}

func (h *Handler) showSetup(w http.ResponseWriter, r *http.Request, status int, form view.SetupForm) error {
	var err error
	if form.Doors, err = h.Login.Doors(r.Context()); err != nil {
		return err
	}
	return h.render(w, r, status, view.Setup(h.page(r, "Welcome", ""), form))
}

func (h *Handler) setup(w http.ResponseWriter, r *http.Request) error {
	form := view.SetupForm{Token: r.PostFormValue("token"), Name: r.PostFormValue("name"), Email: r.PostFormValue("email")}
	link, err := h.Login.Link(r.Context(), form.Token)
	if err != nil {
		return err
	}
	form.Link = link
	cookie, err := h.Login.Redeem(browser(r), form.Token, form.Name, form.Email, r.PostFormValue("password"), httpd.Origin(r.Context()))
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		form.Errors = fieldErrors(p)
		return h.showSetup(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	httpd.SetSession(w, r, cookie)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// browser is the request's context with what the browser says of itself.
func browser(r *http.Request) context.Context { return login.WithDevice(r.Context(), r.UserAgent()) }

// localPath accepts the address of a page of ours, "/" for anything else: a link to
// the sign-in page must not lead to another site. Browsers leave tabs and line ends
// out of an address and read \ as /: what holds one of them is no address of ours.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsFunc(next, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }) {
		return "/"
	}
	return next
}
