package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
	"purser/internal/hook"
	"purser/internal/manifest"
	"purser/internal/store"
)

// Sources opens what an instance is read through.
type Sources interface {
	// Open makes a live instance ready to be read. record is told each request,
	// wait and retry; it may be called from several goroutines.
	Open(ctx context.Context, i purser.Instance, record func(purser.LogLine)) (Access, error)
}

// Access is an instance that can be read.
type Access struct {
	Source  engine.Source
	Vars    manifest.Vars                   // settings.x and tenant.x
	Granted []string                        // scopes that the vendor granted; nil: it does not say
	Probe   func(ctx context.Context) error // asks whether the credential works; nil: nobody can say
	Close   func()                          // may be nil
	// Pick says as what a stream is read by a run: nil for one that is not. nil: all as they are.
	Pick func(ctx context.Context, runNo int64, s *manifest.CompiledStream) (*manifest.CompiledStream, error)
	// AsOf is the time of the data that was read, zero if nothing was. nil: now, less the vendor's lag.
	AsOf func() time.Time
}

// Gate says whether the actor of a context may do something; package login has one.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Options are what a Runner is made of.
type Options struct {
	DB      *store.DB
	Catalog manifest.Catalog
	Sources Sources
	Gate    Gate // nil allows everything: for tests
	Now     func() time.Time
	Rand    io.Reader
	Log     *slog.Logger

	// Node names this process and those before it of which none can be alive now:
	// runs that they left are taken over at once. "": after a while without a sign of life.
	Node string

	Workers     int           // runs at the same time; 0 means 4
	PerInstance int           // of one instance; 0 means 2
	Guard       store.Guard   // zero: max(10, 20 %)
	KeepLogs    time.Duration // zero: 30 days

	// Derive writes what follows from the rows of an instance, 0 for every one, that were written
	// and not yet derived from, in transactions of its own. Interrupted, it is
	// called again. nil: nothing follows.
	Derive func(ctx context.Context, instanceNo int64) error
	// Refused reports whether an error means that the vendor has confirmed that
	// the credential is no longer accepted. nil: nobody can be that sure.
	Refused func(error) bool
	// Hooks is the code that manifests may name. A connector of one's own has none.
	Hooks []hook.Hook
	// Lookback is how far back the first reading of events goes; 0: 30 days.
	Lookback time.Duration
	// Frozen says why nothing may be asked of any vendor now, "" if it may. nil: never.
	Frozen func() string
	// Paused reports that nothing is begun by itself: the box was restored from a
	// backup, and another one may still be at work. nil: never.
	Paused func() bool
	// Settled is told in the transaction in which a run ends how it ended. again asks
	// for another run of the task, now. nil: nobody wants to know.
	Settled func(ctx context.Context, tx bun.Tx, run store.RunRow, state purser.RunState, what string) (again bool, err error)
	// Ended is told each run that ended; nil: nobody counts.
	Ended func(task purser.TaskName, state purser.RunState)
	// Tell notes in the transaction of a change that people are to be told of it.
	// nil: nobody is told.
	Tell func(ctx context.Context, tx bun.Tx, e purser.Event) error
}

// Runner runs tasks. Make one with New.
type Runner struct {
	Options
	ids    purser.IDSource
	holder string // this process among others
	wake   chan struct{}

	mu     sync.Mutex
	active map[int64]*activeRun // by run number
	woken  map[int64]woken      // by run number
	queue  queue                // nil until Serve
}

// activeRun is a run that this process works on.
type activeRun struct {
	instanceNo int64
	cancel     context.CancelCauseFunc
	rec        *recorder // nil until its work has begun
}

// Why a run is interrupted.
var (
	errCanceled = errors.New("a person canceled the run")
	errShutdown = errors.New("the server is stopping; the run goes on afterwards")
)

// New returns a Runner.
func New(o Options) (*Runner, error) {
	if o.DB == nil || o.Sources == nil || o.Now == nil || o.Rand == nil || o.Log == nil {
		return nil, errors.New("run: DB, Sources, Now, Rand and Log must be set")
	}
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.PerInstance == 0 {
		o.PerInstance = 2
	}
	if o.KeepLogs == 0 {
		o.KeepLogs = 30 * 24 * time.Hour
	}
	if o.Lookback == 0 {
		o.Lookback = 30 * 24 * time.Hour
	}
	r := &Runner{Options: o, ids: purser.IDSource{Now: o.Now, Rand: o.Rand}, active: map[int64]*activeRun{}, woken: map[int64]woken{}, wake: make(chan struct{}, 1)}
	r.holder = r.ids.New("")
	if r.Node != "" {
		r.holder = r.Node + "." + r.holder
	}
	return r, nil
}

func (r *Runner) now() purser.Micros { return purser.MicrosOf(r.Now()) }

func (r *Runner) allow(ctx context.Context, op purser.Operation) error {
	if r.Gate == nil {
		return nil
	}
	return r.Gate.Allow(ctx, op)
}

// plan returns the task of an instance's connector.
func (r *Runner) plan(i purser.Instance, task purser.TaskName) (*manifest.Connector, *manifest.CompiledTask, error) {
	c := r.Catalog.Get(i.Connector)
	if c == nil {
		return nil, nil, &purser.Error{Class: purser.ClassConfig, Code: "connector", What: fmt.Sprintf("there is no connector %q", i.Connector),
			Hint: "Put its folder back, or delete the instance."}
	}
	if c.Custom && !c.Trusted {
		return nil, nil, &purser.Error{Class: purser.ClassConfig, Code: "untrusted", What: fmt.Sprintf("the connector %q was changed and is not trusted", i.Connector),
			Hint: "An admin must look at what changed and trust it."}
	}
	t := c.Task(string(task))
	if t == nil {
		return nil, nil, &purser.Error{Class: purser.ClassConfig, Code: "task", What: fmt.Sprintf("the connector %q has no task %q", i.Connector, task)}
	}
	return c, t, nil
}

// basis is a digest of what decides what is read: an unfinished run with another one cannot go on.
func basis(c *manifest.Connector, i purser.Instance) string {
	text, err := json.Marshal([]any{c.Digest, i.Settings, i.TenantID})
	if err != nil {
		panic(fmt.Sprintf("run: texts cannot be written: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
