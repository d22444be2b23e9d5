package web

import (
	"errors"
	"net/http"
	"net/url"

	"purser"
	"purser/internal/httpd"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// fail writes the page of an error: what happened, why, and what to do.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, title, f := h.failure(r, err)
	if status == http.StatusUnauthorized && r.Method == http.MethodGet {
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemProve && h.askAgain(w, r) {
		return
	}
	if actor, ok := purser.ActorFrom(r.Context()); ok && actor.Unfinished && r.Method == http.MethodGet && !partial(r) {
		http.Redirect(w, r, "/settings/you/second-factor", http.StatusSeeOther)
		return
	}
	f.RequestID = httpd.RequestID(r.Context())
	if partial(r) {
		_ = h.render(w, r, status, ui.ErrorPanel(f))
		return
	}
	p := h.page(r, title, "")
	if p.User.Name == "" {
		_ = h.render(w, r, status, view.BareFailure(p, f))
		return
	}
	_ = h.render(w, r, status, view.Failure(p, f))
}

func (h *Handler) failure(r *http.Request, err error) (status int, title string, f ui.Failure) {
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		f = ui.Failure{What: sentence(p.What), Todo: p.Hint}
		switch p.Kind {
		case purser.ProblemNotFound:
			if f.Todo == "" {
				f.Why, f.Todo = "It was deleted, the address is not complete, or it never was.", "Look for it by the search at the top, or in its list."
			}
			return http.StatusNotFound, "Not found", f
		case purser.ProblemForbidden, purser.ProblemProve:
			return http.StatusForbidden, "Not permitted", f
		case purser.ProblemConflict:
			if f.Todo == "" {
				f.Todo = "Load the page again, look at what has changed, and do it again if it is still what you want."
			}
			return http.StatusConflict, "Changed meanwhile", f
		case purser.ProblemSignIn:
			return http.StatusUnauthorized, "Sign in", f
		case purser.ProblemTooMany:
			return http.StatusTooManyRequests, "Too many tries", f
		case purser.ProblemTooLarge:
			return http.StatusRequestEntityTooLarge, "Too large", f
		case purser.ProblemPaused:
			return http.StatusServiceUnavailable, "Purser is paused", f
		}
		return http.StatusUnprocessableEntity, "Not accepted", f
	}
	if e, ok := errors.AsType[*purser.Error](err); ok && e.Class != purser.ClassInternal {
		return http.StatusBadGateway, "The vendor refused", ui.Failure{What: sentence(e.What), Why: e.Code, Todo: e.Hint, Docs: view.HelpFor(e.Class)}
	}
	if h.Failed != nil {
		if p, ok := errors.AsType[*purser.Problem](h.Failed(r.Context(), err)); ok {
			return h.failure(r, p)
		}
	} else {
		h.Log.ErrorContext(r.Context(), "page failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	return http.StatusInternalServerError, "Something went wrong", ui.Failure{What: "Purser could not do this because of an error of its own",
		Todo: "Try again. If it stays, give the request's number to whoever runs this Purser: its log says more."}
}

// sentence writes the first letter large: problems are written to stand inside others.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if c := s[0]; c >= 'a' && c <= 'z' {
		return string(c-'a'+'A') + s[1:]
	}
	return s
}
