package login

import (
	"sync"
	"time"
)

// Failed sign-ins that are allowed in a window, per key.
const (
	limitWindow  = 15 * time.Minute
	limitBoth    = 5   // one account from one address
	limitAccount = 50  // one account from anywhere: high, as strangers must not lock a person out
	limitOrigin  = 30  // one address for any accounts
	limitKeys    = 1e5 // kept at most
)

// limiter counts failed sign-ins in fixed windows.
type limiter struct {
	now func() time.Time

	mu      sync.Mutex
	windows map[string]window
}

type window struct {
	since  time.Time
	failed int
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, windows: map[string]window{}}
}

func keysOf(email, origin string) map[string]int {
	return map[string]int{"both\x00" + email + "\x00" + origin: limitBoth, "account\x00" + email: limitAccount, "origin\x00" + origin: limitOrigin}
}

// begin counts an attempt as failed until succeed says otherwise, so that many
// at once cannot slip through. It returns how long to wait if there were too many.
func (l *limiter) begin(email, origin string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	keys := keysOf(email, origin)
	for key, limit := range keys {
		w := l.windows[key]
		if left := w.since.Add(limitWindow).Sub(now); left > 0 && w.failed >= limit {
			wait = max(wait, left)
		}
	}
	if wait > 0 {
		return wait
	}
	l.forget(now)
	for key := range keys {
		w := l.windows[key]
		if now.Sub(w.since) >= limitWindow {
			w = window{since: now}
		}
		w.failed++
		l.windows[key] = w
	}
	return 0
}

// succeed takes the attempt back and clears the account's failures from there.
func (l *limiter) succeed(email, origin string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, limit := range keysOf(email, origin) {
		w := l.windows[key]
		if w.failed--; w.failed <= 0 || limit == limitBoth {
			delete(l.windows, key)
			continue
		}
		l.windows[key] = w
	}
}

// forget drops windows that are over once there are many.
func (l *limiter) forget(now time.Time) {
	if len(l.windows) < limitKeys {
		return
	}
	for key, w := range l.windows {
		if now.Sub(w.since) >= limitWindow {
			delete(l.windows, key)
		}
	}
	if len(l.windows) >= limitKeys { // all of them young: somebody floods us
		clear(l.windows)
	}
}
