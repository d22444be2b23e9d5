package connect_test

import (
	"crypto/rand"
	"log/slog"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/run"
	"purser/internal/store"
)

// running is a runner of the house's instances, as the server has one.
func (h *house) running() *run.Runner {
	h.t.Helper()
	r, err := run.New(run.Options{DB: h.db, Catalog: h.links.Catalog, Sources: connect.Sources{Links: h.links, DB: h.db}, Now: h.now,
		Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Refused: connect.Refused})
	h.must(err)
	return r
}

// reads runs one task of an instance to whatever end.
func (h *house) reads(r *run.Runner, id string, task purser.TaskName) purser.Run {
	h.t.Helper()
	runs, err := r.Start(h.ctx, id, purser.TriggerManual, task)
	h.must(err)
	return h.works(r, runs[0].ID)
}

func (h *house) works(r *run.Runner, id string) purser.Run {
	h.t.Helper()
	no, err := store.RunNo(h.ctx, h.db.Read(), id)
	h.must(err)
	h.must(r.Work(h.ctx, no))
	got, err := r.Run(h.ctx, id)
	h.must(err)
	return got
}

func on(b bool) *bool { return &b }

func every(d time.Duration) *time.Duration { return &d }
