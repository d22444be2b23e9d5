package load_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/connectors"
	"purser/internal/columns"
	"purser/internal/connect"
	"purser/internal/load"
	"purser/internal/manifest"
	"purser/internal/run"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// open lets everybody do everything.
type open struct{}

func (open) Allow(context.Context, purser.Operation) error { return nil }

// clock stands still until it is told to pass.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// house is a Purser with an instance that takes files and one that takes pages.
type house struct {
	*clock
	t      *testing.T
	db     *store.DB
	loads  *load.Service
	runner *run.Runner
	folder string
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		h := &house{clock: &clock{at: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}, t: t, folder: t.TempDir()}
		o.Now = h.now
		h.db = storetest.Open(t, o)
		h.build()
		fn(t, h)
	})
}

// catalog is one for all tests of this package: to compile it takes longer than most of them.
var catalog = sync.OnceValues(func() (manifest.Catalog, error) { return manifest.Load(connectors.Files()) })

func (h *house) build() {
	h.t.Helper()
	catalog, err := catalog()
	if err != nil {
		h.t.Fatal(err)
	}
	folder, err := connectors.Formats()
	if err != nil {
		h.t.Fatal(err)
	}
	formats, err := columns.Formats(folder)
	if err != nil {
		h.t.Fatal(err)
	}
	ids := purser.IDSource{Now: h.now, Rand: rand.Reader}
	log := slog.New(slog.DiscardHandler)
	if h.loads, err = load.New(load.Options{DB: h.db, Gate: open{}, Catalog: catalog, IDs: ids, Now: h.now, Log: log, Formats: formats, Folder: h.folder, MaxFile: 8 << 20}); err != nil {
		h.t.Fatal(err)
	}
	h.runner, err = run.New(run.Options{DB: h.db, Catalog: catalog, Sources: connect.Sources{Links: connect.Links{Catalog: catalog}, DB: h.db, HandedOver: h.loads.Access},
		Now: h.now, Rand: rand.Reader, Log: log, Node: "here", Settled: h.loads.Settled})
	if err != nil {
		h.t.Fatal(err)
	}
	h.loads.Starter = h.runner
}

// instance connects an instance through the service that pages, API and command line use.
func (h *house) instance(connector, name string) purser.Instance {
	h.t.Helper()
	catalog, err := catalog()
	if err != nil {
		h.t.Fatal(err)
	}
	s := connect.New(connect.Options{DB: h.db, Gate: open{}, Links: connect.Links{Catalog: catalog}, IDs: purser.IDSource{Now: h.now, Rand: rand.Reader}, Now: h.now})
	i, err := s.Create(h.t.Context(), connect.CreateInput{Connector: connector, Name: name, Settings: map[string]string{"application": "Planner"}})
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

// file loads a file and works on the run that reads it.
func (h *house) file(i purser.Instance, kind purser.Kind, mode purser.LoadMode, name, content string, m *columns.Mapping) purser.Load {
	h.t.Helper()
	l := h.handed(i, kind, mode, name, content)
	l, err := h.loads.Finish(h.t.Context(), l.ID, load.Settled{Mapping: m})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.read(l)
}

func (h *house) handed(i purser.Instance, kind purser.Kind, mode purser.LoadMode, name, content string) purser.Load {
	h.t.Helper()
	l, err := h.loads.Open(h.t.Context(), load.Input{Instance: i.ID, Kind: kind, Mode: mode, File: name, Origin: "upload"})
	if err != nil {
		h.t.Fatal(err)
	}
	if l, err = h.loads.Upload(h.t.Context(), l.ID, strings.NewReader(content)); err != nil {
		h.t.Fatal(err)
	}
	return l
}

// read works on every run that is due, and returns the load as it is then.
func (h *house) read(l purser.Load) purser.Load {
	h.t.Helper()
	h.work()
	l, err := h.loads.Load(h.t.Context(), l.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return l
}

func (h *house) work() {
	h.t.Helper()
	for range 10 {
		due, err := store.OpenRuns(h.t.Context(), h.db.Read(), purser.MicrosOf(h.now()), 10)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(due) == 0 {
			return
		}
		for _, r := range due {
			if err := h.runner.Work(h.t.Context(), r.No); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	h.t.Fatal("runs never end")
}

// emails lists the live accounts.
func (h *house) emails() string {
	h.t.Helper()
	return h.column("SELECT COALESCE(email, '-') || ' ' || COALESCE(status, '-') FROM account WHERE gone_gen = 0 ORDER BY external_id")
}

func (h *house) column(query string) string {
	h.t.Helper()
	var all []string
	if err := h.db.Read().NewRaw(query).Scan(h.t.Context(), &all); err != nil {
		h.t.Fatal(err)
	}
	return strings.Join(all, ", ")
}
