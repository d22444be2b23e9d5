package sandbox

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// play answers a request with a fault alone and returns the status of it, 0 for none.
func (s *Sandbox) play(f *Fault, x *exchange) int {
	switch f.Kind {
	case Dropped:
		drop(x.w)
		return 0
	case EmptyBody:
		x.w.Header().Set("Content-Type", "application/json")
		x.w.WriteHeader(http.StatusOK)
	case HTMLBody:
		x.w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(x.w, "<!doctype html><title>Maintenance</title><p>We will be back soon.</p>")
	case HugeBody:
		huge(x.w)
	case GzipBomb:
		bomb(x.w)
	case RateLimited:
		return s.tooMany(f, x)
	case NoScopes:
		return s.inWords(x, http.StatusForbidden)
	default:
		return s.inWords(x, f.Status)
	}
	return http.StatusOK
}

// inWords answers with a status as the vendor words it.
func (s *Sandbox) inWords(x *exchange, status int) int {
	w := x.w
	a := &answer{header: http.Header{}}
	s.mu.Lock()
	x.w, x.now = a, s.now()
	x.v.refuse(x, status, "on cue")
	s.mu.Unlock()
	a.send(w)
	return a.status
}

func (s *Sandbox) tooMany(f *Fault, x *exchange) int {
	w := x.w
	wait := f.After
	if wait == 0 {
		wait = time.Second
	}
	a := &answer{header: http.Header{}}
	s.mu.Lock()
	x.w, x.now = a, s.now()
	x.v.limited(x, x.now.Add(wait))
	now := x.now
	s.mu.Unlock()
	if f.Retry != RetryVendor {
		a.status = http.StatusTooManyRequests
		for _, h := range []string{"Retry-After", "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"} {
			a.header.Del(h)
		}
	}
	switch f.Retry {
	case RetrySeconds:
		a.header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	case RetryDate:
		a.header.Set("Retry-After", now.Add(wait).UTC().Format(http.TimeFormat))
	case RetryISO:
		a.header.Set("Retry-After", now.Add(wait).UTC().Format("2006-01-02T15:04:05Z"))
	}
	a.send(w)
	return a.status
}

// spoil sends a made answer badly.
func (s *Sandbox) spoil(f *Fault, a *answer, w http.ResponseWriter, r *http.Request) {
	full := a.body.Bytes()
	half := full[:len(full)/2]
	for k, v := range a.header {
		w.Header()[k] = v
	}
	switch f.Kind {
	case CutJSON:
		w.Header().Set("Content-Length", strconv.Itoa(len(half)))
		w.WriteHeader(max(a.status, http.StatusOK))
		_, _ = w.Write(half)
	case CutBody:
		w.Header().Set("Content-Length", strconv.Itoa(len(full)))
		w.WriteHeader(max(a.status, http.StatusOK))
		_, _ = w.Write(half)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case SlowBody:
		w.Header().Set("Content-Length", strconv.Itoa(len(full)))
		w.WriteHeader(max(a.status, http.StatusOK))
		_, _ = w.Write(half)
		_ = http.NewResponseController(w).Flush()
		var pause <-chan time.Time
		if f.Pause > 0 {
			t := time.NewTimer(f.Pause)
			defer t.Stop()
			pause = t.C
		}
		select {
		case <-pause:
			_, _ = w.Write(full[len(half):])
		case <-r.Context().Done():
		case <-s.done:
			panic(http.ErrAbortHandler)
		}
	}
}

// drop resets the connection.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func huge(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	chunk := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	_, _ = io.WriteString(w, `{"filler":"`)
	for range 50 << 20 / len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `"}`)
}

// bomb sends 1 GB of blanks as one hundred gzip members of 10 MB each.
func bomb(w http.ResponseWriter) {
	var member bytes.Buffer
	z := gzip.NewWriter(&member)
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	for range 10 {
		_, _ = z.Write(blanks)
	}
	_ = z.Close()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	for range 100 {
		if _, err := w.Write(member.Bytes()); err != nil {
			return
		}
	}
}
