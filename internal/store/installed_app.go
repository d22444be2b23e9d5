package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// InstalledAppFilter selects installed apps; zero fields select every one that is there.
type InstalledAppFilter struct {
	Query    string // in name, publisher and identifier
	DeviceID int64
	Removed  bool
}

type installedAppRow struct {
	sorted
	ID          int64         `bun:"id"`
	DeviceID    int64         `bun:"device_id"`
	DeviceName  string        `bun:"device_name"`
	Name        string        `bun:"name"`
	Version     string        `bun:"version"`
	Identifier  string        `bun:"identifier"`
	Publisher   string        `bun:"publisher"`
	Path        string        `bun:"path"`
	Origin      string        `bun:"origin"`
	FirstSeenAt purser.Micros `bun:"first_seen_at"`
	RemovedAt   purser.Micros `bun:"removed_at"`
}

// InstalledApps returns one page of installed apps, by name.
func InstalledApps(ctx context.Context, db bun.IDB, f InstalledAppFilter, page purser.Page, count bool) (purser.List[purser.InstalledApp], error) {
	p := &pager{id: "x.id", from: `"installed_app" AS x JOIN "device" AS d ON d.instance_no = x.instance_no AND d.external_id = x.device`, first: "name",
		orders: map[string]order{"name": {expr: "lower(x.name)"}},
		columns: `x.id, d.id AS device_id, ` + deviceName + ` AS device_name, COALESCE(x.name, '') AS name, COALESCE(x.version, '') AS version,
		COALESCE(x.identifier, '') AS identifier, COALESCE(x.publisher, '') AS publisher, COALESCE(x.path, '') AS path,
		COALESCE(x.origin, '') AS origin, x.first_seen_at, x.removed_at`}
	if f.Removed {
		p.and("x.gone_gen <> 0")
	} else {
		p.and("x.gone_gen = 0")
	}
	if f.DeviceID != 0 {
		p.and("d.id = ?", f.DeviceID)
	}
	p.contains(f.Query, "x.name", "x.publisher", "x.identifier")
	return fetch(ctx, db, p, page, count, installedAppRow.app)
}

func (r installedAppRow) app() purser.InstalledApp {
	return purser.InstalledApp{ID: RowID("ina_", r.ID), DeviceID: RowID("dev_", r.DeviceID), DeviceName: r.DeviceName, Name: r.Name, Version: r.Version,
		Identifier: r.Identifier, Publisher: r.Publisher, Path: r.Path, Origin: r.Origin, FirstSeenAt: r.FirstSeenAt.Time(), RemovedAt: r.RemovedAt.Time()}
}
