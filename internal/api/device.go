package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
)

// DeviceQuery is the filter of lists and exports of devices.
type DeviceQuery struct {
	AnyOf
	Query       string   `query:"q" doc:"name, serial number, asset tag, model or user"`
	Instance    []string `query:"instance" doc:"identifiers or names; any of them"`
	Application string   `query:"application" doc:"app_<number>"`
	Platform    []string `query:"platform" doc:"macos, windows, linux, ios, ipados, tvos, watchos, visionos, android, chromeos, other, unknown; any of them"`
	Status      []string `query:"status" doc:"managed, pending, retiring, unmanaged, missing, unknown; any of them"`
	Ownership   []string `query:"ownership" doc:"organization, personal, unknown; any of them"`
	Compliant   []string `query:"compliant" doc:"yes, no, unknown; any of them"`
	Encrypted   []string `query:"encrypted" doc:"yes, no, unknown; any of them"`
	Seen        []string `query:"seen" doc:"recent (within 30 days), long_ago, never, unknown; any of them"`
	Matched     string   `query:"matched" enum:"yes,no" doc:"belongs to a person or not"`
	Left        bool     `query:"left" doc:"those of people who left, as an HR source says"`
	App         string   `query:"app" doc:"name of an installed app, whole, without regard to case"`
	Removed     bool     `query:"removed" doc:"those that are gone"`
}

// Resolve checks the groups of conditions.
func (q *DeviceQuery) Resolve(ctx huma.Context) []error { return q.of(ctx, table.Devices().Name) }

func (q DeviceQuery) filter() inventory.DeviceFilter {
	f := inventory.DeviceFilter{Query: q.Query, Instances: q.Instance, Application: q.Application, Platforms: q.Platform, Status: q.Status,
		Ownership: q.Ownership, Compliant: q.Compliant, Encrypted: q.Encrypted, Seen: q.Seen, Left: q.Left, App: q.App, Removed: q.Removed}
	if q.Matched != "" {
		yes := q.Matched == "yes"
		f.Matched = &yes
	}
	f.Any = table.DeviceFilter(q.address).Any
	return f
}

func (a *API) devices() {
	add(a, call{method: "GET", path: "/devices", tag: "Devices", id: "listDevices", does: "List devices", op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			Paging
			DeviceQuery
		}) (*body[purser.List[purser.Device]], error) {
			return listed(a.Inventory.Devices(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "GET", path: "/devices/{id}", tag: "Devices", id: "getDevice", does: "Show a device", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[purser.Device], error) {
			return answer(a.Inventory.Device(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/devices/{id}/apps", tag: "Devices", id: "listDeviceApps", does: "List the apps on a device", op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			ByID
			Paging
			Query   string `query:"q" doc:"name, publisher or identifier"`
			Removed bool   `query:"removed" doc:"those that are gone"`
		}) (*body[purser.List[purser.InstalledApp]], error) {
			return listed(a.Inventory.DeviceApps(ctx, in.ID, in.Query, in.Removed, in.page()))
		})
	add(a, call{method: "GET", path: "/devices/{id}/changes", tag: "Devices", id: "listDeviceChanges", does: "List what changed on a device", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Change]], error) {
			return whole(a.Inventory.DeviceChanges(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/people/{id}/devices", tag: "People", id: "listPersonDevices", does: "List the devices of a person", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Device]], error) {
			return whole(a.Inventory.PersonDevices(ctx, in.ID))
		})
}
