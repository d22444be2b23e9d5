package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"purser"
	"purser/internal/httpd"
	"purser/internal/login"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) proveRoutes(add adder) {
	add("GET /sign-in/again", purser.OpSessionOwn, h.proveForm)
	add("POST /sign-in/again", purser.OpSessionOwn, h.prove)
}

// askAgain leads a session that must prove itself again to the page for it, and
// from there back to where it was: to the page that it opened, or to the form
// that it sent, with what was typed. Nothing is ever sent on by itself. It reports
// false if that cannot be done.
func (h *Handler) askAgain(w http.ResponseWriter, r *http.Request) bool {
	next := r.URL.RequestURI()
	if list, ok := strings.CutSuffix(r.URL.Path, "/export"); ok { // a file shows no page: back to the list, with its filters
		q := r.URL.Query()
		q.Del("as")
		next = (&url.URL{Path: list, RawQuery: q.Encode()}).RequestURI()
	}
	if r.Method != http.MethodGet {
		back := h.formPage(r)
		_ = r.PostFormValue("") // reads the form, of either kind, if nothing did so yet
		name, err := h.Login.KeepForm(r.Context(), login.KeptForm{Action: r.URL.Path, Fields: ordinary(r.PostForm)})
		if err != nil {
			h.Log.WarnContext(r.Context(), "a form could not be kept", "request", httpd.RequestID(r.Context()), "error", err)
		}
		q := back.Query()
		q.Set("again", "1"+name)
		back.RawQuery = q.Encode()
		next = back.RequestURI()
	}
	to := "/sign-in/again?next=" + url.QueryEscape(next)
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusOK)
		return true
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return true
}

// formPage is the page on which the form stood that r sends. A form that was shown
// as an answer stands at the address that it was sent to: the page is above that.
func (h *Handler) formPage(r *http.Request) *url.URL {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		from = &url.URL{Path: r.URL.Path}
	}
	page := &url.URL{Path: from.Path, RawQuery: from.RawQuery}
	for page.Path != "/" && !h.opens(page.Path) {
		page.Path, page.RawQuery = "/"+strings.Trim(page.Path[:max(0, strings.LastIndexByte(strings.TrimRight(page.Path, "/"), '/'))], "/"), ""
	}
	return page
}

// opens reports whether a page can be opened at that path.
func (h *Handler) opens(path string) bool {
	_, pattern := h.pages.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	return pattern != ""
}

// ordinary are the fields of a form that may be shown again: no secret, no ticked
// confirmation, nothing of the session.
func ordinary(form url.Values) map[string][]string {
	kept := map[string][]string{}
	for name, values := range form {
		switch {
		case name == "csrf", name == "confirm", name == "current", name == "code":
		case strings.Contains(name, "secret"), strings.Contains(name, "password"), strings.Contains(name, "token"):
		default:
			kept[name] = values
		}
	}
	return kept
}

// resumed is what a page shows of the form that its reader sent before they had
// to prove themselves; nil if there is none.
func (h *Handler) resumed(r *http.Request) *ui.Resume {
	name, ok := strings.CutPrefix(r.URL.Query().Get("again"), "1")
	if !ok {
		return nil
	}
	kept, _, err := h.Login.KeptForm(r.Context(), name)
	if err != nil {
		h.Log.WarnContext(r.Context(), "a kept form could not be read", "request", httpd.RequestID(r.Context()), "error", err)
	}
	return &ui.Resume{Action: kept.Action, Fields: kept.Fields}
}

func (h *Handler) proveForm(w http.ResponseWriter, r *http.Request) error {
	return h.showProve(w, r, http.StatusOK, view.ProveForm{Next: localPath(r.URL.Query().Get("next"))})
}

func (h *Handler) showProve(w http.ResponseWriter, r *http.Request, status int, form view.ProveForm) error {
	var err error
	if form.Ways, err = h.Login.ProofWays(r.Context()); err != nil {
		return err
	}
	return h.render(w, r, status, view.Prove(ui.Page{Title: "Confirm that it is you"}, form))
}

func (h *Handler) prove(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.PostFormValue("next"))
	err := h.Login.Prove(r.Context(), r.PostFormValue("password"), r.PostFormValue("code"))
	if p, ok := errors.AsType[*purser.Problem](err); ok && (p.Kind == purser.ProblemInvalid || p.Kind == purser.ProblemTooMany) {
		return h.showProve(w, r, httpd.Status(p), view.ProveForm{Next: next, Errors: fieldErrors(p)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}
