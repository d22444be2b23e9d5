package vendorhttp

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/refusal"
)

// budget is what a vendor allows in one scope: requests in a length of time,
// requests at once, and what its own headers said last.
type budget struct {
	mu     sync.Mutex
	window []int64 // nanoseconds of the last requests; nil without a rate
	next   int
	per    time.Duration
	pause  time.Time     // nothing before
	slots  chan struct{} // nil without a bound
}

// maxWindow bounds the memory of a window; a larger rate is kept in shorter lengths of time.
const maxWindow = 10_000

// newBudget follows the stated rate exactly: of the last n requests the first
// must be as old as the vendor's length of time. A token bucket of the same rate
// would either allow twice as many at the beginning or take twice as long.
func newBudget(l manifest.Limit) *budget {
	b := &budget{}
	if l.Concurrent > 0 {
		b.slots = make(chan struct{}, l.Concurrent)
	}
	n, per, err := manifest.ParseRate(l.Rate)
	if l.Rate == "" || err != nil || n <= 0 {
		return b
	}
	if s := share(l.UseAtMost); s < 1 {
		n = max(1, int(float64(n)*s))
	}
	if n > maxWindow {
		per = time.Duration(float64(per) * maxWindow / float64(n))
		n = maxWindow
	}
	b.window, b.per = make([]int64, n), per
	return b
}

// share reads 50%; anything else is the whole.
func share(text string) float64 {
	number, ok := strings.CutSuffix(strings.TrimSpace(text), "%")
	if n, err := strconv.ParseFloat(number, 64); ok && err == nil && n > 0 && n <= 100 {
		return n / 100
	}
	return 1
}

// reserve takes the next place and returns when it may be used. If that is later
// than the latest, nothing is taken.
func (b *budget) reserve(now, latest time.Time) (at time.Time, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at = now
	if b.pause.After(at) {
		at = b.pause
	}
	if b.window != nil {
		if free := time.Unix(0, b.window[b.next]).Add(b.per); b.window[b.next] != 0 && free.After(at) {
			at = free
		}
	}
	if at.After(latest) {
		return at, false
	}
	if b.window != nil {
		b.window[b.next] = at.UnixNano()
		b.next = (b.next + 1) % len(b.window)
	}
	return at, true
}

// hold lets nothing out before t.
func (b *budget) hold(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.After(b.pause) {
		b.pause = t
	}
}

// bound is a budget with the rule that it follows.
type bound struct {
	rule manifest.Limit
	*budget
}

// budgetsOf returns the budgets that a request draws on; the first is the instance's own.
func (c *Caller) budgetsOf(r *Request, u *url.URL) []bound {
	rules := make([]manifest.Limit, 0, 1+len(c.of.HTTP.Limits)+len(r.Limits))
	rules = append(rules, manifest.Limit{Concurrent: c.client.Caps.Concurrent})
	rules = append(append(rules, c.of.HTTP.Limits...), r.Limits...)
	out := make([]bound, 0, len(rules))
	c.client.mu.Lock()
	defer c.client.mu.Unlock()
	for i, rule := range rules {
		if rule.Host != "" && !strings.EqualFold(rule.Host, u.Hostname()) {
			continue
		}
		key := c.key(i, rule, r, u)
		b := c.client.budgets[key]
		if b == nil {
			b = newBudget(rule)
			c.client.budgets[key] = b
		}
		out = append(out, bound{rule, b})
	}
	return out
}

func (c *Caller) key(i int, rule manifest.Limit, r *Request, u *url.URL) string {
	var key strings.Builder
	key.WriteString(c.of.ID)
	key.WriteByte('/')
	key.WriteString(strconv.Itoa(i))
	if i > len(c.of.HTTP.Limits) {
		key.WriteString("/" + r.Stream)
	}
	for _, scope := range rule.Scope {
		switch scope {
		case "route":
			key.WriteString("/" + r.Method + " " + r.Route)
		case "host":
			key.WriteString("/" + u.Host)
		case "token":
			key.WriteString("/" + r.Token)
		}
	}
	return key.String()
}

// enter waits until every budget lets the request out, and takes its slots.
// waited is how long this request has waited in all.
func (c *Caller) enter(ctx context.Context, budgets []bound, e *Event, waited *time.Duration) (leave func(), err error) {
	for i, b := range budgets {
		if b.slots == nil {
			continue
		}
		select {
		case b.slots <- struct{}{}:
		case <-ctx.Done():
			freeSlots(budgets[:i])
			return nil, canceled(ctx)
		}
	}
	leave = func() { freeSlots(budgets) }
	for _, b := range budgets {
		now := c.client.Now()
		at, ok := b.reserve(now, now.Add(c.client.Caps.Wait-*waited))
		if !ok {
			leave()
			return nil, c.mustWait(at)
		}
		if err := c.wait(ctx, at.Sub(now), "budget", e, waited); err != nil {
			leave()
			return nil, err
		}
	}
	return leave, nil
}

func freeSlots(budgets []bound) {
	for _, b := range budgets {
		if b.slots != nil {
			<-b.slots
		}
	}
}

// wait sleeps and records it.
func (c *Caller) wait(ctx context.Context, d time.Duration, reason string, e *Event, waited *time.Duration) error {
	if d <= 0 {
		return nil
	}
	told := *e
	told.At, told.Wait, told.Reason = c.client.Now(), d, reason
	told.Status, told.Duration, told.Bytes, told.Class, told.Message = 0, 0, 0, "", ""
	c.record(told)
	*waited += d
	if err := c.client.Sleep(ctx, d); err != nil {
		return canceled(ctx)
	}
	return nil
}

func (c *Caller) mustWait(until time.Time) *purser.Error {
	return &purser.Error{Class: purser.ClassRateLimited, Code: "budget", What: "the vendor's budget is used up",
		Hint: refusal.Hint(purser.ClassRateLimited, ""), Until: until}
}

// heed reads what the answer says about the budgets.
func (c *Caller) heed(budgets []bound, h http.Header, now time.Time) {
	for _, b := range budgets {
		if u := b.rule.Usage; u != nil {
			if used, ok := u.Share(h.Get(u.Header)); ok && used >= share(b.rule.UseAtMost) {
				reset := refusal.ResetAt(h, b.rule.Reset, now)
				if !reset.After(now) {
					reset = now.Add(cmp.Or(u.Pause.Std(), 15*time.Minute))
				}
				b.hold(reset)
			}
		}
		if b.rule.Remaining == "" {
			continue
		}
		left, err := strconv.ParseFloat(h.Get(b.rule.Remaining), 64)
		if err != nil {
			continue
		}
		floor := 0.0
		if size, err := strconv.ParseFloat(h.Get(b.rule.Limit), 64); err == nil && b.rule.Limit != "" {
			floor = size * (1 - share(b.rule.UseAtMost))
		}
		if left > floor {
			continue
		}
		if reset := refusal.ResetAt(h, b.rule.Reset, now); reset.After(now) {
			b.hold(reset)
		}
	}
}

// resetOf returns when the budgets are filled again, as far as the answer says.
func resetOf(budgets []bound, h http.Header, now time.Time) time.Time {
	var latest time.Time
	for _, b := range budgets {
		if at := refusal.ResetAt(h, b.rule.Reset, now); at.After(latest) {
			latest = at
		}
	}
	return latest
}
