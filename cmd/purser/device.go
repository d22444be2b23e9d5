package main

import (
	"context"
	"net/http"
	"net/url"

	"purser"
)

type deviceCmd struct {
	List deviceListCmd `cmd:"" help:"List devices."`
	Show deviceShowCmd `cmd:"" help:"Show a device with the apps on it."`
}

type deviceListCmd struct {
	listing
	grouping
	Query     string   `help:"Name, serial number, asset tag, model or user." short:"q"`
	Instance  []string `help:"Instance, by name or identifier." placeholder:"NAME"`
	Platform  []string `help:"Platform, such as macos or windows."`
	Status    []string `help:"managed, pending, retiring, unmanaged, missing or unknown."`
	Ownership []string `help:"organization, personal or unknown."`
	Compliant []string `help:"yes, no or unknown."`
	Encrypted []string `help:"yes, no or unknown."`
	Seen      []string `help:"When it last reported: recent, long_ago, never or unknown."`
	Matched   string   `help:"Belongs to a person: yes or no." enum:",yes,no" default:""`
	Left      bool     `help:"Those of people who left."`
	App       string   `help:"Those with an app of this name."`
	Removed   bool     `help:"Those that are gone."`
	Sort      string   `help:"name, last_seen or added." enum:",name,last_seen,added" default:""`
}

// Run prints the devices.
func (c *deviceListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "instance", c.Instance...)
	set(q, "platform", c.Platform...)
	set(q, "status", c.Status...)
	set(q, "ownership", c.Ownership...)
	set(q, "compliant", c.Compliant...)
	set(q, "encrypted", c.Encrypted...)
	set(q, "seen", c.Seen...)
	set(q, "matched", c.Matched)
	set(q, "app", c.App)
	set(q, "sort", c.Sort)
	if c.Left {
		q.Set("left", "true")
	}
	if c.Removed {
		q.Set("removed", "true")
	}
	return list(ctx, s, "/devices", q, c.Limit, []string{"ID", "INSTANCE", "NAME", "SERIAL", "PLATFORM", "OS", "STATUS", "LAST SEEN", "PERSON", "USER"},
		func(d purser.Device) []string {
			return []string{d.ID, d.InstanceName, d.Name, d.SerialNumber, d.Platform, d.OSVersion, d.Status, lastUse(d.LastSeen), d.PersonName, deviceUser(d)}
		})
}

// deviceUser is what the vendor says of a device's user.
func deviceUser(d purser.Device) string {
	for _, text := range []string{d.Email, d.UserName, d.Owner} {
		if text != "" {
			return text
		}
	}
	return ""
}

type deviceShowCmd struct {
	Device string `arg:"" help:"Identifier, such as dev_12."`
}

// Run prints the device and its apps.
func (c *deviceShowCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	path := "/devices/" + url.PathEscape(c.Device)
	var d purser.Device
	if err := cl.do(ctx, http.MethodGet, path, nil, nil, &d); err != nil {
		return err
	}
	apps := []purser.InstalledApp{}
	if err := pages(ctx, cl, path+"/apps", url.Values{}, 0, func(a purser.InstalledApp) error { apps = append(apps, a); return nil }); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(struct {
			purser.Device
			Installed []purser.InstalledApp `json:"installed_apps"`
		}{d, apps})
	}
	facts := [][]string{{"Name", d.Name}, {"Serial number", d.SerialNumber}, {"Asset tag", d.AssetTag}, {"Platform", d.Platform + " " + d.OSVersion},
		{"Model", d.Manufacturer + " " + d.Model}, {"Status", d.Status}, {"Ownership", d.Ownership}, {"Compliant", d.Compliant.String()},
		{"Encrypted", d.Encrypted.String()}, {"User", deviceUser(d)}, {"Person", d.PersonName}, {"Because", d.MatchReason}, {"Enrolled", moment(d.EnrolledAt)},
		{"Last seen", lastUse(d.LastSeen)}, {"Instance", d.InstanceName}, {"Data as of", moment(d.DataAsOf)}, {"Removed", moment(d.RemovedAt)}}
	if err := s.table([]string{"DEVICE", d.ID}, facts); err != nil {
		return err
	}
	if !d.AppsKnown {
		return s.say("\nNobody has read which apps are installed on it.\n")
	}
	var rows [][]string
	for _, a := range apps {
		rows = append(rows, []string{a.Name, a.Version, a.Publisher, a.Identifier, moment(a.FirstSeenAt)})
	}
	if err := s.say("\n"); err != nil {
		return err
	}
	return s.table([]string{"APP", "VERSION", "PUBLISHER", "IDENTIFIER", "FIRST SEEN"}, rows)
}
