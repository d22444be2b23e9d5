package connectors_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/connectors"
	"purser/internal/action"
	connecting "purser/internal/connect"
	"purser/internal/connectortest"
	"purser/internal/egress"
	"purser/internal/inventory"
	"purser/internal/manifest"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/internal/vendorhttp"
)

// The suite of actions: every action of every connector is planned, shown,
// carried out against a played vendor, repeated, killed and read back.

// open lets everybody do everything.
type open struct{}

func (open) Allow(context.Context, purser.Operation) error { return nil }

// actor is one played vendor that says yes to every change.
type actor struct {
	server  *httptest.Server
	mu      sync.Mutex
	arrived []string
	body    string
}

func newActor(t *testing.T) *actor {
	t.Helper()
	a := &actor{}
	a.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		a.arrived = append(a.arrived, r.Method+" https://"+r.Host+r.URL.RequestURI()+" "+string(sent))
		body := a.body
		a.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(a.server.Close)
	return a
}

func (a *actor) taken() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.arrived
	a.arrived = nil
	return out
}

func (a *actor) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.arrived)
}

// stage is one instance of each connector over one database.
type stage struct {
	t       *testing.T
	db      *store.DB
	catalog manifest.Catalog
	options action.Options
	service *action.Service
	vendor  *actor
	clock   *clock
	ctx     context.Context
	cut     func() error
	serial  int

	described map[string][]description          // by connector
	fixtures  map[string]*connectortest.Fixture // by connector and task: read once, not for each action
}

// Open gives the played vendor for every instance; it is an action.Vendors.
func (s *stage) Open(_ context.Context, i purser.Instance, record func(purser.LogLine)) (*vendorhttp.Caller, error) {
	m := s.catalog.Get(i.Connector).Manifest
	hosts, err := m.HostsFor(i.Settings)
	if err != nil {
		return nil, err
	}
	led := egress.VendorMap{}
	to, err := url.Parse(s.vendor.server.URL)
	if err != nil {
		return nil, err
	}
	for _, host := range hosts {
		led[host] = to
	}
	if base, err := url.Parse(i.TenantBase); err == nil && base.Host != "" {
		led[base.Host] = to
	}
	client := vendorhttp.New(vendorhttp.Options{Transport: egress.New(egress.Options{VendorMap: led}).Transport(), UserAgent: "Purser/test", Now: s.clock.Now,
		Sleep: s.clock.Sleep, Jitter: func() float64 { return 0 }})
	return client.Caller(vendorhttp.Instance{ID: i.ID, Pins: egress.Pins(hosts), HTTP: &m.HTTP, Record: func(e vendorhttp.Event) {
		record(purser.LogLine{At: e.At, Kind: "request", Method: e.Method, Host: e.Host, Path: e.Path, Status: e.Status})
	}}), nil
}

// Permits says that everything is granted.
func (s *stage) Permits(context.Context, purser.Instance, purser.Switch) ([]string, bool, error) {
	return nil, false, nil
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) write(fn func(ctx context.Context, tx bun.Tx) error) {
	s.t.Helper()
	s.must(s.db.Write(s.ctx, fn))
}

func (s *stage) exec(stmt string, args ...any) {
	s.t.Helper()
	s.write(func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(stmt, args...).Exec(ctx)
		return err
	})
}

// restart is a new process.
func (s *stage) restart() {
	s.t.Helper()
	var err error
	s.service, err = action.New(s.options)
	s.must(err)
}

func TestEveryActionOfEveryConnectorIsPlannedSentOnceAndReadBack(t *testing.T) {
	s := &stage{t: t, vendor: newActor(t), described: map[string][]description{}, fixtures: map[string]*connectortest.Fixture{}, clock: &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}}
	s.ctx = purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_1", Name: "ada@example.com", Role: purser.RoleAdmin})
	o := storetest.SQLite(t)
	o.Now = s.clock.Now
	o.BeforeCommit = func() error {
		if s.cut != nil {
			return s.cut()
		}
		return nil
	}
	s.db, s.catalog = storetest.Open(t, o), builtIn(t)
	ids := purser.IDSource{Now: s.clock.Now, Rand: rand.Reader}
	s.options = action.Options{DB: s.db, Gate: open{}, Catalog: s.catalog, Vendors: s, Accounts: inventory.New(inventory.Options{DB: s.db, Gate: open{}, Now: s.clock.Now}),
		Vars: connecting.Vars, IDs: ids, Now: s.clock.Now, Log: slog.New(slog.DiscardHandler), Node: "node"}
	s.restart()
	for _, c := range s.catalog.All() {
		if len(c.Actions) == 0 {
			continue
		}
		i := s.instance(t, c, ids)
		for _, a := range c.Actions {
			t.Run(c.Manifest.Name+"/"+a.Name, func(t *testing.T) {
				s.t = t
				s.act(c, i, a)
			})
		}
	}
}

