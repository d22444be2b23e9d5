package notify_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/notify"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// house is a Purser that tells people.
type house struct {
	t  *testing.T
	db *store.DB
	*notify.Service
	clock *clock
	ids   purser.IDSource
	seq   int
}

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
	c.at = c.at.Add(d)
	c.mu.Unlock()
}

type openGate struct{}

func (openGate) Allow(context.Context, purser.Operation) error { return nil }

// each runs a test in a fresh house on both databases.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) { inHouse(t, o, fn) })
}

// eachSQLite is for tests of what does not depend on the database.
func eachSQLite(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	inHouse(t, storetest.SQLite(t), fn)
}

func inHouse(t *testing.T, o store.Options, fn func(t *testing.T, h *house)) {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	o.Now = c.now
	h := &house{t: t, db: storetest.Open(t, o), clock: c, ids: purser.IDSource{Now: c.now, Rand: rand.Reader}}
	h.restart(notify.Options{})
	fn(t, h)
}

type (
	ctxT = context.Context
	txT  = bun.Tx
)

// restart is what a start of Purser gives.
func (h *house) restart(o notify.Options) {
	h.t.Helper()
	o.DB, o.Gate, o.Now, o.Rand, o.Log = h.db, openGate{}, h.clock.now, rand.Reader, slog.New(slog.DiscardHandler)
	o.PublicURL, o.Node = "https://purser.example.com", "here"
	s, err := notify.New(o)
	if err != nil {
		h.t.Fatal(err)
	}
	h.Service = s
}

func (h *house) write(fn func(ctx context.Context, tx bun.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) user(email string, role purser.Role) string {
	id := h.ids.New(purser.PrefixUser)
	h.write(func(ctx context.Context, tx bun.Tx) error {
		return store.InsertUser(ctx, tx, store.User{ID: id, Email: email, Name: email, Role: role, CreatedAt: 1, UpdatedAt: 1})
	})
	return id
}

func (h *house) instance(name, owner string) string {
	id := h.ids.New(purser.PrefixInstance)
	h.write(func(ctx context.Context, tx bun.Tx) error {
		_, err := store.InsertInstance(ctx, tx, purser.Instance{ID: id, Name: name, Connector: "acme", Status: purser.StatusLive, OwnerID: owner, Settings: map[string]string{}})
		return err
	})
	return id
}

// happen posts an event of its own.
func (h *house) happen(kind purser.EventKind, instanceID string) purser.Event {
	h.seq++
	e := purser.Event{Kind: kind, InstanceID: instanceID, InstanceName: "Acme", Key: fmt.Sprintf("%s/%d", kind, h.seq), At: h.clock.now(),
		What: "Acme cannot be synced any more", Why: "the vendor answers with errors", Hint: "Look at the run", Path: "/instances/" + instanceID}
	h.write(func(ctx context.Context, tx bun.Tx) error { return h.Post(ctx, tx, e) })
	return e
}

// outbox lists the deliveries as "way target reason state".
func (h *house) outbox() string {
	h.t.Helper()
	rows, err := store.Deliveries(h.t.Context(), h.db.Read(), store.DeliveryFilter{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, strings.Join([]string{r.Way, r.Target, r.Reason, r.State}, " "))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func (h *house) wantOutbox(want ...string) {
	h.t.Helper()
	slices.Sort(want)
	if got := h.outbox(); got != strings.Join(want, "\n") {
		h.t.Errorf("the outbox holds\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// deliver sends what is due.
func (h *house) deliver() {
	h.t.Helper()
	if err := h.Deliver(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// delivery returns the only delivery to a target.
func (h *house) delivery(target string) store.DeliveryRow {
	h.t.Helper()
	rows, err := store.Deliveries(h.t.Context(), h.db.Read(), store.DeliveryFilter{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	var found []store.DeliveryRow
	for _, r := range rows {
		if r.Target == target {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		h.t.Fatalf("%d deliveries to %s:\n%s", len(found), target, h.outbox())
	}
	return found[0]
}
