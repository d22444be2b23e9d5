package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// The reasons of links of devices, the strongest first.
const (
	deviceAccount   = "it is assigned to an account of the person"
	deviceAddress   = "its user has the person''s e-mail address"
	deviceUserName  = "its user name is the person''s e-mail address"
	deviceAlias     = "its user''s address is an alias of an account of the person"
	deviceUserAlias = "its user name is an alias of an account of the person"
)

// deviceLinkRow says whose a device is; nobody's if PersonID is 0.
type deviceLinkRow struct {
	DeviceID   int64  `bun:"device_id"`
	InstanceNo int64  `bun:"instance_no"`
	PersonID   int64  `bun:"person_id"`
	How        string `bun:"how"`
}

// wantedDevices are the live devices with whose they are. The account comes
// first: a link by hand decides about it.
func wantedDevices(which string) string {
	byAddress := func(table, of, how, preference string) string {
		return ` UNION ALL SELECT d.id, d.instance_no, p.person_id, ` + preference + `, '` + how + `' FROM "device" AS d JOIN ` + table +
			` p ON p.address = lower(d.` + of + `) WHERE d.gone_gen = 0` + which
	}
	const alias = `(SELECT address, min(person_id) AS person_id FROM person_alias GROUP BY address HAVING count(*) = 1)`
	return `SELECT device_id, instance_no, person_id, how FROM (
		SELECT x.*, row_number() OVER (PARTITION BY x.device_id ORDER BY x.preference) AS place FROM (
			SELECT d.id AS device_id, d.instance_no, l.person_id, 1 AS preference, '` + deviceAccount + `' AS how FROM "device" AS d
				JOIN "account" AS a ON a.instance_no = d.instance_no AND a.external_id = d.account
				JOIN account_person l ON l.account_id = a.id WHERE d.gone_gen = 0` + which +
		byAddress("person_address", "email", deviceAddress, "2") + byAddress("person_address", "user_name", deviceUserName, "3") +
		byAddress(alias, "email", deviceAlias, "4") + byAddress(alias, "user_name", deviceUserAlias, "5") +
		`) AS x) AS ranked WHERE place = 1`
}

// MatchDevices links devices to people: by the account that a device is assigned
// to, by the address of its user, by a user name that is an address, and by
// aliases. Names of people are never compared. Devices that are gone keep their
// link. It returns how many links were written.
func (db *DB) MatchDevices(ctx context.Context, at purser.Micros) (written int64, err error) {
	return db.matchDevices(ctx, at, "", "")
}

// MatchDevicesOf does so of the devices of some people, and of those that name one of
// some addresses.
func (db *DB) MatchDevicesOf(ctx context.Context, people []int64, addresses []string, at purser.Micros) error {
	var ids []int64
	list := bun.List(people)
	err := db.reader.NewRaw(`SELECT device_id FROM device_person WHERE person_id IN (?)
		UNION SELECT d.id FROM "device" AS d JOIN "account" AS a ON a.instance_no = d.instance_no AND a.external_id = d.account
			JOIN account_person l ON l.account_id = a.id WHERE l.person_id IN (?)
		UNION SELECT d.id FROM "device" AS d WHERE lower(d.email) IN (?) OR lower(d.user_name) IN (?)
		UNION SELECT d.id FROM "device" AS d JOIN person_address p ON p.address IN (lower(d.email), lower(d.user_name)) WHERE p.person_id IN (?)`,
		list, list, bun.List(addresses), bun.List(addresses), list).Scan(ctx, &ids)
	for part := range slices.Chunk(ids, derivationSlice) {
		if err == nil {
			_, err = db.matchDevices(ctx, at, " AND d.id IN (?)", " AND h.device_id IN (?)", bun.List(part))
		}
	}
	return err
}

func (db *DB) matchDevices(ctx context.Context, at purser.Micros, which, had string, devices ...any) (written int64, err error) {
	var args []any
	if len(devices) > 0 {
		args = slices.Repeat(devices, 6) // five ways, and those that have none any more
	}
	return converge(ctx, db, putDeviceLinks(at), `WITH wanted AS (`+wantedDevices(which)+`)
		SELECT w.device_id, w.instance_no, w.person_id, w.how FROM wanted w LEFT JOIN device_person h ON h.device_id = w.device_id
			WHERE h.device_id IS NULL OR h.person_id <> w.person_id OR h.how <> w.how
		UNION ALL SELECT h.device_id, h.instance_no, 0, '' FROM device_person h JOIN "device" AS d ON d.id = h.device_id
			LEFT JOIN wanted w ON w.device_id = h.device_id WHERE d.gone_gen = 0 AND w.device_id IS NULL`+had, args...)
}

func putDeviceLinks(at purser.Micros) func(ctx context.Context, tx bun.Tx, rows []deviceLinkRow) error {
	return func(ctx context.Context, tx bun.Tx, rows []deviceLinkRow) error {
		var loose []int64
		var values []any
		for _, r := range rows {
			if r.PersonID == 0 {
				loose = append(loose, r.DeviceID)
			} else {
				values = append(values, r.DeviceID, r.InstanceNo, r.PersonID, r.How, int64(at))
			}
		}
		if len(loose) > 0 {
			if _, err := tx.NewRaw(`DELETE FROM device_person WHERE device_id IN (?)`, bun.List(loose)).Exec(ctx); err != nil {
				return err
			}
		}
		if len(values) == 0 {
			return nil
		}
		_, err := tx.NewRaw(`INSERT INTO device_person (device_id, instance_no, person_id, how, linked_at) VALUES `+
			tuples("(?, ?, ?, ?, ?)", len(values)/5)+` ON CONFLICT (device_id) DO UPDATE SET person_id = excluded.person_id,
			how = excluded.how, linked_at = excluded.linked_at`, values...).Exec(ctx)
		return err
	}
}
