package store

import (
	"context"
	"net/url"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// DeviceFilter selects devices; zero fields select every one that is not removed.
type DeviceFilter struct {
	Query       string // in name, serial number, asset tag, model, and what the vendor says of its user
	InstanceNos []int64
	Application int64 // of whose instances
	PersonID    int64
	Platforms   []string
	Status      []string
	Ownership   []string
	Compliant   []string // yes, no, unknown
	Encrypted   []string // yes, no, unknown
	Seen        []string // recent, long_ago, never, unknown; any of them
	SeenSince   purser.Micros
	Matched     *bool
	Left        bool   // of people who are gone, as an HR source says
	App         string // the name of an installed app, whole, without regard to case
	Removed     bool
	ID          int64
	Any         []DeviceFilter // groups of conditions, of which a row meets one
}

type deviceRow struct {
	sorted
	ID           int64         `bun:"id"`
	InstanceID   string        `bun:"instance_id"`
	InstanceName string        `bun:"instance_name"`
	ExternalID   string        `bun:"external_id"`
	Name         string        `bun:"name"`
	SerialNumber string        `bun:"serial_number"`
	AssetTag     string        `bun:"asset_tag"`
	Platform     string        `bun:"platform"`
	OSVersion    string        `bun:"os_version"`
	Manufacturer string        `bun:"manufacturer"`
	Model        string        `bun:"model"`
	Status       string        `bun:"status"`
	Ownership    string        `bun:"ownership"`
	Compliant    *int64        `bun:"compliant"`
	Encrypted    *int64        `bun:"encrypted"`
	Email        string        `bun:"email"`
	UserName     string        `bun:"user_name"`
	Owner        string        `bun:"owner"`
	AccountID    int64         `bun:"account_id"`
	Department   string        `bun:"department"`
	Location     string        `bun:"location"`
	URL          string        `bun:"url"`
	PersonID     int64         `bun:"person_id"`
	PersonName   string        `bun:"person_name"`
	PersonLeft   bool          `bun:"person_left"`
	How          string        `bun:"how"`
	Apps         int64         `bun:"apps"`
	AppsKnown    bool          `bun:"apps_known"`
	EnrolledAt   purser.Micros `bun:"enrolled_at"`
	LastSeenAt   *int64        `bun:"last_seen_at"`
	FirstSeenAt  purser.Micros `bun:"first_seen_at"`
	RemovedAt    purser.Micros `bun:"removed_at"`
}

// The orders of the list; the indexes device_by_name and device_by_seen have the same expressions.
const (
	deviceName = `COALESCE(d.name, d.serial_number, d.external_id)`
	deviceSeen = `COALESCE(d.last_seen_at, -1)`
)

// personGone is left of the person p behind a device, whose roster is the instance r.
func personGone() string { return strings.ReplaceAll(left, "i.hr", "r.hr") }

// deviceFrom has the person behind each device, and the roster of that person.
const deviceFrom = `"device" AS d LEFT JOIN instance i ON i.no = d.instance_no
	LEFT JOIN device_person dp ON dp.device_id = d.id
	LEFT JOIN "person" AS p ON p.id = dp.person_id
	LEFT JOIN instance r ON r.no = p.instance_no`

func devicePager(f DeviceFilter) *pager {
	p := &pager{id: "d.id", from: deviceFrom, first: "name",
		orders: map[string]order{"name": {expr: deviceName}, "last_seen": {expr: deviceSeen, number: true}, "added": {expr: "d.id", number: true}},
		columns: `d.id, COALESCE(i.id, '') AS instance_id, COALESCE(i.name, '') AS instance_name, d.external_id, COALESCE(d.name, '') AS name,
		COALESCE(d.serial_number, '') AS serial_number, COALESCE(d.asset_tag, '') AS asset_tag, COALESCE(d.platform, 'unknown') AS platform,
		COALESCE(d.os_version, '') AS os_version, COALESCE(d.manufacturer, '') AS manufacturer, COALESCE(d.model, '') AS model,
		COALESCE(d.status, 'unknown') AS status, COALESCE(d.ownership, 'unknown') AS ownership, d.compliant, d.encrypted,
		COALESCE(d.email, '') AS email, COALESCE(d.user_name, '') AS user_name, COALESCE(d.owner, '') AS owner,
		COALESCE((SELECT a.id FROM "account" AS a WHERE a.instance_no = d.instance_no AND a.external_id = d.account), 0) AS account_id,
		COALESCE(d.department, '') AS department, COALESCE(d.location, '') AS location, COALESCE(d.url, '') AS url,
		COALESCE(p.id, 0) AS person_id, COALESCE(` + personName + `, '') AS person_name, COALESCE(dp.how, '') AS how,
		CASE WHEN p.id IS NOT NULL AND ` + personGone() + ` THEN TRUE ELSE FALSE END AS person_left,
		(SELECT count(*) FROM "installed_app" AS x WHERE x.instance_no = d.instance_no AND x.device = d.external_id AND x.gone_gen = 0) AS apps,
		EXISTS (SELECT 1 FROM stream s WHERE s.instance_no = d.instance_no AND s.kind = 'installed_app' AND s.first_complete_at <> 0) AS apps_known,
		COALESCE(d.enrolled_at, 0) AS enrolled_at, d.last_seen_at, d.first_seen_at, d.removed_at`}
	if f.ID != 0 {
		p.and("d.id = ?", f.ID)
		return p
	}
	if f.Removed {
		p.and("d.gone_gen <> 0")
	} else {
		p.and("d.gone_gen = 0")
	}
	f.narrow(p)
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g) })
	return p
}

