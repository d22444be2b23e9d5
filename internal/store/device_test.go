package store_test

import (
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/engine"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// record makes a row of a kind of "field=value" pairs of text.
func record(kind purser.Kind, external, text string) engine.Row {
	fields := purser.Fields(kind)
	values := make([]purser.Value, len(fields))
	values[0] = purser.TextValue(external)
	for pair := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(pair, "=")
		for i, f := range fields {
			if f.Name == name {
				values[i] = purser.TextValue(value)
			}
		}
	}
	r := engine.Row{ExternalID: external, Values: values}
	copy(r.Digest[:], fmt.Sprintf("%08x", hash(external+text)))
	return r
}

// readAll reads a whole list of a kind and judges it.
func readAll(t *testing.T, db *store.DB, run int64, kind purser.Kind, rows ...engine.Row) store.Judgment {
	t.Helper()
	s := db.NewSync(store.RunRow{No: run, ID: fmt.Sprintf("run_01JABCDEFGHJKMNPQRST%06d", run), InstanceNo: 1, Task: "device_inventory"}, store.Guard{})
	if _, err := s.Begin(t.Context(), store.StreamInfo{Name: string(kind), Kind: kind, Snapshot: true}); err != nil {
		t.Fatal(err)
	}
	err := s.Commit(t.Context(), engine.Commit{Stream: string(kind), Kind: kind, Parts: []engine.Part{{Rows: rows, Complete: true}}, Checkpoint: []byte("{}"), Pages: 1, Read: len(rows)})
	if err != nil {
		t.Fatal(err)
	}
	j, err := s.Finish(t.Context(), string(kind), engine.Result{State: engine.Complete, Full: true, Rows: len(rows)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	return j
}

func TestAnAppThatIsMissingWaitsForTheNextReadingAndADeviceForOneAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		mac, phone := record(purser.KindDevice, "d1", "name=Mac"), record(purser.KindDevice, "d2", "name=Phone")
		chat, mail := record(purser.KindInstalledApp, "d1/chat", "device=d1;app=chat;name=Chat;version=1"), record(purser.KindInstalledApp, "d1/mail", "device=d1;app=mail;name=Mail")
		readAll(t, db, 1, purser.KindDevice, mac, phone)
		readAll(t, db, 2, purser.KindInstalledApp, chat, mail)
		if j := readAll(t, db, 3, purser.KindDevice, mac); !j.Confirm || j.Removed != 0 {
			t.Errorf("a device is missing: %+v", j)
		}
		newer := record(purser.KindInstalledApp, "d1/chat", "device=d1;app=chat;name=Chat;version=2")
		if j := readAll(t, db, 4, purser.KindInstalledApp, newer); j.Confirm || j.Removed != 0 || j.Changed != 1 {
			t.Errorf("an app is missing, another was updated: %+v", j)
		}
		if j := readAll(t, db, 5, purser.KindInstalledApp, newer); j.Removed != 1 {
			t.Errorf("an app is missing twice: %+v", j)
		}
	})
}

func TestDevicesAreSelectedByWhatIsKnownOfThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		insertInstance(t, db, &purser.Instance{ID: "ins_01J00000000000000000000001", Name: "Fleet", Connector: "fleet", Application: "Fleet", Status: purser.StatusLive})
		readAll(t, db, 1, purser.KindDevice,
			record(purser.KindDevice, "d1", "name=ada-mac;serial_number=C02;platform=macos;status=managed;email=ada@example.com;url=https://fleet.example/d1"),
			record(purser.KindDevice, "d2", "name=Bobs Phone;platform=ios;status=missing;ownership=personal;url=javascript:alert(1)"),
			record(purser.KindDevice, "d3", "serial_number=100%_sure"))
		readAll(t, db, 2, purser.KindInstalledApp, record(purser.KindInstalledApp, "d1/c", "device=d1;app=c;name=Chat;version=1;publisher=Acme"),
			record(purser.KindInstalledApp, "d1/b", "device=d1;app=b;name=browser"), record(purser.KindInstalledApp, "d2/c", "device=d2;app=c;name=CHAT"))
		for name, c := range map[string]struct {
			f    store.DeviceFilter
			want string
		}{
			"all, by name":     {store.DeviceFilter{}, "100%_sure Bobs Phone ada-mac"},
			"name":             {store.DeviceFilter{Query: "BOBS"}, "Bobs Phone"},
			"serial number":    {store.DeviceFilter{Query: "100%_"}, "100%_sure"},
			"address":          {store.DeviceFilter{Query: "ada@"}, "ada-mac"},
			"platform":         {store.DeviceFilter{Platforms: []string{"ios", "unknown"}}, "100%_sure Bobs Phone"},
			"status":           {store.DeviceFilter{Status: []string{"managed"}}, "ada-mac"},
			"ownership":        {store.DeviceFilter{Ownership: []string{"personal"}}, "Bobs Phone"},
			"an app":           {store.DeviceFilter{App: "chat"}, "Bobs Phone ada-mac"},
			"unknown by date":  {store.DeviceFilter{Seen: []string{"unknown"}}, "100%_sure Bobs Phone ada-mac"},
			"never by date":    {store.DeviceFilter{Seen: []string{"never"}}, ""},
			"not encrypted":    {store.DeviceFilter{Encrypted: []string{"no"}}, ""},
			"another instance": {store.DeviceFilter{InstanceNos: []int64{7}}, ""},
			"removed":          {store.DeviceFilter{Removed: true}, ""},
		} {
			list, err := store.Devices(t.Context(), db.Read(), c.f, purser.Page{}, true)
			if err != nil {
				t.Fatal(name, err)
			}
			var names []string
			for _, d := range list.Items {
				if n := d.Name; n != "" {
					names = append(names, n)
				} else {
					names = append(names, d.SerialNumber)
				}
			}
			if got := strings.Join(names, " "); got != c.want || list.Total != int64(len(names)) {
				t.Errorf("%s: %q of %d, want %q", name, got, list.Total, c.want)
			}
		}
		list, err := store.Devices(t.Context(), db.Read(), store.DeviceFilter{}, purser.Page{Sort: "last_seen", Limit: 2}, false)
		if err != nil || list.Next == "" {
			t.Fatal("no next page", err)
		}
		if list, err = store.Devices(t.Context(), db.Read(), store.DeviceFilter{}, purser.Page{Sort: "last_seen", Limit: 2, After: list.Next}, false); err != nil || len(list.Items) != 1 {
			t.Errorf("the second page has %d devices, %v", len(list.Items), err)
		}
		d, ok, err := store.DeviceByID(t.Context(), db.Read(), 1)
		if err != nil || !ok || d.Apps != 2 || !d.AppsKnown || d.AdminURL != "https://fleet.example/d1" || !d.LastSeen.Unknown() {
			t.Errorf("%+v %v %v", d, ok, err)
		}
		if d, _, err = store.DeviceByID(t.Context(), db.Read(), 2); err != nil || d.AdminURL != "" || d.Apps != 1 {
			t.Errorf("%+v %v", d, err)
		}
		apps, err := store.InstalledApps(t.Context(), db.Read(), store.InstalledAppFilter{DeviceID: 1}, purser.Page{}, true)
		if err != nil || len(apps.Items) != 2 || apps.Items[0].Name != "browser" || apps.Items[1].DeviceName != "ada-mac" {
			t.Errorf("%+v %v", apps, err)
		}
	})
}
