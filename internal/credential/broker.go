package credential

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"purser"
)

// Options make a Broker.
type Options struct {
	Store     Store
	Flows     FlowStore
	Sealer    *Sealer
	HTTP      http.RoundTripper // goes through egress
	UserAgent string
	Holder    string // names this process in leases
	Now       func() time.Time
	Sleep     func(context.Context, time.Duration) error
	Rand      io.Reader
	// Renewed is told how each renewal of a token ended; nil: nobody counts.
	Renewed func(err error)
}

// Broker owns the credentials. One is enough for a process; it is safe for concurrent use.
type Broker struct {
	Options
	mu    sync.Mutex
	locks map[string]*lock
}

// lock lets one at a time refresh a credential; it is forgotten when nobody waits.
type lock struct {
	turn  chan struct{}
	users int
}

// leaseTime bounds how long a process that died in a refresh keeps others from trying.
const leaseTime = time.Minute

// NewBroker returns a Broker.
func NewBroker(o Options) *Broker { return &Broker{Options: o, locks: map[string]*lock{}} }

// acquire waits for the turn to refresh the credential: in this process first,
// then among processes. That somebody else is slow says nothing about the
// credential: the error is a passing one.
func (b *Broker) acquire(ctx context.Context, id string) (release func(), err error) {
	leave, err := b.enter(ctx, id)
	if err != nil {
		return nil, err
	}
	var waited time.Duration
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		now := b.Now()
		ok, err := b.Store.LeaseCredential(ctx, id, b.Holder, now, now.Add(leaseTime))
		if err != nil {
			leave()
			return nil, fmt.Errorf("lease the credential: %w", err)
		}
		if ok {
			break
		}
		if waited += wait; waited > 2*leaseTime {
			leave()
			return nil, busy(nil)
		}
		if err := b.Sleep(ctx, wait); err != nil {
			leave()
			return nil, busy(err)
		}
	}
	return func() {
		// The run may be canceled by now; the lease is given back all the same.
		_ = b.Store.ReleaseCredential(context.WithoutCancel(ctx), id, b.Holder)
		leave()
	}, nil
}

func (b *Broker) enter(ctx context.Context, id string) (leave func(), err error) {
	b.mu.Lock()
	l := b.locks[id]
	if l == nil {
		l = &lock{turn: make(chan struct{}, 1)}
		b.locks[id] = l
	}
	l.users++
	b.mu.Unlock()
	forget := func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(b.locks, id)
		}
	}
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn; forget() }, nil
	case <-ctx.Done():
		forget()
		return nil, busy(ctx.Err())
	}
}

func busy(cause error) error {
	class := purser.ClassTransient
	if errors.Is(cause, context.Canceled) {
		class = purser.ClassCanceled
	}
	return &purser.Error{Class: class, Code: "credential_busy", What: "the credential is being refreshed elsewhere and that takes long",
		Hint: "It is tried again by itself; nothing is wrong with the credential.", Err: cause}
}