// instance stores a live instance of a connector with both switches on.
func (s *stage) instance(t *testing.T, c *manifest.Connector, ids purser.IDSource) purser.Instance {
	t.Helper()
	s.t = t
	m := c.Manifest
	f, err := connectortest.ReadFixture(connectors.Files(), m.Name, m.Tasks[0].Name)
	s.must(err)
	settings, _, err := m.CheckSettings(f.Settings)
	s.must(err)
	i := purser.Instance{ID: ids.New(purser.PrefixInstance), Name: m.Title, Connector: m.Name, Auth: m.Auth[0].Name, Status: purser.StatusLive, Confirmed: true, Settings: settings,
		TenantID: f.Tenant["id"], TenantName: f.Tenant["name"], TenantBase: f.Tenant["base_url"], CreatedAt: s.clock.Now(), UpdatedAt: s.clock.Now()}
	s.write(func(ctx context.Context, tx bun.Tx) error {
		app, err := store.ManageApplication(ctx, tx, m.Title, m.Name, 1)
		if err != nil {
			return err
		}
		i.Application = store.ApplicationID(app)
		if i.No, err = store.InsertInstance(ctx, tx, i); err != nil {
			return err
		}
		for _, sw := range purser.Switches() {
			if err := store.PutInstanceSwitch(ctx, tx, store.SwitchRow{InstanceNo: i.No, Name: string(sw), Enabled: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	kept, err := store.Instance(s.ctx, s.db.Read(), i.ID)
	s.must(err)
	return kept
}

// insert adds a row of a kind and returns its number.
func (s *stage) insert(i purser.Instance, kind purser.Kind, external string, fields map[string]string) (no int64) {
	s.t.Helper()
	names, marks, args := "", "", []any{i.No, external}
	for _, f := range purser.Fields(kind)[1:] {
		if v, ok := fields[f.Name]; ok {
			names, marks, args = names+`, "`+f.Name+`"`, marks+", ?", append(args, v)
		}
	}
	s.write(func(ctx context.Context, tx bun.Tx) error {
		return tx.NewRaw(`INSERT INTO "`+string(kind)+`" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at`+names+`)
			VALUES (?, ?, 0, 0, 1, 1, 1, 1, 1`+marks+`) RETURNING id`, args...).Scan(ctx, &no)
	})
	return no
}

// fixture is that of a task, nil if it has none.
func (s *stage) fixture(connector, task string) *connectortest.Fixture {
	key := connector + "/" + task
	f, known := s.fixtures[key]
	if !known {
		var err error
		if f, err = connectortest.ReadFixture(connectors.Files(), connector, task); err != nil {
			f = nil
		}
		s.fixtures[key] = f
	}
	return f
}

// samples are made-up records of a kind of this connector: those of its fixtures,
// or one of which nothing is known.
func (s *stage) samples(c *manifest.Connector, kind purser.Kind) (all []map[string]string) {
	for _, task := range c.Tasks {
		f := s.fixture(c.Manifest.Name, task.Name)
		if f == nil {
			continue
		}
		for _, st := range task.Streams {
			if st.Emits != kind || st.Enrich {
				continue
			}
			for _, r := range f.Records[st.Name] {
				one := map[string]string{}
				for name, v := range r {
					if text, ok := v.(string); ok && !strings.HasSuffix(name, "_at") {
						one[name] = text
					}
				}
				all = append(all, one)
			}
		}
	}
	if len(all) == 0 {
		all = append(all, map[string]string{})
	}
	return all
}

// subjectOf makes an account, and a record of it, for which the action has something to do.
func (s *stage) subjectOf(c *manifest.Connector, i purser.Instance, a *manifest.CompiledAction) (account int64, given map[string]string) {
	s.t.Helper()
	s.serial++
	kind := purser.Kind(a.Target)
	fields := s.samples(c, purser.KindAccount)[0]
	external := distinct(fields["external_id"], s.serial)
	if fields["email"] == "" {
		fields["email"] = "ada@example.com"
	}
	for _, record := range s.samples(c, kind) {
		own := distinct(record["external_id"], s.serial)
		given = map[string]string{}
		for _, name := range a.Given() {
			given[name] = cmp.Or(record[name], s.samples(c, purser.Kind(name))[0]["external_id"], "17")
		}
		for _, status := range []string{"active", "suspended", "deactivated", "invited"} {
			fields["status"], record["account"] = status, external
			facts := map[string]any{"account": asFacts(fields, external), "record": asFacts(record, own), "given": maps.Clone(given)}
			if kind == purser.KindAccount {
				facts["record"] = facts["account"]
			}
			applies, err := a.Applies(facts, connecting.Vars(i))
			s.must(err)
			if applies != purser.Yes {
				continue
			}
			account = s.insert(i, purser.KindAccount, external, fields)
			if kind != purser.KindAccount && a.Switch() != string(purser.SwitchProvisioning) {
				s.insert(i, kind, own, record)
				for _, name := range []string{"group", "application"} {
					if record[name] != "" {
						given[name] = record[name]
					}
				}
			}
			return account, given
		}
	}
	s.t.Fatalf("when: %s is true for no record of the fixtures", a.When)
	return 0, nil
}

func asFacts(fields map[string]string, external string) map[string]any {
	out := map[string]any{"external_id": external}
	for name, v := range fields {
		if name != "external_id" {
			out[name] = v
		}
	}
	return out
}

// distinct makes an identifier of the same form that no other record has.
func distinct(id string, n int) string {
	if id == "" {
		id = "id0"
	}
	return id + fmt.Sprint(n)
}

// act takes one action through its whole life.
func (s *stage) act(c *manifest.Connector, i purser.Instance, a *manifest.CompiledAction) {
	t := s.t
	s.vendor.mu.Lock()
	s.vendor.body = "{}"
	if ok := c.Manifest.HTTP.Success; ok != nil && ok.At != "" {
		raw, err := json.Marshal(map[string]any{ok.At: ok.Equals})
		s.must(err)
		s.vendor.body = string(raw)
	}
	s.vendor.mu.Unlock()
	s.vendor.taken()
	plan := func() (purser.Action, []purser.ActionItem) {
		account, given := s.subjectOf(c, i, a)
		in := action.PlanInput{Instance: i.ID, Action: a.Name, Accounts: []string{store.RowID("acc_", account)}, Given: given}
		if a.Name == "create" {
			in.Accounts = nil
		}
		planned, err := s.service.Plan(s.ctx, in)
		s.must(err)
		items, err := s.service.Items(s.ctx, planned.ID, nil, purser.Page{})
		s.must(err)
		return planned, items.Items
	}
	s.clock.now = s.clock.now.Add(time.Hour) // readings of actions before prove nothing
	planned, items := plan()
	if planned.DataEffect == "" || planned.ReadsBack == "" || len(items) != 1 || len(items[0].Requests) != len(a.Steps) {
		t.Fatalf("the dry run is %+v %+v", planned, items)
	}
	want := make([]string, len(items[0].Requests))
	hosts, err := c.Manifest.HostsFor(i.Settings)
	s.must(err)
	for n, r := range items[0].Requests {
		u, err := url.Parse(r.URL)
		s.must(err)
		if !manifest.HostAllowed(u.Host, hosts) || strings.Contains(strings.ReplaceAll(r.URL+r.Body, "$${", ""), "${") || r.Method == http.MethodGet {
			t.Errorf("a request of the dry run is %s %s %s", r.Method, r.URL, r.Body)
		}
		want[n] = r.Method + " https://" + u.Host + u.RequestURI() + " " + r.Body
	}
	checkSent(t, s.described, c.Manifest.Name, a.Name, items[0].Requests)
	if s.vendor.count() != 0 {
		t.Fatal("planning sent something")
	}
	_, err = s.service.Run(s.ctx, planned.ID)
	s.must(err)
	s.must(s.service.Work(s.ctx))
	s.must(s.service.Work(s.ctx))
	if got := s.vendor.taken(); !slices.Equal(got, want) {
		t.Fatalf("sent was\n%s\nthe dry run said\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if now, err := s.service.Action(s.ctx, planned.ID); err != nil || now.Counts.Sent != 1 {
		t.Fatalf("%+v %v", now.Counts, err)
	}
	s.shows(c, i, a, planned.ID)
	s.killed(a, plan)
}

// shows lets a reading show what the action brought about.
func (s *stage) shows(c *manifest.Connector, i purser.Instance, a *manifest.CompiledAction, id string) {
	t := s.t
	r := a.ReadsBack
	var kind purser.Kind
	var task string
	for _, one := range c.Tasks {
		if st := one.Stream(r.Stream); st != nil {
			kind, task = st.Emits, one.Name
		}
	}
	if r.Field != "" && !slices.ContainsFunc(purser.Fields(kind), func(f purser.Field) bool {
		return f.Name == r.Field && (f.Type != purser.Enum || slices.Contains(f.Values, r.Want))
	}) {
		t.Fatalf("reads_back: no %s ever has %s %q", kind, r.Field, r.Want)
	}
	s.clock.now = s.clock.now.Add(time.Minute)
	items, err := s.service.Items(s.ctx, id, nil, purser.Page{})
	s.must(err)
	external := items.Items[0].ExternalID
	switch {
	case r.Field != "":
		var want any = r.Want
		if slices.ContainsFunc(purser.Fields(kind), func(f purser.Field) bool { return f.Name == r.Field && f.Type == purser.Bool }) {
			want = map[string]int{"true": 1, "false": 0}[r.Want]
		}
		s.exec(`UPDATE "`+string(kind)+`" SET "`+r.Field+`" = ? WHERE instance_no = ? AND external_id = ?`, want, i.No, external)
	case a.Switch() == string(purser.SwitchProvisioning):
		given := map[string]string{"account": accountOf(external)}
		shown, err := s.service.Action(s.ctx, id)
		s.must(err)
		maps.Copy(given, shown.Given)
		s.insert(i, kind, distinct("made", s.serial), given)
	default:
		s.exec(`UPDATE "`+string(kind)+`" SET gone_gen = 9 WHERE instance_no = ? AND external_id = ?`, i.No, external)
	}
	now := purser.MicrosOf(s.clock.now)
	s.exec(`INSERT INTO stream (instance_no, task, name, kind) VALUES (?, ?, ?, ?) ON CONFLICT (instance_no, task, name) DO NOTHING`, i.No, task, r.Stream, string(kind))
	run := fmt.Sprint("run_", i.No, "_", s.serial)
	s.exec(`INSERT INTO run (id, instance_id, instance_no, task, state, cause, due_at, queued_at, started_at, ended_at) VALUES (?, ?, ?, ?, 'succeeded', 'confirm', 1, 1, ?, ?)`, run, i.ID, i.No, task, int64(now), int64(now))
	s.exec(`INSERT INTO run_stream (run_no, stream_no, gen, phase, state) SELECT r.no, s.no, 1, 'done', 'complete' FROM run r, stream s WHERE r.id = ? AND s.instance_no = ? AND s.task = ? AND s.name = ?`,
		run, i.No, task, r.Stream)
	s.must(s.service.Work(s.ctx))
	if got, err := s.service.Action(s.ctx, id); err != nil || got.Counts.Verified != 1 {
		t.Errorf("after a reading that shows it: %+v %v", got.Counts, err)
	}
}

// accountOf is the account of a record that an action made: its name begins with it.
func accountOf(external string) string {
	account, _, _ := strings.Cut(external, "/")
	return account
}

// killed kills the process after the first request arrived: it arrives once more
// only where the vendor takes it twice.
func (s *stage) killed(a *manifest.CompiledAction, plan func() (purser.Action, []purser.ActionItem)) {
	t := s.t
	s.clock.now = s.clock.now.Add(time.Hour)
	planned, items := plan()
	_, err := s.service.Run(s.ctx, planned.ID)
	s.must(err)
	s.cut = func() error {
		if s.vendor.count() > 0 {
			return fmt.Errorf("killed")
		}
		return nil
	}
	if err := s.service.Work(s.ctx); err == nil {
		t.Fatal("the process was not killed")
	}
	s.cut = nil
	s.restart()
	s.must(s.service.Work(s.ctx))
	got, err := s.service.Action(s.ctx, planned.ID)
	s.must(err)
	arrived := len(s.vendor.taken())
	if a.Repeatable(items[0].Requests[0].Method) {
		if got.Counts.Sent != 1 || arrived != len(items[0].Requests)+1 {
			t.Errorf("after a kill it is not made good: %+v, %d requests", got.Counts, arrived)
		}
	} else if got.Counts.Unsure != 1 || arrived != 1 {
		t.Errorf("after a kill it may have been done twice: %+v, %d requests", got.Counts, arrived)
	}
}
