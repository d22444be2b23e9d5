package freeze_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/freeze"
	"purser/internal/login"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// breaker notes what it is told.
type breaker struct{ on atomic.Bool }

// Freeze notes it.
func (b *breaker) Freeze(on bool) { b.on.Store(on) }

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, db *store.DB) (*freeze.Service, *breaker) {
	t.Helper()
	gate, err := login.New(login.Options{DB: db, Now: time.Now, Rand: strings.NewReader("")})
	if err != nil {
		t.Fatal(err)
	}
	b := &breaker{}
	s, err := freeze.New(t.Context(), freeze.Options{DB: db, Gate: gate, Breaker: b, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

func as(ctx context.Context, role purser.Role) context.Context {
	return purser.WithActor(ctx, purser.Actor{Kind: purser.ActorUser, ID: "usr_1", Name: "ada@example.com", Role: role, Origin: "192.0.2.7"})
}

func TestAFreezeSaysWhenWhoAndWhyAndOutlivesTheServer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := open(t, db)
		state, err := s.Freeze(as(t.Context(), purser.RoleOperator), " a token may have leaked ")
		if err != nil {
			t.Fatal(err)
		}
		want := freeze.State{Frozen: true, At: at, By: "ada@example.com", Why: "a token may have leaked"}
		if state.Frozen != want.Frozen || !state.At.Equal(want.At) || state.By != want.By || state.Why != want.Why || !b.on.Load() {
			t.Errorf("got %+v and a breaker that is %t", state, b.on.Load())
		}
		if text := state.Sentence(); text != "outgoing calls are frozen since 1 March 2026 12:00 UTC by ada@example.com: a token may have leaked" {
			t.Error(text)
		}
		again, another := open(t, db)
		if !another.on.Load() || again.Known().Why != want.Why {
			t.Errorf("after a restart: breaker %t, %+v", another.on.Load(), again.Known())
		}
		if _, err := again.Freeze(as(t.Context(), purser.RoleAdmin), "something else"); err != nil || again.Known().Why != want.Why {
			t.Errorf("who froze first is forgotten: %+v, %v", again.Known(), err)
		}
		if _, err := again.Thaw(as(t.Context(), purser.RoleAdmin)); err != nil || another.on.Load() {
			t.Errorf("thaw: %v, breaker %t", err, another.on.Load())
		}
		// The first server shares the database and is told nothing.
		if frozen, err := s.Frozen(t.Context()); err != nil || frozen || b.on.Load() {
			t.Errorf("the other server: frozen %t, breaker %t, %v", frozen, b.on.Load(), err)
		}
		list, err := audit.New(db, allowAll{}).List(t.Context(), audit.Filter{Object: "calls"}, purser.Page{})
		if err != nil || len(list.Items) != 2 || list.Items[1].Operation != purser.OpFreeze || list.Items[0].Operation != purser.OpThaw ||
			!strings.Contains(string(list.Items[1].After), "leaked") {
			t.Errorf("the audit log has %+v, %v", list.Items, err)
		}
	})
}

type allowAll struct{}

// Allow allows it.
func (allowAll) Allow(context.Context, purser.Operation) error { return nil }

func TestOnlyAnAdminThaws(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := open(t, db)
		for _, role := range []purser.Role{purser.RoleAuditor, purser.RoleFinance} {
			if _, err := s.Freeze(as(t.Context(), role), ""); kind(err) != purser.ProblemForbidden || b.on.Load() {
				t.Errorf("%s froze: %v", role, err)
			}
		}
		if _, err := s.Freeze(as(t.Context(), purser.RoleOperator), strings.Repeat("x", 501)); kind(err) != purser.ProblemInvalid {
			t.Errorf("501 characters: %v", err)
		}
		if _, err := s.Freeze(as(t.Context(), purser.RoleOperator), ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Thaw(as(t.Context(), purser.RoleOperator)); kind(err) != purser.ProblemForbidden || !b.on.Load() {
			t.Errorf("an operator thawed: %v", err)
		}
		if _, err := s.Confirm(as(t.Context(), purser.RoleAdmin)); kind(err) != purser.ProblemConflict || !b.on.Load() {
			t.Errorf("what a person froze ended as if it were a restore: %v", err)
		}
	})
}

func TestARestoredBoxIsNotThawedButConfirmed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			return freeze.Restored(ctx, tx, "a backup of 28 February", at)
		})
		if err != nil {
			t.Fatal(err)
		}
		s, b := open(t, db)
		if !b.on.Load() || !s.Known().Restored || s.Known().Why != "a backup of 28 February" {
			t.Fatalf("%+v, breaker %t", s.Known(), b.on.Load())
		}
		if _, err := s.Thaw(as(t.Context(), purser.RoleAdmin)); kind(err) != purser.ProblemConflict || !b.on.Load() {
			t.Errorf("it was thawed: %v", err)
		}
		if _, err := s.Confirm(as(t.Context(), purser.RoleOperator)); kind(err) != purser.ProblemForbidden || !b.on.Load() {
			t.Errorf("an operator confirmed: %v", err)
		}
		if state, err := s.Confirm(as(t.Context(), purser.RoleAdmin)); err != nil || state.Frozen || b.on.Load() {
			t.Errorf("confirmed: %+v, %v", state, err)
		}
	})
}

func TestDamagedWordsDoNotLetCallsOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return store.PutSetting(ctx, tx, "frozen", "{", 1) })
		if err != nil {
			t.Fatal(err)
		}
		if s, b := open(t, db); !b.on.Load() || s.Known().Sentence() == "" {
			t.Error("calls leave")
		}
	})
}

func kind(err error) purser.ProblemKind {
	p, _ := errors.AsType[*purser.Problem](err)
	if p == nil {
		return ""
	}
	return p.Kind
}
