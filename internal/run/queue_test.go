package run_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/run"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func (h *house) exec(query string) error {
	return h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query)
		return err
	})
}

// serve serves until stop is called.
func (h *house) serve() (stop func()) {
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan error, 1)
	go func() { done <- h.runner.Serve(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("serve: %v", err)
		}
	}
}

// await watches until the run is over.
func (h *house) await(id string) (last purser.Run) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 3*time.Minute)
	defer cancel()
	seen, err := h.runner.Watch(ctx, id)
	if err != nil {
		h.t.Fatal(err)
	}
	for last = range seen {
	}
	return last
}

func TestTheQueueRunsWhatIsStartedAndWhatIsDue(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		stop := h.serve()
		defer stop()
		runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil {
			t.Fatal(err)
		}
		h.state(h.await(runs[0].ID), purser.RunSucceeded)
		// The other task was due by its schedule.
		list, err := h.runner.Runs(t.Context(), run.Filter{Task: purser.TaskApplicationAccess}, purser.Page{})
		if err != nil || len(list.Items) != 1 || list.Items[0].Trigger != purser.TriggerSchedule {
			t.Fatalf("%v %+v", err, list.Items)
		}
		h.state(h.await(list.Items[0].ID), purser.RunSucceeded)
		task, _, err := store.TaskRowOf(t.Context(), h.db.Read(), h.id, purser.TaskApplicationAccess)
		in := task.NextRunAt.Time().Sub(h.now())
		if err != nil || in < 23*time.Hour || in > 25*time.Hour {
			t.Errorf("next run in %s, %v", in, err)
		}
	})
}

func TestAStopLosesNothingAndTheNextStartGoesOnWithoutJobs(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		c := newClock()
		o.Now = c.now
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, db, c)
		reached, free := make(chan bool), make(chan bool)
		h.vendor.before = func(n int, _ string) error {
			if n == 4 {
				close(reached)
				<-free
			}
			return nil
		}
		runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil || h.exec("UPDATE instance_task SET enabled = FALSE") != nil {
			t.Fatal(err)
		}
		stop := h.serve()
		<-reached
		go close(free)
		stop()
		got, err := h.runner.Run(t.Context(), runs[0].ID)
		if err != nil || got.State.Ended() {
			t.Fatalf("%v %+v", err, got)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"jobs.db", "jobs.db-wal", "jobs.db-shm"} {
			_ = os.Remove(filepath.Join(o.Dir, name))
		}
		h.db = storetest.Open(t, o)
		h.vendor.before = nil
		h.runner = h.newRunner()
		defer h.serve()()
		got = h.await(runs[0].ID)
		h.state(got, purser.RunSucceeded)
		if got.Counts.Added != 27 || got.Counts.Read != 27 {
			t.Errorf("%+v", got.Counts)
		}
	})
}

func TestARunOfAnotherManifestIsAbandonedAndBegunAnew(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.vendor.before = func(n int, _ string) error {
			if n == 4 {
				return &purser.Error{Class: purser.ClassRateLimited, What: "wait", Until: h.now().Add(time.Minute)}
			}
			return nil
		}
		first := h.roster()
		if err := h.exec(`UPDATE instance SET settings = '{"a":"b"}'`); err != nil {
			t.Fatal(err)
		}
		h.state(h.work(first.ID), purser.RunAbandoned)
		due := h.due()
		if len(due) != 1 || due[0].ID == first.ID {
			t.Fatalf("%+v", due)
		}
		h.state(h.work(due[0].ID), purser.RunSucceeded)
	})
}

func TestARunOfAKilledProcessGoesOnRightAfterTheStart(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil {
			t.Fatal(err)
		}
		// What a process leaves that was killed while it worked.
		if err := h.exec("UPDATE run SET state = 'running', holder = 'here.killed', started_at = queued_at, touched_at = queued_at"); err != nil {
			t.Fatal(err)
		}
		defer h.serve()()
		h.state(h.await(runs[0].ID), purser.RunSucceeded)
	})
}
