package run

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// tally sums up the requests of a log until they are written. It is empty at
// first; whoever shares it locks it.
type tally struct{ by map[[3]string]purser.Call }

// add counts a line, if something was sent.
func (t *tally) add(l purser.LogLine) {
	c, ok := purser.CallOf(l)
	if !ok {
		return
	}
	key := [3]string{c.Host, c.Path, c.Method}
	if have, ok := t.by[key]; ok {
		c = have.Add(c)
	}
	if t.by == nil {
		t.by = map[[3]string]purser.Call{}
	}
	t.by[key] = c
}

// take returns what was counted since it was last asked, always in the same order.
func (t *tally) take() []purser.Call {
	out := make([]purser.Call, 0, len(t.by))
	for _, c := range t.by {
		out = append(out, c)
	}
	t.by = nil
	slices.SortFunc(out, func(a, b purser.Call) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return out
}

// counted calls fn with a recorder and then adds what it was told to the calls of an instance.
func (r *Runner) counted(ctx context.Context, instanceNo int64, fn func(record func(purser.LogLine))) error {
	var mu sync.Mutex
	var t tally
	fn(func(l purser.LogLine) {
		mu.Lock()
		defer mu.Unlock()
		if l.At.IsZero() {
			l.At = r.Now()
		}
		t.add(l)
	})
	mu.Lock()
	calls := t.take()
	mu.Unlock()
	if len(calls) == 0 {
		return nil
	}
	return r.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error { return store.CountCalls(ctx, tx, instanceNo, calls) })
}
