package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"purser"
	"purser/internal/httpd"
)

// How long and how many answers are kept for repeated requests.
const (
	replayLife  = 24 * time.Hour
	replayKept  = 10_000
	longestKey  = 200
	replayField = "Idempotency-Key"
)

// replays answers a create that is sent again with the same Idempotency-Key as it
// was answered the first time, so that a lost answer makes nothing twice.
type replays struct {
	now func() time.Time

	mu   sync.Mutex
	kept map[string]*replay
}

type replay struct {
	at     time.Time
	body   string // digest of the request's
	done   bool
	status int
	kind   string
	answer []byte
}

func newReplays(now func() time.Time) *replays { return &replays{now: now, kept: map[string]*replay{}} }

func (p *replays) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get(replayField)
		if key == "" {
			next.ServeHTTP(w, r)
			return
		}
		raw, err := io.ReadAll(r.Body)
		if err == nil && len(key) > longestKey {
			err = purser.Invalid(replayField, "the key may have at most %d bytes", longestKey)
		}
		if err != nil {
			refuse(w, r, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		actor, _ := purser.ActorFrom(r.Context())
		name := actor.ID + "\x00" + r.Method + "\x00" + r.URL.Path + "\x00" + key
		sum := sha256.Sum256(raw)
		entry, mine := p.begin(name, hex.EncodeToString(sum[:]))
		switch {
		case mine:
			p.first(name, entry, next, w, r)
		case entry.body != hex.EncodeToString(sum[:]):
			refuse(w, r, purser.Invalid(replayField, "this key was used for another request"))
		case !entry.done:
			refuse(w, r, &purser.Problem{Kind: purser.ProblemConflict, Field: replayField, What: "the first request with this key is still being answered", Hint: "Try again in a moment"})
		default:
			w.Header().Set("Content-Type", entry.kind)
			w.Header().Set("Idempotent-Replayed", "true")
			w.WriteHeader(entry.status)
			_, _ = w.Write(entry.answer)
		}
	})
}

func (p *replays) begin(name, body string) (replay, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if e, ok := p.kept[name]; ok && now.Sub(e.at) < replayLife {
		return *e, false
	}
	if len(p.kept) >= replayKept {
		for n, e := range p.kept {
			if now.Sub(e.at) >= replayLife || e.done {
				delete(p.kept, n)
			}
			if len(p.kept) < replayKept/2 {
				break
			}
		}
	}
	e := &replay{at: now, body: body}
	p.kept[name] = e
	return *e, true
}

// first answers and keeps the answer. A failure of ours is not kept: it may be tried again.
func (p *replays) first(name string, e replay, next http.Handler, w http.ResponseWriter, r *http.Request) {
	copied := &copier{ResponseWriter: w, status: http.StatusOK}
	keep := false
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !keep {
			delete(p.kept, name)
			return
		}
		e.done, e.status, e.kind, e.answer = true, copied.status, w.Header().Get("Content-Type"), copied.body.Bytes()
		p.kept[name] = &e
	}()
	next.ServeHTTP(copied, r)
	keep = copied.status < http.StatusInternalServerError && copied.status != http.StatusTooManyRequests
}

// copier keeps what is sent.
type copier struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader notes the status.
func (c *copier) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Write keeps a copy.
func (c *copier) Write(b []byte) (int, error) {
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}

// refuse answers with err as huma would.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	told := httpd.Tell(r, err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(told.Status)
	_ = json.NewEncoder(w).Encode(told)
}
