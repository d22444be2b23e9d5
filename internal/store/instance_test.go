package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/credential"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestAnInstanceComesBackAsWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 11, 2, 3, 4, 5, 6000, time.UTC)
		in := purser.Instance{ID: "ins_A", Name: "Acme – production", Connector: "chat", Status: purser.StatusDraft,
			Health: purser.HealthUnknown, Auth: "code", Settings: map[string]string{"domain": "a?b.example.com"}, CreatedAt: at, UpdatedAt: at}
		insertInstance(t, db, &in)
		got, err := store.Instance(t.Context(), db.Read(), "ACME – production")
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != in.ID || got.Name != in.Name || got.Settings["domain"] != "a?b.example.com" || !got.CreatedAt.Equal(at) || got.Version != 1 {
			t.Errorf("got %+v", got)
		}
		if got.Application != in.Application || got.Application == "" {
			t.Errorf("application %q, want %q", got.Application, in.Application)
		}
	})
}

func TestOfTwoChangesOfTheSameVersionOneIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := purser.Instance{ID: "ins_A", Name: "A", Connector: "chat", Status: purser.StatusDraft}
		insertInstance(t, db, &in)
		first, err := store.Instance(t.Context(), db.Read(), "ins_A")
		if err != nil {
			t.Fatal(err)
		}
		second := first
		first.Name, second.Name = "first", "second"
		for i, c := range []purser.Instance{first, second} {
			var ok bool
			write(t, db, func(ctx context.Context, tx bun.Tx) (err error) {
				ok, err = store.UpdateInstance(ctx, tx, c)
				return err
			})
			if ok != (i == 0) {
				t.Errorf("change %d: written is %v", i, ok)
			}
		}
	})
}

func TestTheHealthKeepsSinceWhenItHolds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := purser.Instance{ID: "ins_A", Name: "A", Connector: "chat", Status: purser.StatusLive}
		insertInstance(t, db, &in)
		for _, step := range []struct {
			health purser.Health
			at     purser.Micros
		}{{purser.HealthFailing, 10}, {purser.HealthFailing, 20}} {
			write(t, db, func(ctx context.Context, tx bun.Tx) error {
				return store.SetInstanceHealth(ctx, tx, "ins_A", step.health, "why", step.at)
			})
		}
		got, err := store.Instance(t.Context(), db.Read(), "ins_A")
		if err != nil || got.HealthSince != purser.Micros(10).Time() || got.Health != purser.HealthFailing {
			t.Errorf("got %v %v %v", got.Health, got.HealthSince, err)
		}
	})
}

func TestDueTasksAreThoseOfLiveInstances(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, s := range []struct {
			id     string
			status purser.Status
		}{{"ins_LIVE", purser.StatusLive}, {"ins_DRAFT", purser.StatusDraft}} {
			in := purser.Instance{ID: s.id, Name: s.id, Connector: "chat", Status: s.status}
			insertInstance(t, db, &in)
			write(t, db, func(ctx context.Context, tx bun.Tx) error {
				return errors.Join(
					store.PutTask(ctx, tx, store.TaskRow{InstanceID: s.id, Task: "application_roster", Enabled: true, Every: 1, NextRunAt: 50}),
					store.PutTask(ctx, tx, store.TaskRow{InstanceID: s.id, Task: "application_access", Enabled: false, Every: 1, NextRunAt: 50}),
					store.PutTask(ctx, tx, store.TaskRow{InstanceID: s.id, Task: "license_information", Enabled: true, Every: 1, NextRunAt: 51}))
			})
		}
		rows, err := store.DueTasks(t.Context(), db.Read(), 50, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 1 || rows[0].InstanceID != "ins_LIVE" || rows[0].Task != "application_roster" {
			t.Errorf("due: %+v", rows)
		}
	})
}

