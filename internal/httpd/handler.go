package httpd

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"purser"
)

// Limits of one request.
const (
	defaultBody  = 1 << 20
	writeTimeout = time.Minute
)

// Handler returns what answers, without a listener.
func (s *Server) Handler(site Site, table map[purser.Operation][]purser.Role) (http.Handler, error) {
	if err := site.validate(table); err != nil {
		return nil, err
	}
	site.log = s.options.Log
	site.Routes = append(site.health(), site.Routes...)
	mux := http.NewServeMux()
	for _, route := range site.Routes {
		mux.Handle(route.Method+" "+route.Pattern, s.answer(site, route))
	}
	nothing := Route{Pattern: "/", Public: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site.fail(w, r, &purser.Problem{Kind: purser.ProblemNotFound, What: "there is no such page"})
	})}
	mux.Handle("/", s.answer(site, nothing))
	return s.around(site, mux), nil
}

// around is what holds for every request, also for those that no route answers.
func (s *Server) around(site Site, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{id: s.requestID(), public: s.public.String(), secure: s.public.Scheme == "https"}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		setHeaders(w.Header(), c)
		w = &answer{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				s.panicked(site, w, r, p)
			}
		}()
		origin, err := s.originOf(r)
		if err != nil {
			site.fail(w, r, err)
			return
		}
		c.origin = origin
		next.ServeHTTP(w, r)
	})
}

// answer wraps a route's handler.
func (s *Server) answer(site Site, route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := s.options.Now()
		if site.Meter != nil {
			method := route.Method
			if method == "" { // what no route answers: a stranger's word must not become a label
				method = "any"
			}
			defer func() { site.Meter.Request(route.Pattern, method, statusOf(w), s.options.Now().Sub(begun)) }()
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		control := http.NewResponseController(w)
		if route.Stream {
			defer context.AfterFunc(s.stopping, cancel)()
			_ = control.SetReadDeadline(time.Time{}) // not every connection has deadlines
		} else {
			_ = control.SetWriteDeadline(time.Now().Add(writeTimeout))
		}
		limit := route.MaxBody
		if limit == 0 {
			limit = defaultBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		ctx, err := s.identify(ctx, site, w, r)
		r = r.WithContext(ctx)
		if err == nil {
			err = s.notForged(r)
		}
		if err == nil && !route.Public {
			err = site.Login.Allow(ctx, route.Operation)
		}
		if err == nil && !route.Public {
			err = site.Login.Proven(ctx, route.Operation, changes(r), route.Proof)
		}
		if err != nil {
			site.fail(w, r, err)
			return
		}
		route.Handler.ServeHTTP(w, r)
	})
}

// changes reports whether a request may change anything.
func changes(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

func (s *Server) requestID() string {
	var raw [8]byte
	if _, err := io.ReadFull(s.options.Rand, raw[:]); err != nil {
		return "unknown"
	}
	return "req_" + hex.EncodeToString(raw[:])
}

func (s *Server) panicked(site Site, w http.ResponseWriter, r *http.Request, p any) {
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p) // the handler wants the connection cut
	}
	s.options.Log.ErrorContext(r.Context(), "a request failed by a bug", "request", RequestID(r.Context()), "path", r.URL.Path,
		"panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if statusOf(w) != 0 {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	site.fail(w, r, &purser.Error{Class: purser.ClassInternal, What: "Purser failed by a bug of its own",
		Hint: "Report it with the request id " + RequestID(r.Context())})
}

// answer is the writer that knows which status was sent.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write sends 200 first if nothing was said.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController what it needs.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Flush sends what was written, for handlers that ask for an http.Flusher.
func (a *answer) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() }

func statusOf(w http.ResponseWriter) int {
	if a, ok := w.(*answer); ok {
		return a.status
	}
	return 0
}

func setHeaders(h http.Header, c *call) {
	h.Set("X-Request-Id", c.id)
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "+
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store") // assets say otherwise
	if c.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
