package httpd

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"purser"
)

// Status returns the status of the answer that tells of err.
func Status(err error) int {
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		switch p.Kind {
		case purser.ProblemInvalid:
			return http.StatusUnprocessableEntity
		case purser.ProblemNotFound:
			return http.StatusNotFound
		case purser.ProblemForbidden, purser.ProblemProve:
			return http.StatusForbidden
		case purser.ProblemConflict:
			return http.StatusConflict
		case purser.ProblemSignIn:
			return http.StatusUnauthorized
		case purser.ProblemTooMany:
			return http.StatusTooManyRequests
		case purser.ProblemTooLarge:
			return http.StatusRequestEntityTooLarge
		case purser.ProblemPaused:
			return http.StatusServiceUnavailable
		}
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge
	}
	if e, ok := errors.AsType[*purser.Error](err); ok && e.Class != purser.ClassInternal {
		return http.StatusBadGateway // the vendor failed us, not Purser the one who asks
	}
	return http.StatusInternalServerError
}

// Told is an error as it is told to a program (RFC 9457).
type Told struct {
	Type     string       `json:"type"`
	Title    string       `json:"title"`
	Status   int          `json:"status"`
	Detail   string       `json:"detail,omitempty"`
	Instance string       `json:"instance,omitempty"` // the request's id
	Field    string       `json:"field,omitempty"`
	Hint     string       `json:"hint,omitempty"`
	Class    purser.Class `json:"class,omitempty"`
	Code     string       `json:"code,omitempty"`
}

// Tell puts err into words. What is neither refused input nor a vendor's failure
// is our own bug: its text stays in the server's log.
func Tell(r *http.Request, err error) Told {
	status := Status(err)
	told := Told{Type: "about:blank", Title: http.StatusText(status), Status: status, Instance: RequestID(r.Context())}
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		told.Detail, told.Hint, told.Field = p.What, p.Hint, p.Field
		return told
	}
	if e, ok := errors.AsType[*purser.Error](err); ok {
		told.Detail, told.Hint, told.Field, told.Class, told.Code = e.What, e.Hint, e.Field, e.Class, e.Code
		return told
	}
	told.Detail, told.Hint = "Purser failed", "Look for the request id in the server's log"
	return told
}

// fail answers with err: as problem+json below /api, elsewhere as a page; who
// must sign in is led to do so.
func (s Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := Status(err)
	if status == http.StatusInternalServerError && s.Healthy != nil {
		// Where the database is away or full, that is what there is to say.
		if trouble, ok := errors.AsType[*purser.Problem](s.Healthy(r.Context())); ok {
			err, status = errors.Join(trouble, err), Status(trouble)
		}
	}
	if status == http.StatusInternalServerError {
		s.log.ErrorContext(r.Context(), "a request failed", "request", RequestID(r.Context()), "path", r.URL.Path, "error", err)
	}
	if forPrograms(r) {
		told := Tell(r, err)
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="purser"`)
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(told) // whoever asked is gone if this fails
		return
	}
	if status == http.StatusUnauthorized {
		to := "/sign-in"
		if r.Method == http.MethodGet && r.URL.Path != "/" {
			to += "?next=" + url.QueryEscape(r.URL.RequestURI())
		}
		if r.Header.Get("HX-Request") == "true" {
			w.Header().Set("HX-Redirect", to)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	if s.ErrorPage != nil {
		s.ErrorPage(w, r, status, err)
		return
	}
	told := Tell(r, err)
	http.Error(w, strings.TrimSpace(told.Title+": "+told.Detail+". "+told.Hint), status)
}

func forPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/metrics") || probe(r)
}
