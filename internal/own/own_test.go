package own_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/connectors"
	"purser/internal/manifest"
	"purser/internal/own"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

type open struct{}

func (open) Allow(context.Context, purser.Operation) error { return nil }

const planner = `manifest: 1
name: planner
title: Planner
category: other
hosts: [planner.example.com]
auth: {key: {title: Key, grant: static, send: {header: {Authorization: "Bearer ${secret.token}"}}, fields: [token]}}
http: {base_url: "https://planner.example.com", page: {kind: none}}
tasks:
  application_roster:
    reads: users
    streams:
      users: {emits: account, mode: snapshot, scopes: [users.read], get: /users, fields: {external_id: id}}
`

func TestAnOwnConnectorIsInertUntilItIsTrustedAndPausesWhenItChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := t.TempDir()
		put := func(name, text string) {
			t.Helper()
			if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name, "manifest.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		put("planner", planner)
		put("okta", strings.ReplaceAll(planner, "name: planner", "name: okta"))
		catalog, err := manifest.Load(connectors.Files())
		if err != nil {
			t.Fatal(err)
		}
		builtin := catalog.Get("okta")
		s, err := own.New(own.Options{DB: db, Gate: open{}, Catalog: catalog, Folder: dir, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		list := func() []own.Connector {
			t.Helper()
			all, err := s.List(t.Context())
			if err != nil || len(all) != 2 {
				t.Fatalf("%+v: %v", all, err)
			}
			return all
		}
		all := list()
		if len(all[0].Problems) == 0 || catalog.Get("okta") != builtin {
			t.Error("a connector took the name of a built-in one")
		}
		seen := all[1]
		if seen.Trusted || seen.Hosts[0] != "planner.example.com" || seen.Scopes[0] != "users.read" || catalog.Get("planner") == nil || catalog.Get("planner").Trusted {
			t.Fatalf("before it is trusted: %+v", seen)
		}
		if err := s.Trust(t.Context(), "planner", "another"); err == nil {
			t.Error("trusted without having been seen")
		}
		if err := s.Trust(t.Context(), "planner", seen.Digest); err != nil || !catalog.Get("planner").Trusted {
			t.Fatal(err)
		}
		err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := store.InsertInstance(ctx, tx, purser.Instance{ID: "ins_1", Name: "Planner", Connector: "planner", Status: purser.StatusLive, Settings: map[string]string{}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		status := func() purser.Status {
			t.Helper()
			i, err := store.Instance(t.Context(), db.Read(), "ins_1")
			if err != nil {
				t.Fatal(err)
			}
			return i.Status
		}
		put("planner", strings.Replace(planner, "hosts: [planner.example.com]", "hosts: [planner.example.com, evil.example.net]", 1))
		changed := list()[1]
		if changed.Trusted || !changed.Changed || len(changed.Difference) != 2 || status() != purser.StatusInactive || catalog.Get("planner").Trusted {
			t.Fatalf("after a change: %+v, the instance is %s", changed, status())
		}
		if err := s.Trust(t.Context(), "planner", seen.Digest); err == nil {
			t.Error("what was seen before the change trusts the change")
		}
		if err := s.Trust(t.Context(), "planner", changed.Digest); err != nil || status() != purser.StatusLive {
			t.Errorf("trusted anew: %v, the instance is %s", err, status())
		}
		goneAndBack(t, dir, func() []own.Connector { all, _ := s.List(t.Context()); return all }, put, status, changed)
		put("planner", "not a manifest")
		if broken := list()[1]; len(broken.Problems) == 0 || status() != purser.StatusInactive || catalog.Get("planner") != nil {
			t.Errorf("a manifest that broke: %+v, the instance is %s", broken, status())
		}
	})
}

// goneAndBack takes the folder of a trusted connector away, and puts it back as it was.
func goneAndBack(t *testing.T, dir string, list func() []own.Connector, put func(name, text string), status func() purser.Status, was own.Connector) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "planner", "manifest.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "planner")); err != nil {
		t.Fatal(err)
	}
	gone := list()
	if len(gone) != 2 || !gone[1].Missing || gone[1].Trusted || len(gone[1].Instances) != 1 || !gone[1].Instances[0].Paused || status() != purser.StatusInactive {
		t.Errorf("a folder that is gone: %+v, the instance is %s", gone, status())
	}
	put("planner", string(text))
	if back := list(); !back[1].Trusted || back[1].Digest != was.Digest || back[1].Missing || back[1].Instances[0].Paused || status() != purser.StatusLive {
		t.Errorf("back as it was trusted: %+v, the instance is %s", back[1], status())
	}
}
