package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"purser"
	"purser/internal/httpd"
)

// Limits of repeated requests.
const (
	longestKey  = 200
	replayField = "Idempotency-Key"
	// answerTime is how long the first request may take: one that is older and has
	// no answer was cut off, and nobody knows whether it was done.
	answerTime = 2 * time.Minute
)

// Replay is what is known of a request that is sent again.
type Replay struct {
	Body   string    // digest of the request's body
	At     time.Time // of the first one
	Done   bool      // what follows is its answer
	Status int
	Kind   string // media type
	Answer []byte
}

// Replays keeps answers to creating requests for a day, so that one whose answer
// was lost makes nothing twice when it is sent again. Answers with secrets must
// not be kept there: an operation that gives one takes no Idempotency-Key.
type Replays interface {
	// Begin notes a request by name; mine is false if it was noted before, and r
	// says what is known of it.
	Begin(ctx context.Context, name, body string) (r Replay, mine bool, err error)
	// End keeps the answer, Drop forgets the request.
	End(ctx context.Context, name string, r Replay) error
	Drop(ctx context.Context, name string) error
}

func (a *API) replayed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get(replayField)
		if key == "" || a.replays == nil {
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
		name := digest([]byte(actor.ID + "\x00" + r.Method + "\x00" + r.URL.Path + "\x00" + key))
		known, mine, err := a.replays.Begin(r.Context(), name, digest(raw))
		switch {
		case err != nil:
			refuse(w, r, a.failed(r.Context(), err))
		case mine:
			a.first(name, next, w, r)
		case known.Body != digest(raw):
			refuse(w, r, purser.Invalid(replayField, "this key was used for another request"))
		case !known.Done && a.now().Sub(known.At) > answerTime:
			refuse(w, r, &purser.Problem{Kind: purser.ProblemConflict, Field: replayField, What: "the first request with this key was cut off before its answer",
				Hint: "Look whether it was done; if not, send it with a new key"})
		case !known.Done:
			refuse(w, r, &purser.Problem{Kind: purser.ProblemConflict, Field: replayField, What: "the first request with this key is still being answered", Hint: "Try again in a moment"})
		default:
			w.Header().Set("Content-Type", known.Kind)
			w.Header().Set("Idempotent-Replayed", "true")
			w.WriteHeader(known.Status)
			_, _ = w.Write(known.Answer)
		}
	})
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// first answers and keeps the answer before it is sent. A failure of ours is not
// kept: it may be tried again.
func (a *API) first(name string, next http.Handler, w http.ResponseWriter, r *http.Request) {
	held := &holder{header: w.Header(), status: http.StatusOK}
	ctx := context.WithoutCancel(r.Context()) // what was done is noted, whether or not somebody still listens
	answered := false
	defer func() {
		if !answered { // a panic: it may be tried again
			_ = a.replays.Drop(ctx, name)
		}
	}()
	next.ServeHTTP(held, r)
	answered = true
	var err error
	if held.status < http.StatusInternalServerError && held.status != http.StatusTooManyRequests {
		err = a.replays.End(ctx, name, Replay{Status: held.status, Kind: w.Header().Get("Content-Type"), Answer: held.body.Bytes()})
	} else {
		err = a.replays.Drop(ctx, name)
	}
	if err != nil { // the answer stands all the same; sent again, the request is said to have been cut off
		_ = a.failed(ctx, errors.Join(errors.New("the answer cannot be kept for a repeated request"), err))
	}
	w.WriteHeader(held.status)
	_, _ = w.Write(held.body.Bytes())
}

// holder holds an answer back.
type holder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the answer's.
func (h *holder) Header() http.Header { return h.header }

// WriteHeader notes the status.
func (h *holder) WriteHeader(status int) { h.status = status }

// Write keeps the body.
func (h *holder) Write(b []byte) (int, error) { return h.body.Write(b) }

// refuse answers with err as huma would.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	told := httpd.Tell(r, err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(told.Status)
	_ = json.NewEncoder(w).Encode(told)
}