// narrow adds the conditions that may also stand in a group.
func (f DeviceFilter) narrow(p *pager) {
	p.contains(f.Query, "d.name", "d.serial_number", "d.asset_tag", "d.model", "d.email", "d.user_name", "d.owner", "p.display_name")
	if f.Application != 0 {
		p.and("i.application_id = ?", f.Application)
	}
	if f.PersonID != 0 {
		p.and("dp.person_id = ?", f.PersonID)
	}
	if len(f.InstanceNos) > 0 {
		p.and("d.instance_no IN (?)", bun.List(f.InstanceNos))
	}
	for _, x := range []struct {
		expr   string
		values []string
	}{
		{"COALESCE(d.platform, 'unknown')", f.Platforms}, {"COALESCE(d.status, 'unknown')", f.Status}, {"COALESCE(d.ownership, 'unknown')", f.Ownership},
		{threeValued("d.compliant"), f.Compliant}, {threeValued("d.encrypted"), f.Encrypted},
	} {
		if len(x.values) > 0 {
			p.and(x.expr+" IN (?)", bun.List(x.values))
		}
	}
	if len(f.Seen) > 0 {
		p.and(`(CASE WHEN d.last_seen_at IS NULL THEN 'unknown' WHEN d.last_seen_at = 0 THEN 'never' WHEN d.last_seen_at >= ? THEN 'recent' ELSE 'long_ago' END) IN (?)`,
			int64(f.SeenSince), bun.List(f.Seen))
	}
	if f.Matched != nil && *f.Matched {
		p.and("p.id IS NOT NULL")
	}
	if f.Matched != nil && !*f.Matched {
		p.and("p.id IS NULL")
	}
	if f.Left {
		p.and("p.id IS NOT NULL AND " + personGone())
	}
	if f.App != "" {
		p.and(`EXISTS (SELECT 1 FROM "installed_app" AS x WHERE lower(x.name) = lower(?) AND x.instance_no = d.instance_no AND x.device = d.external_id AND x.gone_gen = 0)`, f.App)
	}
}

// threeValued is a flag of a row as a word.
func threeValued(c string) string {
	return `CASE WHEN ` + c + ` IS NULL THEN 'unknown' WHEN ` + c + ` = 0 THEN 'no' ELSE 'yes' END`
}

// Devices returns one page of devices; count asks for the total as well.
func Devices(ctx context.Context, db bun.IDB, f DeviceFilter, page purser.Page, count bool) (purser.List[purser.Device], error) {
	return fetch(ctx, db, devicePager(f), page, count, deviceRow.device)
}

// DeviceByID returns one device, also a removed one; ok is false if there is none.
func DeviceByID(ctx context.Context, db bun.IDB, id int64) (d purser.Device, ok bool, err error) {
	list, err := Devices(ctx, db, DeviceFilter{ID: id}, purser.Page{Limit: 1}, false)
	if err != nil || len(list.Items) == 0 {
		return d, false, err
	}
	return list.Items[0], true, nil
}

// AnyDevice reports whether any device is known.
func AnyDevice(ctx context.Context, db bun.IDB) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM "device" LIMIT 1) AS known`).Scan(ctx, &n)
	return n > 0, err
}

func (r deviceRow) device() purser.Device {
	d := purser.Device{ID: RowID("dev_", r.ID), InstanceID: r.InstanceID, InstanceName: r.InstanceName, ExternalID: r.ExternalID, Name: r.Name,
		SerialNumber: r.SerialNumber, AssetTag: r.AssetTag, Platform: r.Platform, OSVersion: r.OSVersion, Manufacturer: r.Manufacturer, Model: r.Model,
		Status: r.Status, Ownership: r.Ownership, Compliant: tristate(r.Compliant), Encrypted: tristate(r.Encrypted), Email: r.Email, UserName: r.UserName,
		Owner: r.Owner, AccountID: RowID("acc_", r.AccountID), Department: r.Department, Location: r.Location, PersonID: RowID("per_", r.PersonID),
		PersonName: r.PersonName, PersonLeft: r.PersonLeft, MatchReason: r.How, Apps: r.Apps, AppsKnown: r.AppsKnown, EnrolledAt: r.EnrolledAt.Time(),
		FirstSeenAt: r.FirstSeenAt.Time(), RemovedAt: r.RemovedAt.Time(), AdminURL: safePage(r.URL)}
	if r.PersonID == 0 {
		d.MatchReason = ""
	}
	if r.LastSeenAt != nil {
		d.LastSeen = purser.LastUse{At: purser.Micros(*r.LastSeenAt).Time(), Never: *r.LastSeenAt == 0}
	}
	return d
}

// safePage returns an address that may stand behind a link, "" of any other.
func safePage(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}
