package run_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/run"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

const crowdVendor = `
manifest: 1
name: crowd
title: Crowd
category: identity
hosts: [crowd.example]
auth: {key: {grant: static, send: {header: {Authorization: "${secret.token}"}}, fields: [token]}}
http: {base_url: "https://crowd.example", page: {kind: none}}
tasks:
  application_roster: {reads: users, streams: {users: {emits: account, mode: snapshot, get: /users, at: items, fields: {external_id: id}}}}
  hr_roster: {reads: people, streams: {people: {emits: person, mode: snapshot, get: /users, at: items, fields: {external_id: id}}}}
  application_discovery: {reads: groups, streams: {groups: {emits: group, mode: snapshot, get: /users, at: items, fields: {external_id: id, name: id}}}}
  license_information: {reads: plans, streams: {plans: {emits: plan, mode: snapshot, get: /users, at: items, fields: {external_id: id, name: id}}}}
  application_access: {reads: more groups, streams: {more: {emits: group, mode: snapshot, get: /users, at: items, fields: {external_id: id, name: id}}}}
`

// crowd answers at once and watches who is being read.
type crowd struct {
	*clock
	mu      sync.Mutex
	reading map[string]int
	now, at int // the most at once, and those at this moment
	done    int
	all     chan struct{}
	want    int
	open    sync.Once
	full    chan struct{} // closed once as many were read at once as may be, and nobody else came
}

// crowdWorkers is how many may be read at once.
const crowdWorkers = 16

// Open lets every tenth instance be read and refuses the others at once: what is
// watched is who begins when, and reading all of them takes its time.
func (c *crowd) Open(_ context.Context, i purser.Instance, _ func(purser.LogLine)) (run.Access, error) {
	if i.No%10 != 0 {
		c.enter(i.ID)
		c.leave(i.ID)
		return run.Access{}, &purser.Error{Class: purser.ClassConfig, What: "nothing is set up"}
	}
	return run.Access{Source: seat{c, i.ID}, Vars: func(string) (string, bool) { return "", false }}, nil
}

type seat struct {
	*crowd
	instance string
}

// Fetch answers with nothing.
func (s seat) Fetch(_ context.Context, r engine.Request) (*engine.Response, error) {
	s.enter(s.instance + "/" + r.Stream)
	defer s.leave(s.instance + "/" + r.Stream)
	return &engine.Response{Status: 200, URL: r.URL, Body: []byte(`{"items":[]}`), Header: func(string) []string { return nil }}, nil
}

// standsFor is how many instances one of the test's stands for: it takes as long as they
// would. What is asked is who begins when; all five hundred, which cost the computer a
// minute, are there with PURSER_BENCH=full.
func standsFor() int {
	if os.Getenv("PURSER_BENCH") == "full" {
		return 1
	}
	return 5
}

// enter notes that something begins to be read, which takes five seconds of the
// test's clock for each that it stands for: all of it, one after the other, takes
// most of a quarter of a day.
func (c *crowd) enter(key string) {
	c.mu.Lock()
	c.reading[key]++
	c.at++
	c.now = max(c.now, c.at)
	if c.now == crowdWorkers && c.at == crowdWorkers {
		// Whoever may come in besides does so now: nobody leaves before.
		time.AfterFunc(300*time.Millisecond, func() { c.open.Do(func() { close(c.full) }) })
	}
	c.mu.Unlock()
	<-c.full
	c.pass(time.Duration(standsFor()) * 5 * time.Second)
}

func (c *crowd) leave(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading[key]--
	c.at--
	if c.done++; c.done == c.want {
		close(c.all)
	}
}

// The vendor answers at once; what is asked of the clock is a quarter of the
// interval for all of them.
func TestInstancesThatAreDueInTheSameMinuteStartInAQuarterOfTheirInterval(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		instances := 500 / standsFor()
		c := &crowd{clock: newClock(), reading: map[string]int{}, all: make(chan struct{}), full: make(chan struct{})}
		o.Now = c.clock.now
		db := storetest.Open(t, o)
		catalog, err := manifest.Load(fstest.MapFS{"crowd/manifest.yaml": {Data: []byte(crowdVendor)}})
		if err != nil {
			t.Fatal(err)
		}
		tasks := catalog.Get("crowd").Manifest.Tasks
		c.want = instances * len(tasks)
		ids := purser.IDSource{Now: c.clock.now, Rand: rand.Reader}
		due := c.clock.now()
		err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			for n := range instances {
				i := purser.Instance{ID: ids.New(purser.PrefixInstance), Name: fmt.Sprintf("Crowd %d", n), Connector: "crowd", Status: purser.StatusLive, Settings: map[string]string{}}
				if _, err := store.InsertInstance(ctx, tx, i); err != nil {
					return err
				}
				for k := range tasks {
					err := store.PutTask(ctx, tx, store.TaskRow{InstanceID: i.ID, Task: tasks[k].Name, Enabled: true, Every: (24 * time.Hour).Microseconds(),
						NextRunAt: purser.MicrosOf(due.Add(-time.Duration(n) * 100 * time.Millisecond))})
					if err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := run.New(run.Options{DB: db, Catalog: catalog, Sources: c, Now: c.clock.now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Workers: crowdWorkers})
		if err != nil {
			t.Fatal(err)
		}
		h := &house{t: t, db: db, runner: r, clock: c.clock}
		stop := h.serve()
		<-c.all
		stop()
		var late, runs, twice int64
		err = db.Read().NewRaw("SELECT max(started_at) - min(queued_at), count(*) FROM run WHERE started_at > 0").Scan(t.Context(), &late, &runs)
		if err != nil || runs != int64(c.want) {
			t.Fatalf("%d runs of %d, %v", runs, c.want, err)
		}
		if quarter := (6 * time.Hour).Microseconds(); late > quarter {
			t.Errorf("the last one started after %s", time.Duration(late)*time.Microsecond)
		}
		err = db.Read().NewRaw(`SELECT count(*) FROM run a JOIN run b ON b.instance_no = a.instance_no AND b.task = a.task AND b.no > a.no`).Scan(t.Context(), &twice)
		if err != nil || twice != 0 {
			t.Errorf("%d tasks ran twice, %v", twice, err)
		}
		if c.now != crowdWorkers {
			t.Errorf("%d were read at once", c.now)
		}
	})
}
