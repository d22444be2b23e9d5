package connect

import (
	"sync"
	"time"
)

// Links that could not be used, from one address, in a window.
const (
	triesWindow = 15 * time.Minute
	triesLimit  = 20
	triesKept   = 10000 // addresses that are remembered at most
)

// tries counts them. Its zero value is ready.
type tries struct {
	mu   sync.Mutex
	from map[string]triesFrom
}

type triesFrom struct {
	since time.Time
	n     int
}

// wait returns how long an address has to wait, 0 if it need not.
func (t *tries) wait(origin string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.from[origin]
	if f.n < triesLimit {
		return 0
	}
	return max(0, f.since.Add(triesWindow).Sub(now))
}

// failed counts one.
func (t *tries) failed(origin string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.from == nil || len(t.from) >= triesKept {
		t.from = map[string]triesFrom{}
	}
	f := t.from[origin]
	if now.Sub(f.since) >= triesWindow {
		f = triesFrom{since: now}
	}
	f.n++
	t.from[origin] = f
}
