package deletion_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/deletion"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// house is a database with instances in it, and what deletes them.
type house struct {
	t       *testing.T
	db      *store.DB
	service *deletion.Service
	ctx     context.Context
	ids     purser.IDSource
	working map[int64]int // how often runs of an instance are still worked on
	told    []purser.Event
	cut     func() error // asked before each commit
}

type allow struct{}

func (allow) Allow(ctx context.Context, _ purser.Operation) error {
	if a, ok := purser.ActorFrom(ctx); ok && a.Role == purser.RoleAdmin {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemForbidden, What: "not permitted"}
}

// StopInstance plays the runner.
func (h *house) StopInstance(no int64) bool {
	h.working[no]--
	return h.working[no] >= 0
}

func (h *house) newService() *deletion.Service {
	h.t.Helper()
	s, err := deletion.New(deletion.Options{DB: h.db, Gate: allow{}, Runs: h, IDs: h.ids, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Sleep:    func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		GiveBack: func(context.Context, purser.Instance) string { return "The vendor took the credential back." },
		Derive:   match.New(h.db, time.Now).Derive,
		Tell: func(_ context.Context, _ bun.Tx, e purser.Event) error {
			h.told = append(h.told, e)
			return nil
		}})
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		h := &house{t: t, ids: purser.IDSource{Now: time.Now, Rand: rand.Reader}, working: map[int64]int{}}
		o.BeforeCommit = func() error {
			if h.cut != nil {
				return h.cut()
			}
			return nil
		}
		h.db = storetest.Open(t, o)
		h.ctx = purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_1", Name: "ada@example.com", Role: purser.RoleAdmin, Origin: "192.0.2.1"})
		h.service = h.newService()
		fn(t, h)
	})
}

// instance adds a live instance.
func (h *house) instance(name, connector, tenant string) purser.Instance {
	h.t.Helper()
	var out purser.Instance
	h.write(func(ctx context.Context, tx bun.Tx) error {
		app, err := store.ManageApplication(ctx, tx, name+" Application", connector, 1)
		if err != nil {
			return err
		}
		out = purser.Instance{ID: h.ids.New(purser.PrefixInstance), Name: name, Connector: connector, Status: purser.StatusLive, TenantID: tenant, Confirmed: true,
			Application: store.ApplicationID(app), Settings: map[string]string{}, CreatedAt: time.Now(), UpdatedAt: time.Now()}
		out.No, err = store.InsertInstance(ctx, tx, out)
		return err
	})
	return out
}

func (h *house) write(fn func(ctx context.Context, tx bun.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// exec runs one statement.
func (h *house) exec(stmt string, args ...any) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(stmt, args...).Exec(ctx)
		return err
	})
}

func (h *house) count(query string, args ...any) (n int64) {
	h.t.Helper()
	if err := h.db.Read().NewRaw(query, args...).Scan(h.t.Context(), &n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// account adds an account, person a person; both return the row's number.
func (h *house) account(i purser.Instance, external, email string) int64 {
	h.t.Helper()
	h.exec(`INSERT INTO "account" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email)
		VALUES (?, ?, 0, 0, 1, 1, 1, 1, 1, ?)`, i.No, external, email)
	return h.count(`SELECT id FROM "account" WHERE instance_no = ? AND external_id = ?`, i.No, external)
}

func (h *house) person(i purser.Instance, external, email string) int64 {
	h.t.Helper()
	h.exec(`INSERT INTO "person" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email)
		VALUES (?, ?, 0, 0, 1, 1, 1, 1, 1, ?)`, i.No, external, email)
	return h.count(`SELECT id FROM "person" WHERE instance_no = ? AND external_id = ?`, i.No, external)
}

// delete begins a deletion and carries it out.
func (h *house) delete(i purser.Instance, scope purser.DeletionScope) purser.Deletion {
	h.t.Helper()
	d, err := h.service.Begin(h.ctx, i.ID, scope, true)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.service.Work(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	if d, err = h.service.Deletion(h.ctx, d.ID); err != nil {
		h.t.Fatal(err)
	}
	if !d.Ended() {
		h.t.Fatalf("the deletion does not end: %+v", d)
	}
	return d
}

var errPlug = errors.New("the plug is out")
