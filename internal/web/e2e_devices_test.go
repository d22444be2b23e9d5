package web_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
)

// devicePages notes devices as a device management would bring them, and returns
// the pages that show them.
func (s *site) devicePages(t testing.TB) []string {
	t.Helper()
	i := s.instances(t)[0]
	var person struct {
		ID    int64  `bun:"id"`
		Email string `bun:"email"`
	}
	err := s.DB.Write(s.host, func(ctx context.Context, tx bun.Tx) error {
		if err := tx.NewRaw(`SELECT id, email FROM "person" WHERE email <> '' ORDER BY id LIMIT 1`).Scan(ctx, &person); err != nil {
			return err
		}
		for _, stmt := range []string{
			`INSERT INTO stream (instance_no, task, name, kind, first_complete_at) VALUES (?0, 'device_inventory', 'apps', 'installed_app', 1)`,
			`INSERT INTO "device" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, name,
				serial_number, platform, os_version, manufacturer, model, status, ownership, compliant, encrypted, email, last_seen_at, url) VALUES
				(?0, 'd1', 1, 1, 1, 1, 1, 1763700000000000, 1, 'LAPTOP-0042', 'PF0AAAA1', 'windows', '10.0.26100.2314', 'Lenovo', 'ThinkPad X1', 'managed',
				'organization', 0, 1, ?1, 1763790000000000, 'https://fleet.example/d1'),
				(?0, 'd2', 1, 1, 1, 1, 1, 1763700000000000, 1, '<img src=x onerror="window.__pwned=1">', NULL, 'ipados', '26.1', 'Apple', 'iPad', 'missing',
				'personal', NULL, NULL, 'nobody@elsewhere.example', 0, NULL),
				(?0, 'd3', 1, 1, 1, 1, 1, 1763700000000000, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
			`INSERT INTO "installed_app" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at,
				device, app, name, version, identifier, publisher) VALUES
				(?0, 'd1/chat', 2, 1, 1, 1, 1, 1763700000000000, 1, 'd1', 'chat', 'Chat', '4.1.2', 'com.example.chat', 'Example Inc.'),
				(?0, 'd1/odd', 2, 1, 1, 1, 1, 1763700000000000, 1, 'd1', 'odd', '<script>window.__pwned=1</script>', NULL, NULL, NULL)`,
			`INSERT INTO change (kind, row_id, run_no, at, field, before, after) SELECT 'device', id, 0, 1763750000000000, 'status', 'pending', 'managed'
				FROM "device" WHERE external_id = 'd1'`,
		} {
			if _, err := tx.NewRaw(stmt, i.No, person.Email).Exec(ctx); err != nil {
				return err
			}
		}
		return store.MarkDerivation(ctx, tx, i.No, 0, purser.KindDevice)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.DB.MatchDevices(s.host, 1); err != nil {
		t.Fatal(err)
	}
	list, err := s.Inventory.Devices(s.host, inventory.DeviceFilter{Instances: []string{i.ID}}, purser.Page{})
	if err != nil || len(list.Items) != 3 {
		t.Fatalf("%d devices, %v", len(list.Items), err)
	}
	all := []string{"/devices", "/devices?seen=never&status=missing", "/devices?app=chat", "/devices?q=nothing-of-this-name", "/instances/" + i.ID + "/devices"}
	for _, d := range list.Items {
		all = append(all, "/devices/"+d.ID)
	}
	return append(all, "/people/"+store.RowID("per_", person.ID))
}
