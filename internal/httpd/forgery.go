package httpd

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"purser"
)

// formMemory is how much of the files of a form waits in memory, the rest in files.
const formMemory = 32 << 20

// notForged refuses changes that another site makes a browser ask for. A browser
// says where a request comes from, and a session's forms carry its token; API
// tokens and the socket are not sent by a browser on its own, so they need neither.
func (s *Server) notForged(r *http.Request) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	actor, known := purser.ActorFrom(r.Context())
	if known && actor.Kind != purser.ActorUser {
		return nil
	}
	forged := &purser.Problem{Kind: purser.ProblemForbidden, What: "this form does not come from a page of this session",
		Hint: "Reload the page and try again"}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return forged
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || !s.hosts[u.Host] || (u.Scheme != s.public.Scheme && !isLoopback(u.Hostname())) {
			return forged
		}
	}
	if !known { // signing in: there is no session yet to forge
		return nil
	}
	sent := r.Header.Get("X-CSRF-Token")
	if sent == "" {
		// A form that is cut off has no token either: what is wrong with it is its size.
		for _, err := range []error{r.ParseForm(), r.ParseMultipartForm(formMemory)} {
			if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
				return &purser.Problem{Kind: purser.ProblemTooLarge, What: fmt.Sprintf("what was sent is larger than the %d KiB that are taken here", large.Limit>>10),
					Hint: "Send less at once, or a smaller file"}
			}
		}
		sent = r.PostFormValue("csrf")
	}
	if subtle.ConstantTimeCompare([]byte(sent), []byte(CSRF(r.Context()))) != 1 {
		return forged
	}
	return nil
}
