package run

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Limits of a run's log.
const (
	logBatch    = 100
	logEvery    = 2 * time.Second
	logMost     = 20_000 // lines; after that only what went wrong
	logMostEver = 40_000
)

// recorder writes a run's log in batches, counts requests and gives signs of life.
type recorder struct {
	db     *store.DB
	now    func() time.Time
	log    *slog.Logger
	runNo  int64
	of     int64                   // number of the instance
	cancel context.CancelCauseFunc // when the run is to end

	mu       sync.Mutex
	seq      int64
	skipped  int64
	requests int64
	lines    []purser.LogLine
	calls    tally
	flushed  time.Time
	wait     purser.LogLine // the last one, until a request came back after it
}

// record takes a line. It may be called from several goroutines.
func (c *recorder) record(l purser.LogLine) {
	c.mu.Lock()
	if l.At.IsZero() {
		l.At = c.now()
	}
	if l.Kind == "request" {
		c.requests++
		c.wait = purser.LogLine{}
	}
	if l.Kind == "wait" {
		c.wait = l
	}
	c.calls.add(l)
	bad := l.Class != "" || l.Kind == "error" || l.Kind == "note"
	if c.seq >= logMost && !bad || c.seq >= logMostEver {
		c.skipped++
	} else {
		c.seq++
		l.Seq = c.seq
		c.lines = append(c.lines, l)
	}
	full := len(c.lines) >= logBatch || c.now().Sub(c.flushed) >= logEvery
	c.mu.Unlock()
	if full {
		c.flush(context.Background())
	}
}

// flush writes what was gathered. A log that cannot be written stops nothing:
// the next commit of rows will say that the database is away.
func (c *recorder) flush(ctx context.Context) {
	c.mu.Lock()
	lines, requests, calls := c.lines, c.requests, c.calls.take()
	c.lines, c.requests, c.flushed = nil, 0, c.now()
	c.mu.Unlock()
	cancel := false
	err := c.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.AppendLog(ctx, tx, c.runNo, lines); err != nil {
			return err
		}
		if err := store.CountCalls(ctx, tx, c.of, calls); err != nil {
			return err
		}
		var err error
		cancel, err = store.TouchRun(ctx, tx, c.runNo, requests, purser.MicrosOf(c.now()))
		return err
	})
	if err != nil {
		c.log.WarnContext(ctx, "lines of a run's log are lost", "lines", len(lines), "error", err)
	}
	if cancel {
		c.cancel(errCanceled)
	}
}

// pulse writes what was gathered, and returns for what the run waits, "" if it does not.
func (c *recorder) pulse(ctx context.Context) string {
	c.mu.Lock()
	some, wait := c.requests > 0 || len(c.lines) > 0, c.wait
	c.mu.Unlock()
	if some {
		c.flush(ctx)
	}
	left := wait.At.Add(wait.Duration).Sub(c.now()).Round(time.Second)
	if left <= 0 {
		return ""
	}
	return fmt.Sprintf("%s, for %s more", wait.Message, left)
}

// beatEvery is how often a run gives a sign of life while it waits for one answer.
const beatEvery = staleAfter / 3

// beat gives signs of life until the returned function is called: one slow answer
// or one long wait must not look like the death of this process.
func (c *recorder) beat(ctx context.Context) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	go func() {
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				c.flush(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
	return stop
}

// close writes the rest.
func (c *recorder) close(ctx context.Context) {
	c.mu.Lock()
	if c.skipped > 0 {
		c.seq++
		c.lines = append(c.lines, purser.LogLine{Seq: c.seq, At: c.now(), Kind: "note",
			Message: fmt.Sprintf("%d more lines were not written: the log has reached its limit", c.skipped)})
	}
	c.mu.Unlock()
	c.flush(ctx)
}
