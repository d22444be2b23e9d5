package action_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/uptrace/bun"

	"purser"
	"purser/connectors"
	"purser/internal/action"
	"purser/internal/connect"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/inventory"
	"purser/internal/manifest"
	"purser/internal/match"
	"purser/internal/run"
	"purser/internal/sandbox"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/internal/vendorhttp"
)

// house is a company whose identity provider is connected and was read once.
type house struct {
	t       *testing.T
	db      *store.DB
	box     *sandbox.Sandbox
	service *action.Service
	options action.Options
	connect *connect.Service
	runs    *run.Runner
	list    *inventory.Service
	catalog manifest.Catalog
	i       purser.Instance
	gate    *gate
	cut     func() error // asked before each commit
	frozen  string
	also    map[string]string // further hosts, and where they are on loopback

	mu    sync.Mutex
	clock time.Time
}

type gate struct{ no map[purser.Operation]bool }

func (g *gate) Allow(_ context.Context, op purser.Operation) error {
	if g.no[op] {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: string(op)}
	}
	return nil
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

// catalog is one for all tests of this package, as the key is: each takes longer than most of them.
var catalog = sync.OnceValues(func() (manifest.Catalog, error) { return manifest.Load(connectors.Files()) })

// key is one for all tests of this package: making one takes a while.
var key = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// each runs fn in a house on both databases.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		h := &house{t: t, clock: time.Now().UTC().Truncate(time.Second), gate: &gate{no: map[purser.Operation]bool{}}}
		o.BeforeCommit = func() error {
			if h.cut != nil {
				return h.cut()
			}
			return nil
		}
		h.db = storetest.Open(t, o)
		h.build()
		fn(t, h)
	})
}

// one is each on SQLite alone, for what the database has no part in.
func one(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	h := &house{t: t, clock: time.Now().UTC().Truncate(time.Second), gate: &gate{no: map[purser.Operation]bool{}}}
	h.db = storetest.Open(t, storetest.SQLite(t))
	h.build()
	fn(t, h)
}

func (h *house) build() {
	t := h.t
	private, err := key()
	h.must(err)
	h.box, err = sandbox.Start(t.Context(), sandbox.Options{Seed: 1, Unlimited: true, Now: h.now, Key: private})
	h.must(err)
	t.Cleanup(func() { _ = h.box.Close() })
	led := egress.VendorMap{}
	played := h.box.Map()
	maps.Copy(played, h.also)
	for host, at := range played {
		led[host], err = url.Parse(at)
		h.must(err)
	}
	transport := egress.New(egress.Options{VendorMap: led}).Transport()
	h.catalog, err = catalog()
	h.must(err)
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	h.must(err)
	sealer, err := credential.NewSealer(keys)
	h.must(err)
	still := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	links := connect.Links{Catalog: h.catalog,
		Broker: credential.NewBroker(credential.Options{Store: h.db.Credentials(), Flows: h.db.Credentials(), Sealer: sealer, HTTP: transport,
			UserAgent: "Purser/test", Holder: "test", Now: h.now, Sleep: still, Rand: rand.Reader}),
		Client: vendorhttp.New(vendorhttp.Options{Transport: transport, UserAgent: "Purser/test", Now: h.now, Sleep: still, Jitter: func() float64 { return 0 }}),
	}
	ids := purser.IDSource{Now: h.now, Rand: rand.Reader}
	log := slog.New(slog.DiscardHandler)
	h.runs, err = run.New(run.Options{DB: h.db, Catalog: h.catalog, Sources: connect.Sources{Links: links, DB: h.db}, Now: h.now, Rand: rand.Reader, Log: log,
		Derive: match.New(h.db, h.now).Derive})
	h.must(err)
	h.connect = connect.New(connect.Options{DB: h.db, Gate: h.gate, Links: links, Starter: h.runs, IDs: ids, Now: h.now, PublicURL: "https://purser.example.com/", Browser: led.Browser})
	h.list = inventory.New(inventory.Options{DB: h.db, Gate: h.gate, Now: h.now})
	h.options = action.Options{DB: h.db, Gate: h.gate, Catalog: h.catalog, Vendors: connect.Writers{Links: links, DB: h.db}, Accounts: h.list, Runs: h.runs, Vars: connect.Vars,
		IDs: ids, Now: h.now, Log: log, Node: "node", Frozen: func() string { return h.frozen }}
	h.restart()
	h.okta()
	h.read()
}

