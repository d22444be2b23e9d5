package inventory

import (
	"context"
	"slices"
	"time"

	"purser"
	"purser/internal/store"
)

// SeenRecently is how long ago a device may have reported to count as seen recently.
const SeenRecently = 30 * 24 * time.Hour

// DeviceFilter selects devices; zero fields select every one that is there.
type DeviceFilter struct {
	Query       string
	Instances   []string // ids or names; any of them
	Application string   // app_<number>: devices of its instances
	Platforms   []string
	Status      []string
	Ownership   []string
	Compliant   []string // yes, no, unknown; any of them
	Encrypted   []string // yes, no, unknown; any of them
	Seen        []string // recent, long_ago, never, unknown; any of them
	Matched     *bool    // belongs to a person, or to nobody who is known
	Left        bool     // of people who are gone, as an HR source says
	App         string   // name of an installed app, whole
	Removed     bool
	Order       purser.Page    // of EachDevice: Sort and Desc
	Any         []DeviceFilter // groups of conditions: a row meets all of one of them
}

// SeenWords are the values of DeviceFilter.Seen.
func SeenWords() []string { return []string{"recent", "long_ago", "never", "unknown"} }

func (s *Service) deviceFilter(ctx context.Context, f DeviceFilter) (store.DeviceFilter, error) {
	out := store.DeviceFilter{Query: f.Query, Platforms: f.Platforms, Status: f.Status, Ownership: f.Ownership, Compliant: f.Compliant,
		Encrypted: f.Encrypted, Seen: f.Seen, SeenSince: purser.MicrosOf(s.now().Add(-SeenRecently)), Matched: f.Matched, Left: f.Left, App: f.App,
		Removed: f.Removed}
	var err error
	if out.Application, err = store.ChosenKey("app_", "application", f.Application); err != nil {
		return out, err
	}
	known := []string{"yes", "no", "unknown"}
	for _, x := range []struct {
		field          string
		values, closed []string
	}{
		{"platform", f.Platforms, purser.DevicePlatforms()}, {"status", f.Status, purser.DeviceStatuses()}, {"ownership", f.Ownership, purser.DeviceOwnerships()},
		{"compliant", f.Compliant, known}, {"encrypted", f.Encrypted, known}, {"seen", f.Seen, SeenWords()},
	} {
		for _, v := range x.values {
			if !slices.Contains(x.closed, v) {
				return out, purser.Invalid(x.field, "%q is none of the values that this can have", v)
			}
		}
	}
	if out.InstanceNos, err = store.InstanceNos(ctx, s.db.Read(), f.Instances); err != nil {
		return out, err
	}
	for _, g := range f.Any {
		group, err := s.deviceFilter(ctx, g)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	return out, nil
}

// Devices returns one page of devices.
func (s *Service) Devices(ctx context.Context, f DeviceFilter, p purser.Page) (purser.List[purser.Device], error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.List[purser.Device]{}, err
	}
	if err := s.namedOnly(ctx, f.Query); err != nil {
		return purser.List[purser.Device]{}, err
	}
	filter, err := s.deviceFilter(ctx, f)
	if err != nil {
		return purser.List[purser.Device]{}, err
	}
	return s.devices(ctx, filter, p, true)
}

func (s *Service) devices(ctx context.Context, f store.DeviceFilter, p purser.Page, count bool) (purser.List[purser.Device], error) {
	names := s.names(ctx)
	list, err := store.Devices(ctx, s.db.Read(), f, s.inOrder(names, p), count)
	if err != nil {
		return list, err
	}
	asOf, err := s.asOf(ctx, purser.TaskDeviceInventory)
	for i := range list.Items {
		list.Items[i].DataAsOf = asOf[list.Items[i].InstanceID]
	}
	nameless(list.Items, names)
	return list, err
}

// EachDevice hands every selected device to fn, in the order of the list.
func (s *Service) EachDevice(ctx context.Context, f DeviceFilter, fn func(purser.Device) error) error {
	for _, op := range []purser.Operation{purser.OpExport, purser.OpAccountRead} {
		if err := s.gate.Allow(ctx, op); err != nil {
			return err
		}
	}
	if err := s.namedOnly(ctx, f.Query); err != nil {
		return err
	}
	filter, err := s.deviceFilter(ctx, f)
	if err != nil {
		return err
	}
	return each(ctx, f.Order, func(ctx context.Context, p purser.Page) (purser.List[purser.Device], error) {
		return s.devices(ctx, filter, p, false)
	}, fn)
}

// Device returns one device, also a removed one.
func (s *Service) Device(ctx context.Context, id string) (purser.Device, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.Device{}, err
	}
	no := store.KeyOf("dev_", id)
	if no == 0 {
		return purser.Device{}, purser.NotFound("device", id)
	}
	d, ok, err := store.DeviceByID(ctx, s.db.Read(), no)
	if err != nil {
		return d, err
	}
	if !ok {
		return d, purser.NotFound("device", id)
	}
	asOf, err := s.asOf(ctx, purser.TaskDeviceInventory)
	if d.DataAsOf = asOf[d.InstanceID]; !s.names(ctx) {
		d = d.WithoutNames()
	}
	return d, err
}

// DeviceApps returns one page of the apps on a device, by name. query is a part
// of name, publisher or identifier; removed asks for those that are gone.
func (s *Service) DeviceApps(ctx context.Context, id, query string, removed bool, p purser.Page) (purser.List[purser.InstalledApp], error) {
	if _, err := s.Device(ctx, id); err != nil {
		return purser.List[purser.InstalledApp]{}, err
	}
	list, err := store.InstalledApps(ctx, s.db.Read(), store.InstalledAppFilter{DeviceID: store.KeyOf("dev_", id), Query: query, Removed: removed}, p, true)
	nameless(list.Items, s.names(ctx))
	return list, err
}

// DeviceChanges returns the kept changes of a device, the newest first.
func (s *Service) DeviceChanges(ctx context.Context, id string) ([]purser.Change, error) {
	d, err := s.Device(ctx, id)
	if err != nil {
		return nil, err
	}
	changes, err := store.Changes(ctx, s.db.Read(), purser.KindDevice, store.KeyOf("dev_", id))
	return nameless(withEnds(changes, d.FirstSeenAt, d.RemovedAt), s.names(ctx)), err
}

// PersonDevices returns the devices of a person in every instance.
func (s *Service) PersonDevices(ctx context.Context, id string) ([]purser.Device, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	if _, err := s.Person(ctx, id); err != nil {
		return nil, err
	}
	list, err := s.devices(ctx, store.DeviceFilter{PersonID: store.KeyOf("per_", id)}, purser.Page{Limit: 1000}, false)
	return list.Items, err
}
