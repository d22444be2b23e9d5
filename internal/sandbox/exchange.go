package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// obj is one JSON object of an answer.
type obj = map[string]any

// exchange is one request and its answer, with what the fault script wants of it.
type exchange struct {
	s     *Sandbox
	v     vendor
	w     http.ResponseWriter
	r     *http.Request
	host  string
	q     url.Values
	body  []byte
	fault FaultKind // one that the paging code plays; empty otherwise
	now   time.Time
}

type exchangeKey struct{}

// routes are the paths of one host, in ServeMux's patterns.
type routes map[string]func(*exchange)

func (rs routes) mux(v vendor) *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, handle := range rs {
		mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
			x := r.Context().Value(exchangeKey{}).(*exchange)
			x.r = r
			handle(x)
		})
	}
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
		x := r.Context().Value(exchangeKey{}).(*exchange)
		v.refuse(x, http.StatusNotFound, "no such route")
	})
	return mux
}

// answer keeps what a handler writes, so that a fault can spoil it afterwards.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }
func (a *answer) WriteHeader(code int) {
	if a.status == 0 {
		a.status = code
	}
}
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *answer) send(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	w.WriteHeader(max(a.status, http.StatusOK))
	_, _ = w.Write(a.body.Bytes())
}

// handler serves one vendor host: journal, host name, faults, then the vendor.
func (s *Sandbox) handler(v vendor, host string) http.Handler {
	mux := v.mux(host)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 8<<20))
		entry := s.journal.note(v.name(), r, body)
		x := &exchange{s: s, v: v, w: w, r: r, host: host, q: r.URL.Query(), body: body}
		if !ownName(r.Host, host) {
			entry.done(http.StatusMisdirectedRequest)
			http.Error(w, "this listener answers for "+host+" only", http.StatusMisdirectedRequest)
			return
		}
		if !s.think(r.Context()) {
			return
		}
		fault := s.faults.match(v.name(), r.Method, r.URL.Path)
		if fault != nil && fault.Kind.inPaging() {
			x.fault, fault = fault.Kind, nil
		}
		if fault != nil && !fault.Kind.afterwards() {
			entry.done(s.play(fault, x))
			return
		}
		a := &answer{header: http.Header{}}
		if o, ok := v.(*okta); ok && o.scale != nil {
			if fault != nil {
				x.w = a
			}
			if o.scale.serve(x) {
				entry.done(http.StatusOK)
				if fault != nil {
					s.spoil(fault, a, w, r)
				}
				return
			}
		}
		s.mu.Lock()
		x.w, x.now = a, s.now()
		mux.ServeHTTP(a, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)))
		s.mu.Unlock()
		entry.done(max(a.status, http.StatusOK))
		if fault != nil {
			s.spoil(fault, a, w, r)
			return
		}
		a.send(w)
	})
}

// think waits as long as a vendor takes; false where nobody waits for the answer any more.
func (s *Sandbox) think(ctx context.Context) bool {
	if s.opts.Latency <= 0 {
		return true
	}
	t := time.NewTimer(s.opts.Latency)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-s.done:
	}
	return false
}

// ownName accepts the vendor's host name, and loopback for the consent pages,
// which a browser opens under the dialed address.
func ownName(got, host string) bool {
	if got == host {
		return true
	}
	if host != slackHost && host != xeroLogin {
		return false
	}
	h, _, err := net.SplitHostPort(got)
	ip := net.ParseIP(h)
	return err == nil && ip != nil && ip.IsLoopback()
}

// json answers with a JSON body.
func (x *exchange) json(status int, body any) {
	x.typed(status, "application/json; charset=utf-8", body)
}

func (x *exchange) typed(status int, contentType string, body any) {
	raw, err := json.Marshal(body)
	if err != nil { // a value that JSON cannot hold is a bug of the sandbox
		panic(fmt.Sprintf("sandbox: %v", err))
	}
	x.w.Header().Set("Content-Type", contentType)
	x.w.WriteHeader(status)
	_, _ = x.w.Write(raw)
}

// form reads a form-encoded body.
func (x *exchange) form() url.Values {
	v, err := url.ParseQuery(string(x.body))
	if err != nil {
		return url.Values{}
	}
	return v
}

// only refuses query parameters that the vendor does not document for the route.
func (x *exchange) only(names ...string) bool {
	if x.s.opts.Lenient {
		return true
	}
	for name, values := range x.q {
		if !slices.Contains(names, name) {
			x.v.refuse(x, http.StatusBadRequest, "unknown query parameter "+name)
			return false
		}
		if len(values) > 1 {
			x.v.refuse(x, http.StatusBadRequest, "query parameter "+name+" is given twice")
			return false
		}
	}
	return true
}

// number reads a query parameter between low and high; false after refusing it.
func (x *exchange) number(name string, def, low, high int) (int, bool) {
	raw := x.q.Get(name)
	if raw == "" {
		return def, true
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < low || n > high {
		x.v.refuse(x, http.StatusBadRequest, fmt.Sprintf("%s must be a number from %d to %d", name, low, high))
		return 0, false
	}
	return n, true
}
