package web

import (
	"net/http"

	"purser"
	"purser/internal/connect"
	"purser/internal/inventory"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) deviceRoutes(add adder) {
	add("GET /devices", purser.OpAccountRead, h.devices)
	add("GET /devices/export", purser.OpExport, h.exportList("devices"), proof)
	add("GET /devices/{id}", purser.OpAccountRead, h.device)
	add("GET /instances/{id}/devices", purser.OpAccountRead, h.instanceDevices)
	add("GET /instances/{id}/devices/export", purser.OpExport, h.exportList("devices"), proof)
}

func (h *Handler) devices(w http.ResponseWriter, r *http.Request) error {
	instances, err := h.Connect.Instances(r.Context(), connect.InstanceFilter{})
	if err != nil {
		return err
	}
	options := make([]ui.FilterOption, 0, len(instances))
	for _, i := range instances {
		options = append(options, ui.FilterOption{Value: i.ID, Label: i.Name})
	}
	l := list(r)
	d, err := h.deviceList(r, l, deviceFilter(r), l.menu("Instance", "instance", options...))
	if err != nil {
		return err
	}
	d.Connected = len(instances) > 0
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.DeviceRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Devices(h.page(r, "Devices", ui.Devices), d))
}

// instanceDevices is the tab of an instance with its devices.
func (h *Handler) instanceDevices(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "/devices")
	if err != nil {
		return err
	}
	d, err := h.deviceList(r, list(r), deviceFilter(r))
	if err != nil {
		return err
	}
	d.Connected, d.InTab = true, true
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.DeviceRows(d))
	}
	return h.render(w, r, http.StatusOK, view.InstanceDevices(p, d))
}

// deviceList reads a page of devices; more are menus of this place alone.
func (h *Handler) deviceList(r *http.Request, l listing, f inventory.DeviceFilter, more ...ui.FilterMenu) (view.DevicesData, error) {
	found, err := h.Inventory.Devices(r.Context(), f, l.page)
	if err != nil {
		return view.DevicesData{}, err
	}
	platforms := words(purser.DevicePlatforms()...)
	for i := range platforms {
		platforms[i].Label = view.PlatformWord(platforms[i].Value)
	}
	menus := append(more, l.menu("System", "platform", platforms...), l.menu("Status", "status", words(purser.DeviceStatuses()...)...),
		l.menu("Last seen", "seen", ui.FilterOption{Value: "recent", Label: "within 30 days"}, ui.FilterOption{Value: "long_ago", Label: "longer ago"},
			ui.FilterOption{Value: "never", Label: "never"}, ui.FilterOption{Value: "unknown", Label: "unknown"}),
		l.menu("Person", "person", ui.FilterOption{Value: "matched", Label: "matched"}, ui.FilterOption{Value: "nobody", Label: "nobody"},
			ui.FilterOption{Value: "left", Label: "has left"}),
		l.menu("Belongs to", "ownership", ui.FilterOption{Value: "organization", Label: "the organization"}, ui.FilterOption{Value: "personal", Label: "its user"},
			ui.FilterOption{Value: "unknown", Label: "unknown"}),
		l.menu("Meets its rules", "compliant", words("yes", "no", "unknown")...), l.menu("Encrypted", "encrypted", words("yes", "no", "unknown")...))
	d := view.DevicesData{Devices: found.Items, Columns: []ui.Column{l.column("Device", "name", false), l.column("Status", "", false),
		l.column("System", "", false), l.column("Person", "", false), l.column("Last seen", "last_seen", false), l.column("Apps", "", true)},
		Filters: l.filters("Search name, serial number, user", h.may(r, purser.OpExport), menus...),
		Rows:    ui.Rows{Count: counted(found.Total, found.More, "device", "devices"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More)}
	h.namelessList(r, &d.Filters, &d.Rows)
	if len(more) > 0 { // the list of all instances
		d.Columns = append(d.Columns, l.column("Instance", "", false))
	}
	for _, x := range found.Items {
		if d.AsOf.IsZero() || (!x.DataAsOf.IsZero() && x.DataAsOf.Before(d.AsOf)) {
			d.AsOf = x.DataAsOf
		}
	}
	return d, dress(h, r, l, table.Devices(), found.Items, &d.Filters, &d.Rows)
}

// deviceFilter reads the filter from the address; on the tab of an instance that
// is the only instance.
func deviceFilter(r *http.Request) inventory.DeviceFilter {
	f := table.DeviceFilter(r.URL.Query())
	if id := r.PathValue("id"); id != "" {
		f.Instances = []string{id}
	}
	return f
}

func (h *Handler) device(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	x, err := h.Inventory.Device(ctx, id)
	if err != nil {
		return err
	}
	l := list(r)
	apps, err := h.Inventory.DeviceApps(ctx, id, r.URL.Query().Get("q"), false, l.page)
	if err != nil {
		return err
	}
	d := view.DeviceData{Device: x, Apps: apps.Items, Filters: l.filters("Search app, publisher", false), Pager: l.pager(len(apps.Items), apps.Next, apps.Total, apps.More),
		Rows: ui.Rows{Count: counted(apps.Total, apps.More, "app", "apps"), Chips: l.chips(), ClearURL: l.cleared()}}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.InstalledAppRows(d))
	}
	changes, err := h.Inventory.DeviceChanges(ctx, id)
	if err != nil {
		return err
	}
	d.Changes = view.DeviceEvents(changes)
	return h.render(w, r, http.StatusOK, view.Device(h.page(r, view.DeviceName(x), ui.Devices, ui.Link{Label: "Devices", Href: "/devices"}), d))
}
