package inventory_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestDevicesOpenWithTheirPersonAppsAndHistory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		fleet, hr := connect(t, db, "Fleet", "fleet", "Fleet"), connect(t, db, "HR", "hr", "HR")
		exec(t, db, `UPDATE instance SET hr = TRUE WHERE no = ?`, hr.No)
		ada := row(t, db, purser.KindPerson, hr.No, "1", map[string]any{"display_name": "Ada", "email": "ada@example.com", "employment": "ended"})
		mac := row(t, db, purser.KindDevice, fleet.No, "d1", map[string]any{"name": "ada-mac", "platform": "macos", "status": "managed", "email": "ada@example.com"})
		row(t, db, purser.KindDevice, fleet.No, "d2", map[string]any{"name": "spare"})
		row(t, db, purser.KindInstalledApp, fleet.No, "d1/chat", map[string]any{"device": "d1", "app": "chat", "name": "Chat"})
		exec(t, db, `INSERT INTO change (kind, row_id, run_no, at, field, before, after) VALUES ('device', ?, 0, 5, 'removed', NULL, '4')`, mac)
		exec(t, db, `INSERT INTO change (kind, row_id, run_no, at, field, before, after) VALUES ('device', ?, 0, 9, 'removed', '4', NULL)`, mac)
		if err := db.IndexPeople(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := db.MatchDevices(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		names := func(f inventory.DeviceFilter) (out string) {
			t.Helper()
			err := s.EachDevice(t.Context(), f, func(d purser.Device) error { out += d.Name + " "; return nil })
			if err != nil {
				t.Fatal(err)
			}
			return strings.TrimSpace(out)
		}
		no := false
		for want, f := range map[string]inventory.DeviceFilter{
			"ada-mac spare": {Instances: []string{"Fleet"}}, "ada-mac": {Left: true}, "spare": {Matched: &no}, "": {Platforms: []string{"linux"}},
		} {
			if got := names(f); got != want {
				t.Errorf("%+v selects %q, want %q", f, got, want)
			}
		}
		var p *purser.Problem
		if _, err := s.Devices(t.Context(), inventory.DeviceFilter{Seen: []string{"yesterday"}}, purser.Page{}); !errors.As(err, &p) || p.Field != "seen" {
			t.Errorf("a word that is none: %v", err)
		}
		d, err := s.Device(t.Context(), store.RowID("dev_", mac))
		if err != nil || d.PersonID != store.RowID("per_", ada) || !d.PersonLeft || d.MatchReason == "" || d.AppsKnown {
			t.Errorf("%+v %v", d, err)
		}
		changes, err := s.DeviceChanges(t.Context(), d.ID)
		if err != nil || len(changes) != 3 || changes[0].Field != "" || changes[0].After != "returned" || changes[1].After != "removed" || changes[2].After != "added" {
			t.Errorf("changes %+v %v", changes, err)
		}
		own, err := s.PersonDevices(t.Context(), d.PersonID)
		if err != nil || len(own) != 1 {
			t.Errorf("%d devices of the person, %v", len(own), err)
		}
		apps, err := s.DeviceApps(t.Context(), d.ID, "CHA", false, purser.Page{})
		if err != nil || len(apps.Items) != 1 || apps.Total != 1 {
			t.Errorf("%+v %v", apps, err)
		}
		found, err := s.Search(t.Context(), "ada-m")
		if err != nil || len(found) != 1 || found[0].URL != "/devices/"+d.ID {
			t.Errorf("%+v %v", found, err)
		}
		for _, id := range []string{"dev_999", "acc_1", "dev_", ""} {
			if _, err := s.Device(t.Context(), id); !errors.As(err, &p) || p.Kind != purser.ProblemNotFound {
				t.Errorf("%q: %v", id, err)
			}
		}
	})
}

func TestDevicesAreForThoseWhoMaySeeAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		gate := everything()
		delete(gate, purser.OpAccountRead)
		s := service(db, gate)
		for name, ask := range map[string]func(ctx context.Context) error{
			"list": func(ctx context.Context) error {
				_, err := s.Devices(ctx, inventory.DeviceFilter{}, purser.Page{})
				return err
			},
			"one": func(ctx context.Context) error { _, err := s.Device(ctx, "dev_1"); return err },
			"apps": func(ctx context.Context) error {
				_, err := s.DeviceApps(ctx, "dev_1", "", false, purser.Page{})
				return err
			},
			"export": func(ctx context.Context) error {
				return s.EachDevice(ctx, inventory.DeviceFilter{}, func(purser.Device) error { return nil })
			},
			"of a person": func(ctx context.Context) error { _, err := s.PersonDevices(ctx, "per_1"); return err },
		} {
			var p *purser.Problem
			if err := ask(t.Context()); !errors.As(err, &p) || p.Kind != purser.ProblemForbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
