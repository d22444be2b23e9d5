package connectors_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/connectors"
	"purser/internal/connectortest"
	"purser/internal/egress"
	"purser/internal/manifest"
	"purser/internal/run"
	"purser/internal/source"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/internal/vendorhttp"
)

// tenant is a Purser that reads one task of a connector from a played vendor,
// which answers as the fixture says until it is told to refuse.
type tenant struct {
	t        *testing.T
	db       *store.DB
	manifest *manifest.Manifest
	task     purser.TaskName
	fixture  *connectortest.Fixture
	settings map[string]string
	hosts    []string
	clock    *clock
	caps     vendorhttp.Caps
	runner   *run.Runner
	vendor   *vendor
	bad      atomic.Pointer[reply] // nil: as the fixture says
}

func newTenant(t *testing.T, connector string) *tenant {
	t.Helper()
	return newTenantOf(t, connector, decoded(t, connector).Tasks[0].Name)
}

func newTenantOf(t *testing.T, connector, name string) *tenant {
	t.Helper()
	return newTenantIn(t, connector, name, storetest.SQLite(t))
}

// newTenantIn keeps what it reads in a database of the test's choice.
func newTenantIn(t *testing.T, connector, name string, o store.Options) *tenant {
	t.Helper()
	m := decoded(t, connector)
	plan, err := manifest.Compile(m, folder(t, connector))
	if err != nil {
		t.Fatal(err)
	}
	task := plan.Task(name)
	f, err := connectortest.ReadFixture(connectors.Files(), connector, task.Name)
	if err != nil {
		t.Fatal(err)
	}
	x := &tenant{t: t, manifest: m, task: purser.TaskName(task.Name), fixture: f, clock: &clock{now: f.Now}}
	if x.settings, _, err = m.CheckSettings(f.Settings); err != nil {
		t.Fatal(err)
	}
	if x.hosts, err = m.HostsFor(x.settings); err != nil {
		t.Fatal(err)
	}
	o.Now = x.clock.Now
	x.db = storetest.Open(t, o)
	x.runner, err = run.New(run.Options{DB: x.db, Catalog: builtIn(t), Sources: x, Now: x.clock.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	x.vendor = playVendor(t, reply{serve: x.answer})
	return x
}

// shelf keeps the catalog: to compile it takes longer than most tests.
type shelf struct {
	once    sync.Once
	catalog manifest.Catalog
	err     error
}

var allBuiltIn shelf

func builtIn(t *testing.T) manifest.Catalog {
	t.Helper()
	allBuiltIn.once.Do(func() { allBuiltIn.catalog, allBuiltIn.err = manifest.Load(connectors.Files()) })
	if allBuiltIn.err != nil {
		t.Fatal(allBuiltIn.err)
	}
	return allBuiltIn.catalog
}

// answer is the fixture's answer, whatever order things are asked in, or the refusal.
func (x *tenant) answer(w http.ResponseWriter, r *http.Request) {
	if bad := x.bad.Load(); bad != nil {
		bad.write(w, r)
		return
	}
	sent, _ := readAll(r)
	for _, e := range x.fixture.Exchanges {
		if !e.Asks(r.Method, r.URL, r.Header, sent) {
			continue
		}
		if next, to := x.fixture.Follow(e); to != nil && next >= 0 {
			e = x.fixture.Exchanges[next] // the redirect itself has a test of its own
		}
		w.Header().Set("Content-Type", "application/json")
		for name, values := range canonical(e.Answer.Headers) {
			w.Header()[name] = values
		}
		w.WriteHeader(e.Answer.Status)
		_, _ = w.Write(e.Answer.Body)
		return
	}
	w.WriteHeader(http.StatusTeapot) // nobody wrote an answer
}

// Open makes the instance readable, as the running product does but for the credential.
func (x *tenant) Open(_ context.Context, i purser.Instance, _ func(purser.LogLine)) (run.Access, error) {
	mapped, err := egress.ParseVendorMap(vendorMap(x.hosts, x.vendor.URL, x.vendor.foreign.URL))
	if err != nil {
		return run.Access{}, err
	}
	client := vendorhttp.New(vendorhttp.Options{Transport: egress.New(egress.Options{VendorMap: mapped}).Transport(), UserAgent: "Purser/test",
		Now: x.clock.Now, Sleep: x.clock.Sleep, Jitter: func() float64 { return 0 }, Caps: x.caps})
	s := subject{settings: x.settings, fixture: x.fixture}
	return run.Access{Source: source.HTTP{Caller: client.Caller(vendorhttp.Instance{ID: i.ID, Pins: x.hosts, HTTP: &x.manifest.HTTP}),
		Limits: source.StreamLimits(x.manifest)}, Vars: s.vars, Probe: func(context.Context) error {
		if bad := x.bad.Load(); bad != nil && bad.status == http.StatusForbidden {
			return &purser.Error{Class: purser.ClassPermission, What: "the vendor refuses everything"}
		}
		return nil
	}}, nil
}

// connect makes a live instance.
func (x *tenant) connect(name string) purser.Instance {
	x.t.Helper()
	i := purser.Instance{ID: "ins_" + name, Name: name, Connector: x.manifest.Name, Status: purser.StatusLive, Settings: x.settings}
	err := x.db.Write(x.t.Context(), func(ctx context.Context, tx bun.Tx) (err error) {
		if i.No, err = store.InsertInstance(ctx, tx, i); err != nil {
			return err
		}
		return store.PutTask(ctx, tx, store.TaskRow{InstanceID: i.ID, Task: string(x.task), Enabled: true, Every: (24 * time.Hour).Microseconds()})
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return i
}

// sync runs the task once, to whatever end, and returns the run and the instance's health.
func (x *tenant) sync(i purser.Instance) (purser.Run, purser.Instance) {
	x.t.Helper()
	started, err := x.runner.Start(x.t.Context(), i.ID, purser.TriggerManual, x.task)
	if err != nil {
		x.t.Fatal(err)
	}
	no, err := store.RunNo(x.t.Context(), x.db.Read(), started[0].ID)
	if err != nil {
		x.t.Fatal(err)
	}
	if err := x.runner.Work(x.t.Context(), no); err != nil {
		x.t.Fatal(err)
	}
	r, err := x.runner.Run(x.t.Context(), started[0].ID)
	if err != nil {
		x.t.Fatal(err)
	}
	if i, err = store.Instance(x.t.Context(), x.db.Read(), i.ID); err != nil {
		x.t.Fatal(err)
	}
	return r, i
}

// rows lists the live rows of an instance by kind.
func (x *tenant) rows(i purser.Instance) string {
	x.t.Helper()
	var out []string
	for _, kind := range []purser.Kind{purser.KindPerson, purser.KindAccount, purser.KindGroup, purser.KindMembership, purser.KindApplication,
		purser.KindAssignment, purser.KindPlan, purser.KindSeat, purser.KindTransaction, purser.KindDevice, purser.KindInstalledApp} {
		var ids []string
		err := x.db.Read().NewRaw("SELECT external_id FROM "+store.KindTable(kind)+" WHERE instance_no = ? AND gone_gen = 0 ORDER BY external_id", i.No).
			Scan(x.t.Context(), &ids)
		if err != nil {
			x.t.Fatal(err)
		}
		for _, id := range ids {
			out = append(out, fmt.Sprintf("%s %s", kind, id))
		}
	}
	return strings.Join(out, "\n")
}

// sickness is what must become of a sync, its instance and its rows.
type sickness struct {
	bad    reply
	caps   vendorhttp.Caps
	class  purser.Class
	state  purser.RunState
	health purser.Health
}

func sicknesses(t *testing.T) map[string]sickness {
	t.Helper()
	failing := func(class purser.Class, bad reply) sickness {
		return sickness{bad: bad, class: class, state: purser.RunFailed, health: purser.HealthFailing}
	}
	slow := failing(purser.ClassTransient, reply{status: 200, body: []byte(`{"ok":true,`), stall: true})
	slow.caps = vendorhttp.Caps{Idle: 30 * time.Millisecond, Tries: 2}
	large := failing(purser.ClassInvalidResponse, reply{serve: flood(50 << 20)})
	large.caps = vendorhttp.Caps{Body: 1 << 20}
	bomb := failing(purser.ClassInvalidResponse, reply{status: 200, header: map[string]string{"Content-Encoding": "gzip"}, body: packed(t, 50<<20)})
	bomb.caps = large.caps
	return map[string]sickness{
		"401": {bad: reply{status: 401, body: []byte(`{}`)}, class: purser.ClassAuthRevoked, state: purser.RunFailed, health: purser.HealthUnauthorized},
		"402": {bad: reply{status: 402, body: []byte(`{}`)}, state: purser.RunSucceeded, health: purser.HealthOK},
		"403": {bad: reply{status: 403, body: []byte(`{}`)}, class: purser.ClassPermission, state: purser.RunPartial, health: purser.HealthForbidden},
		"429": {bad: reply{status: 429, header: map[string]string{"Retry-After": "3600"}, body: []byte(`{}`)}, state: purser.RunWaiting, health: purser.HealthRateLimited},
		"500": failing(purser.ClassTransient, reply{status: 500, body: []byte(`{}`)}),
		"cut off": failing(purser.ClassTransient, reply{serve: func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}}),
		"a web page": failing(purser.ClassInvalidResponse, reply{status: 200, header: map[string]string{"Content-Type": "text/html"}, body: []byte("<!doctype html><title>Sign in</title>")}),
		"cut JSON":   failing(purser.ClassInvalidResponse, reply{status: 200, body: []byte(`[{"id":"1","na`)}),
		"nothing":    failing(purser.ClassInvalidResponse, reply{status: 200}),
		"50 MB":      large,
		"a bomb":     bomb,
		"slow":       slow,
	}
}

// The rows of the sync before stay whatever comes, and the instance says what is
// wrong in the word that the class stands for.
func TestARefusedSyncKeepsItsRowsAndSetsTheHealth(t *testing.T) {
	cases := sicknesses(t)
	for nth, name := range vendors(t) {
		t.Run(name, func(t *testing.T) {
			x := newTenant(t, name)
			for at, what := range slices.Sorted(maps.Keys(cases)) {
				// What each refusal makes of a stream is asked of every stream elsewhere. What
				// that makes of an instance is decided by the class alone: each connector shows
				// a third of them, and each of them is shown by a third of the connectors.
				if (at+nth)%3 != 0 {
					continue
				}
				c := cases[what]
				x.bad.Store(nil)
				x.caps = vendorhttp.Caps{}
				i := x.connect(strings.NewReplacer(" ", "-").Replace(what))
				r, well := x.sync(i)
				before := x.rows(i)
				if r.State != purser.RunSucceeded || well.Health != purser.HealthOK || before == "" {
					t.Fatalf("the fixture's sync is %s (%s), health %s, rows %q", r.State, r.Message, well.Health, before)
				}
				x.bad.Store(&c.bad)
				x.caps = c.caps
				r, ill := x.sync(i)
				if r.State != c.state || r.Class != c.class || ill.Health != c.health || ill.Status != purser.StatusLive {
					t.Errorf("%s: the run is %s (%q %s), the instance %s and %s; want %s (%q), live and %s",
						what, r.State, r.Class, r.Message, ill.Status, ill.Health, c.state, c.class, c.health)
				}
				if sick := c.health != purser.HealthOK; sick == (ill.HealthWhy == "") {
					t.Errorf("%s: health %s says why: %q", what, ill.Health, ill.HealthWhy)
				}
				if after := x.rows(i); after != before {
					t.Errorf("%s: of the rows\n%s\nstay\n%s", what, before, after)
				}
				if !slices.Contains([]purser.RunState{purser.RunSucceeded, purser.RunWaiting}, r.State) && r.Hint == "" {
					t.Errorf("%s: the run says nothing that a person can do: %s", what, r.Message)
				}
			}
			if _, strays := x.vendor.counts(); strays != 0 {
				t.Errorf("%d requests went elsewhere", strays)
			}
		})
	}
}
