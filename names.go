package purser

import (
	"slices"
	"strings"
)

// Names of people are for those who may OpNameRead. Everybody else sees that
// there is somebody, in which department and at which cost, and not who: the
// methods here leave out whatever tells it. What the vendor's identifier is may be
// an address, so that it goes as well.

// WithoutNames returns the account as those see it who may not know whose it is.
func (a Account) WithoutNames() Account {
	a.DisplayName = "Account " + number(a.ID)
	a.ExternalID, a.Email, a.UserName, a.EmployeeID, a.Title, a.AdminURL, a.MatchReason, a.KindReason, a.Aliases = "", "", "", "", "", "", "", "", nil
	if a.PersonID != "" {
		a.PersonName = "Person " + number(a.PersonID)
	}
	return a
}

// WithoutNames returns the person as those see it who may not know who it is.
func (p Person) WithoutNames() Person {
	p.DisplayName = "Person " + number(p.ID)
	p.ExternalID, p.EmployeeNumber, p.Email, p.Title, p.Manager = "", "", "", "", ""
	if p.ManagerID != "" {
		p.ManagerName = "Person " + number(p.ManagerID)
	}
	return p
}

// WithoutNames returns the owner as those see it who may not know which person it is.
func (o ContractOwner) WithoutNames() ContractOwner {
	if strings.HasPrefix(o.ID, "per_") {
		o.Name, o.Email = "Person "+number(o.ID), ""
	}
	return o
}

// WithoutNames returns the device as those see it who may not know whose it is.
func (d Device) WithoutNames() Device {
	d.Name = "Device " + number(d.ID)
	d.ExternalID, d.SerialNumber, d.AssetTag, d.Email, d.UserName, d.Owner, d.MatchReason, d.AdminURL = "", "", "", "", "", "", "", ""
	if d.PersonID != "" {
		d.PersonName = "Person " + number(d.PersonID)
	}
	return d
}

// WithoutNames returns the entry as those see it who may not know of whom it tells.
func (e TimelineEntry) WithoutNames() TimelineEntry {
	if e.AccountID != "" {
		e.AccountName = "Account " + number(e.AccountID)
	}
	e.Before, e.After = namelessValues(e.Field, e.Before, e.After)
	return e
}

// WithoutNames returns the change as those see it who may not know of whom it tells.
func (c Change) WithoutNames() Change {
	if c.Field != "" {
		c.Before, c.After = namelessValues(c.Field, c.Before, c.After)
	}
	return c
}

// WithoutNames returns the days of use as those see them who may not know whose they are.
func (a Activity) WithoutNames() Activity {
	a.AccountName = "Somebody"
	if a.AccountID != "" {
		a.AccountName = "Account " + number(a.AccountID)
	}
	return a
}

// WithoutNames returns the app as those see it who may not know on whose device it
// is: paths and names of devices tell it.
func (a InstalledApp) WithoutNames() InstalledApp {
	a.DeviceName, a.Path = "Device "+number(a.DeviceID), ""
	return a
}

// WithoutNames returns the difference as those see it who may not know of whom it tells.
func (d Difference) WithoutNames() Difference {
	d.Name = "Somebody"
	for _, id := range []string{d.SSOAccount, d.Direct} {
		if id != "" {
			d.Name = "Account " + number(id)
		}
	}
	return d
}

// namelessValues lets the values of those fields stand that say nothing of who it is.
func namelessValues(field, before, after string) (string, string) {
	plain := []string{"", "status", "kind", "admin", "mfa", "role", "department", "division", "location", "cost_center", "employment", "type", "started_on", "ended_on",
		"created_at", "last_active_at", "platform", "ownership", "compliant", "encrypted", "last_seen_at"}
	if slices.Contains(plain, field) {
		return before, after
	}
	hide := func(v string) string {
		if v == "" {
			return ""
		}
		return "hidden for your role"
	}
	return hide(before), hide(after)
}

// number is the part of an identifier after its prefix.
func number(id string) string {
	_, n, _ := strings.Cut(id, "_")
	return n
}