func TestACredentialIsSwappedOnItsGenerationOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := purser.Instance{ID: "ins_A", Name: "A", Connector: "chat", Status: purser.StatusDraft}
		insertInstance(t, db, &in)
		c := db.Credentials()
		r := credential.Record{ID: "crd_A", InstanceID: "ins_A", Connector: "chat", Auth: "key", Hosts: "h", Generation: 1,
			Sealed: map[string][]byte{"secret.token": {0, 1, 0xff}}, EnteredAt: time.UnixMicro(5).UTC()}
		if _, err := c.Credential(t.Context(), "crd_A"); !errors.Is(err, credential.ErrNoCredential) {
			t.Fatalf("before: %v", err)
		}
		if err := c.SwapCredential(t.Context(), r, 0); err != nil {
			t.Fatal(err)
		}
		if err := c.SwapCredential(t.Context(), r, 0); !errors.Is(err, credential.ErrConflict) {
			t.Errorf("a second first one: %v", err)
		}
		r.Generation = 2
		if err := c.SwapCredential(t.Context(), r, 1); err != nil {
			t.Error(err)
		}
		if err := c.SwapCredential(t.Context(), r, 1); !errors.Is(err, credential.ErrConflict) {
			t.Errorf("an old generation: %v", err)
		}
		got, err := c.Credential(t.Context(), "crd_A")
		if err != nil || got.Generation != 2 || string(got.Sealed["secret.token"]) != "\x00\x01\xff" || !got.EnteredAt.Equal(r.EnteredAt) {
			t.Errorf("got %+v %v", got, err)
		}
	})
}

func TestALeaseIsForOneHolderUntilItEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := purser.Instance{ID: "ins_A", Name: "A", Connector: "chat", Status: purser.StatusDraft}
		insertInstance(t, db, &in)
		c := db.Credentials()
		if err := c.SwapCredential(t.Context(), credential.Record{ID: "crd_A", InstanceID: "ins_A", Generation: 1}, 0); err != nil {
			t.Fatal(err)
		}
		at := func(s int64) time.Time { return time.Unix(s, 0) }
		for i, step := range []struct {
			holder     string
			now, until int64
			want       bool
		}{{"a", 10, 20, true}, {"b", 11, 21, false}, {"a", 12, 30, true}, {"b", 30, 40, true}, {"a", 31, 41, false}} {
			got, err := c.LeaseCredential(t.Context(), "crd_A", step.holder, at(step.now), at(step.until))
			if err != nil || got != step.want {
				t.Errorf("step %d: %v %v", i, got, err)
			}
		}
		if err := c.ReleaseCredential(t.Context(), "crd_A", "b"); err != nil {
			t.Fatal(err)
		}
		if ok, err := c.LeaseCredential(t.Context(), "crd_A", "a", at(32), at(33)); !ok || err != nil {
			t.Errorf("after the release: %v %v", ok, err)
		}
	})
}

func TestAFlowIsTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := purser.Instance{ID: "ins_A", Name: "A", Connector: "chat", Status: purser.StatusDraft}
		insertInstance(t, db, &in)
		c := db.Credentials()
		f := credential.Flow{State: "digest", Session: "s", InstanceID: "ins_A", Scopes: []string{"a", "b"}, Sealed: []byte{9},
			CreatedAt: time.Unix(1, 0).UTC(), ExpiresAt: time.Unix(601, 0).UTC()}
		if err := c.PutFlow(t.Context(), f, time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		got, err := c.TakeFlow(t.Context(), "digest")
		if err != nil || len(got.Scopes) != 2 || len(got.Sealed) != 1 || !got.ExpiresAt.Equal(f.ExpiresAt) {
			t.Errorf("got %+v %v", got, err)
		}
		if _, err := c.TakeFlow(t.Context(), "digest"); !errors.Is(err, credential.ErrNoFlow) {
			t.Errorf("taken twice: %v", err)
		}
	})
}

func insertInstance(t *testing.T, db *store.DB, i *purser.Instance) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx bun.Tx) error {
		id, err := store.ManageApplication(ctx, tx, "Chat", i.Connector, 1)
		if err != nil {
			return err
		}
		i.Application = store.ApplicationID(id)
		i.No, err = store.InsertInstance(ctx, tx, *i)
		return err
	})
}

func write(t *testing.T, db *store.DB, fn func(context.Context, bun.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}