// restart makes the service anew, as a new process would.
func (h *house) restart() {
	h.t.Helper()
	var err error
	h.service, err = action.New(h.options)
	h.must(err)
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// as returns a context in which a user asks.
func (h *house) as(id string) context.Context {
	return purser.WithActor(h.t.Context(), purser.Actor{Kind: purser.ActorUser, ID: id, Name: id + "@example.com", Role: purser.RoleAdmin, Origin: "192.0.2.1"})
}

func (h *house) ada() context.Context { return h.as("ada") }
func (h *house) bob() context.Context { return h.as("bob") }

// okta connects the made-up identity provider.
func (h *house) okta() {
	h.t.Helper()
	k := h.box.Credentials().Okta
	h.join(sandbox.Connection{Connector: sandbox.Okta, Name: "Acme", Auth: "service_app", Settings: map[string]string{"domain": k.Domain},
		Fields: map[string]string{"client_id": k.ClientID, "key_id": k.KeyID, "private_key": k.PrivateKey}})
}

// join connects a system; from then on the house is about it.
func (h *house) join(of sandbox.Connection) {
	h.t.Helper()
	i, err := h.connect.Create(h.ada(), connect.CreateInput{Connector: of.Connector, Name: of.Name, Auth: of.Auth, Settings: of.Settings,
		Tasks: []purser.TaskName{purser.TaskApplicationRoster}})
	h.must(err)
	h.must(h.connect.SetCredential(h.ada(), i.ID, of.Auth, of.Fields))
	r, err := h.connect.Test(h.ada(), i.ID)
	h.must(err)
	if !r.OK {
		h.t.Fatalf("test: %+v", r)
	}
	h.must(h.connect.Confirm(h.ada(), i.ID))
	h.i, err = h.connect.Instance(h.ada(), i.ID)
	h.must(err)
}

// read lets every run that is due read the roster.
func (h *house) read() {
	h.t.Helper()
	_, err := h.runs.Start(h.ada(), h.i.ID, purser.TriggerManual, purser.TaskApplicationRoster)
	h.must(err)
	h.work()
}

// work lets every run read that waits to.
func (h *house) work() {
	h.t.Helper()
	for {
		list, err := h.runs.Runs(h.ada(), run.Filter{InstanceID: h.i.ID}, purser.Page{})
		h.must(err)
		worked := false
		for _, r := range list.Items {
			if r.State.Ended() {
				continue
			}
			row, ok, err := store.RunByID(h.t.Context(), h.db.Read(), r.ID)
			if err != nil || !ok {
				h.t.Fatal(err)
			}
			h.must(h.runs.Work(h.t.Context(), row.No))
			worked = true
		}
		if !worked {
			return
		}
		h.pass(time.Second)
	}
}

// on turns reclamation on.
func (h *house) on() {
	h.t.Helper()
	yes := true
	_, err := h.service.SetSwitch(h.ada(), h.i.ID, purser.SwitchReclamation, action.SwitchChange{On: &yes})
	h.must(err)
}

// active returns so many accounts that are active people.
func (h *house) active(n int) []purser.Account {
	h.t.Helper()
	list, err := h.list.Accounts(h.ada(), inventory.AccountFilter{InstanceID: h.i.ID, Status: []string{"active"}}, purser.Page{Limit: n})
	h.must(err)
	if len(list.Items) < n {
		h.t.Fatalf("only %d accounts are active", len(list.Items))
	}
	return list.Items[:n]
}

func ids(accounts []purser.Account) (out []string) {
	for _, a := range accounts {
		out = append(out, a.ID)
	}
	return out
}

func (h *house) plan(name string, accounts []purser.Account) purser.Action {
	h.t.Helper()
	a, err := h.service.Plan(h.ada(), action.PlanInput{Action: name, Accounts: ids(accounts)})
	h.must(err)
	return a
}

// send lets an action run to its end.
func (h *house) send(id string) purser.Action {
	h.t.Helper()
	_, err := h.service.Run(h.ada(), id)
	h.must(err)
	h.must(h.service.Work(h.t.Context()))
	return h.shown(id)
}

func (h *house) shown(id string) purser.Action {
	h.t.Helper()
	a, err := h.service.Action(h.ada(), id)
	h.must(err)
	return a
}

func (h *house) items(id string) []purser.ActionItem {
	h.t.Helper()
	list, err := h.service.Items(h.ada(), id, nil, purser.Page{Limit: 100})
	h.must(err)
	return list.Items
}

// arrived counts the changes that arrived at the vendor, by the last part of their path.
func (h *house) arrived(part string) (n int) {
	for _, r := range h.box.Journal(sandbox.Okta) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/"+part) {
			n++
		}
	}
	return n
}

// status is what the inventory says of an account.
func (h *house) status(a purser.Account) string {
	h.t.Helper()
	now, err := h.list.Account(h.ada(), a.ID)
	h.must(err)
	return now.Status
}

func problem(t *testing.T, err error) *purser.Problem {
	t.Helper()
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	return p
}

// exec runs one statement.
func (h *house) exec(stmt string, args ...any) {
	h.t.Helper()
	h.must(h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(stmt, args...).Exec(ctx)
		return err
	}))
}
