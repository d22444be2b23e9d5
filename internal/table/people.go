package table

import (
	"cmp"
	"strings"

	"purser"
	"purser/internal/inventory"
)

// Accounts are who has an account where.
func Accounts() List[purser.Account] {
	type a = purser.Account
	return List[a]{Name: "accounts", Title: "Accounts", Path: "/accounts", Op: purser.OpAccountRead,
		Conditions: Conditions{
			{Name: "q", Names: true},
			{Name: "instance", Group: true},
			{Name: "status", Values: purser.ValuesOf(purser.KindAccount, "status"), Group: true},
			{Name: "kind", Values: purser.ValuesOf(purser.KindAccount, "kind"), Group: true},
			{Name: "use", Values: purser.UseClasses(), Group: true},
			{Name: "matched", Values: yesNo(), Group: true},
			{Name: "external", Values: yesNo(), Group: true},
			{Name: "department", Group: true, Blank: true},
			{Name: "seat", Flag: true, Group: true},
			{Name: "give_up", Values: inventory.GiveUpWords()},
			{Name: "connector"},
			{Name: "application"},
			{Name: "days", Number: true},
			{Name: "active_days"},
			{Name: "removed", Flag: true},
			{Name: "as_of", Day: true},
		}, Columns: []Column[a]{
			{Key: "account", Title: "Account", Usual: true, Text: func(v a) string { return cmp.Or(v.DisplayName, v.Email, v.UserName, v.ExternalID, v.ID) }},
			{Key: "instance", Title: "Instance", Usual: true, Text: func(v a) string { return v.InstanceName }},
			{Key: "status", Title: "Status", Usual: true, Text: func(v a) string { return v.Status }},
			{Key: "person", Title: "Person", Usual: true, Op: purser.OpNameRead, Text: func(v a) string { return v.PersonName }},
			{Key: "last_active", Title: "Last active", Usual: true, Text: func(v a) string { return lastUse(v.LastActive) }},
			{Key: "plans", Title: "Plan", Usual: true, Text: func(v a) string { return strings.Join(v.Plans, "; ") }},
			{Key: "id", Title: "Number", Text: func(v a) string { return v.ID }},
			{Key: "external_id", Title: "Vendor's identifier", Op: purser.OpNameRead, Text: func(v a) string { return v.ExternalID }},
			{Key: "email", Title: "E-mail", Op: purser.OpNameRead, Text: func(v a) string { return v.Email }},
			{Key: "user_name", Title: "User name", Op: purser.OpNameRead, Text: func(v a) string { return v.UserName }},
			{Key: "display_name", Title: "Name", Op: purser.OpNameRead, Text: func(v a) string { return v.DisplayName }},
			{Key: "kind", Title: "Kind", Text: func(v a) string { return v.Kind }},
			{Key: "external", Title: "External", Text: func(v a) string { return v.External.String() }},
			{Key: "admin", Title: "Admin", Text: func(v a) string { return v.Admin.String() }},
			{Key: "mfa", Title: "Second factor", Text: func(v a) string { return v.MFA.String() }},
			{Key: "role", Title: "Role", Text: func(v a) string { return v.Role }},
			{Key: "department", Title: "Department", Text: func(v a) string { return v.Department }},
			{Key: "title", Title: "Title", Text: func(v a) string { return v.Title }},
			{Key: "use", Title: "Use", Text: func(v a) string { return v.Use.Class }},
			{Key: "created_at", Title: "Created", Text: func(v a) string { return moment(v.CreatedAt) }},
			{Key: "last_active_by", Title: "Said by", Text: func(v a) string { return v.LastActiveBy }},
			{Key: "person_id", Title: "Person's number", Op: purser.OpNameRead, Text: func(v a) string { return v.PersonID }},
			{Key: "match_reason", Title: "Why that person", Op: purser.OpNameRead, Text: func(v a) string { return v.MatchReason }},
			{Key: "first_seen_at", Title: "First seen", Text: func(v a) string { return moment(v.FirstSeenAt) }},
			{Key: "removed_at", Title: "Removed", Text: func(v a) string { return moment(v.RemovedAt) }},
			{Key: "data_as_of", Title: "Data as of", Text: func(v a) string { return moment(v.DataAsOf) }},
		}}
}

// FedAccounts are who has managed applications through identity providers.
func FedAccounts() List[purser.FedAccount] {
	type a = purser.FedAccount
	return List[a]{Name: "sso-accounts", Title: "Accounts through identity providers", Path: "/accounts/sso", Op: purser.OpAccountRead,
		Conditions: Conditions{
			{Name: "q", Names: true},
			{Name: "application", Group: true},
			{Name: "instance", Group: true},
			{Name: "way", Values: purser.Ways(), Group: true},
			{Name: "status", Values: purser.ValuesOf(purser.KindAccount, "status"), Group: true},
			{Name: "used", Values: purser.SignedIn(), Group: true},
			{Name: "matched", Values: yesNo(), Group: true},
			{Name: "person"},
		}, Columns: []Column[a]{
			{Key: "application", Title: "Application", Usual: true, Text: func(v a) string { return v.Application }},
			{Key: "account", Title: "Account", Usual: true, Text: func(v a) string { return cmp.Or(v.UserName, v.Email, v.AccountName) }},
			{Key: "source", Title: "Source", Usual: true, Text: func(v a) string { return v.Source }},
			{Key: "person", Title: "Person", Usual: true, Op: purser.OpNameRead, Text: func(v a) string { return v.PersonName }},
			{Key: "way", Title: "How", Usual: true, Text: func(v a) string { return v.Way }},
			{Key: "last_active", Title: "Last sign-in", Usual: true, Text: func(v a) string { return lastUse(v.LastActive) }},
			{Key: "status", Title: "Status at the provider", Text: func(v a) string { return v.Status }},
			{Key: "name", Title: "Name", Op: purser.OpNameRead, Text: func(v a) string { return v.AccountName }},
			{Key: "email", Title: "E-mail", Op: purser.OpNameRead, Text: func(v a) string { return v.Email }},
			{Key: "user_name", Title: "User name in the application", Op: purser.OpNameRead, Text: func(v a) string { return v.UserName }},
			{Key: "instance", Title: "Identity provider", Text: func(v a) string { return v.InstanceName }},
			{Key: "application_id", Title: "Application's number", Text: func(v a) string { return v.ApplicationID }},
			{Key: "account_id", Title: "Account's number", Text: func(v a) string { return v.AccountID }},
			{Key: "person_id", Title: "Person's number", Op: purser.OpNameRead, Text: func(v a) string { return v.PersonID }},
			{Key: "first_seen_at", Title: "First seen", Text: func(v a) string { return moment(v.Since) }},
		}}
}

// People are those whom the organization knows.
func People() List[purser.Person] {
	type p = purser.Person
	return List[p]{Name: "people", Title: "People", Path: "/people", Op: purser.OpPersonRead,
		Conditions: Conditions{
			{Name: "q", Names: true},
			{Name: "employment", Values: purser.ValuesOf(purser.KindPerson, "employment"), Group: true},
			{Name: "department", Group: true},
			{Name: "disputed", Flag: true, Group: true},
			{Name: "leavers", Flag: true},
			{Name: "has"},
			{Name: "uses"},
		}, Columns: []Column[p]{
			{Key: "person", Title: "Person", Usual: true, Text: func(v p) string { return cmp.Or(v.DisplayName, v.Email, v.EmployeeNumber, v.ExternalID, v.ID) }},
			{Key: "employment", Title: "Employment", Usual: true, Text: func(v p) string { return v.Employment }},
			{Key: "department", Title: "Department", Usual: true, Text: func(v p) string { return v.Department }},
			{Key: "manager", Title: "Manager", Usual: true, Op: purser.OpNameRead, Text: func(v p) string { return cmp.Or(v.ManagerName, v.Manager) }},
			{Key: "accounts", Title: "Accounts", Usual: true, Number: true, Opens: func(v p) string { return "/people/" + v.ID + "#accounts" }, Text: func(v p) string { return text(v.Accounts) }},
			{Key: "instance", Title: "Source", Usual: true, Text: func(v p) string { return v.InstanceName }},
			{Key: "annual", Title: "Seats, a year", Op: purser.OpMoneyRead, Opens: func(v p) string { return "/people/" + v.ID + "#seats" }, Money: func(v p) []purser.Money { return holds(v).Annual }},
			{Key: "seats", Title: "Seats", Number: true, Op: purser.OpAccountRead, Opens: func(v p) string { return "/people/" + v.ID + "#seats" }, Text: func(v p) string { return text(holds(v).Seats) }},
			{Key: "seats_without_value", Title: "Seats without a known price", Number: true, Op: purser.OpMoneyRead, Opens: func(v p) string { return "/people/" + v.ID + "#seats" }, Text: func(v p) string { return text(holds(v).Unvalued) }},
			{Key: "devices", Title: "Devices", Number: true, Op: purser.OpAccountRead, Opens: func(v p) string { return "/people/" + v.ID + "#devices" }, Text: func(v p) string { return text(holds(v).Devices) }},
			{Key: "id", Title: "Number", Text: func(v p) string { return v.ID }},
			{Key: "external_id", Title: "Source's identifier", Op: purser.OpNameRead, Text: func(v p) string { return v.ExternalID }},
			{Key: "employee_number", Title: "Employee number", Op: purser.OpNameRead, Text: func(v p) string { return v.EmployeeNumber }},
			{Key: "email", Title: "E-mail", Op: purser.OpNameRead, Text: func(v p) string { return v.Email }},
			{Key: "display_name", Title: "Name", Op: purser.OpNameRead, Text: func(v p) string { return v.DisplayName }},
			{Key: "type", Title: "Kind of employment", Text: func(v p) string { return v.Type }},
			{Key: "division", Title: "Division", Text: func(v p) string { return v.Division }},
			{Key: "location", Title: "Location", Text: func(v p) string { return v.Location }},
			{Key: "cost_center", Title: "Cost center", Text: func(v p) string { return v.CostCenter }},
			{Key: "title", Title: "Title", Text: func(v p) string { return v.Title }},
			{Key: "started_on", Title: "First day", Text: func(v p) string { return v.StartedOn }},
			{Key: "ended_on", Title: "Last day", Text: func(v p) string { return v.EndedOn }},
			{Key: "first_seen_at", Title: "First seen", Text: func(v p) string { return moment(v.FirstSeenAt) }},
			{Key: "removed_at", Title: "Removed", Text: func(v p) string { return moment(v.RemovedAt) }},
			{Key: "data_as_of", Title: "Data as of", Text: func(v p) string { return moment(v.DataAsOf) }},
		}}
}

// Devices are computers, phones and tablets.
func Devices() List[purser.Device] {
	type d = purser.Device
	return List[d]{Name: "devices", Title: "Devices", Path: "/devices", Op: purser.OpAccountRead,
		Conditions: Conditions{
			{Name: "q", Names: true},
			{Name: "instance", Group: true},
			{Name: "platform", Values: purser.DevicePlatforms(), Group: true},
			{Name: "status", Values: purser.DeviceStatuses(), Group: true},
			{Name: "ownership", Values: purser.DeviceOwnerships(), Group: true},
			{Name: "compliant", Values: known(), Group: true},
			{Name: "encrypted", Values: known(), Group: true},
			{Name: "seen", Values: []string{"recent", "long_ago", "never", "unknown"}, Group: true},
			{Name: "person", Values: []string{"matched", "nobody", "left"}, Group: true, One: true},
			{Name: "application"},
			{Name: "app"},
			{Name: "removed", Flag: true},
		}, Columns: []Column[d]{
			{Key: "device", Title: "Device", Usual: true, Text: func(v d) string { return cmp.Or(v.Name, v.SerialNumber, v.ExternalID, v.ID) }},
			{Key: "status", Title: "Status", Usual: true, Text: func(v d) string { return v.Status }},
			{Key: "platform", Title: "System", Usual: true, Text: func(v d) string { return v.Platform }},
			{Key: "person", Title: "Person", Usual: true, Op: purser.OpNameRead, Text: func(v d) string { return v.PersonName }},
			{Key: "last_seen", Title: "Last seen", Usual: true, Text: func(v d) string { return lastUse(v.LastSeen) }},
			{Key: "apps", Title: "Apps", Usual: true, Number: true, Text: apps},
			{Key: "instance", Title: "Instance", Usual: true, Text: func(v d) string { return v.InstanceName }},
			{Key: "id", Title: "Number", Text: func(v d) string { return v.ID }},
			{Key: "external_id", Title: "Vendor's identifier", Op: purser.OpNameRead, Text: func(v d) string { return v.ExternalID }},
			{Key: "name", Title: "Name", Text: func(v d) string { return v.Name }},
			{Key: "serial_number", Title: "Serial number", Text: func(v d) string { return v.SerialNumber }},
			{Key: "asset_tag", Title: "Asset tag", Text: func(v d) string { return v.AssetTag }},
			{Key: "os_version", Title: "Version", Text: func(v d) string { return v.OSVersion }},
			{Key: "manufacturer", Title: "Manufacturer", Text: func(v d) string { return v.Manufacturer }},
			{Key: "model", Title: "Model", Text: func(v d) string { return v.Model }},
			{Key: "ownership", Title: "Belongs to", Text: func(v d) string { return v.Ownership }},
			{Key: "compliant", Title: "Meets its rules", Text: func(v d) string { return v.Compliant.String() }},
			{Key: "encrypted", Title: "Encrypted", Text: func(v d) string { return v.Encrypted.String() }},
			{Key: "email", Title: "User's e-mail", Op: purser.OpNameRead, Text: func(v d) string { return v.Email }},
			{Key: "user_name", Title: "User name", Op: purser.OpNameRead, Text: func(v d) string { return v.UserName }},
			{Key: "owner", Title: "User", Op: purser.OpNameRead, Text: func(v d) string { return v.Owner }},
			{Key: "department", Title: "Department", Text: func(v d) string { return v.Department }},
			{Key: "location", Title: "Location", Text: func(v d) string { return v.Location }},
			{Key: "person_id", Title: "Person's number", Op: purser.OpNameRead, Text: func(v d) string { return v.PersonID }},
			{Key: "match_reason", Title: "Why that person", Op: purser.OpNameRead, Text: func(v d) string { return v.MatchReason }},
			{Key: "enrolled_at", Title: "Enrolled", Text: func(v d) string { return moment(v.EnrolledAt) }},
			{Key: "first_seen_at", Title: "First seen", Text: func(v d) string { return moment(v.FirstSeenAt) }},
			{Key: "removed_at", Title: "Removed", Text: func(v d) string { return moment(v.RemovedAt) }},
			{Key: "data_as_of", Title: "Data as of", Text: func(v d) string { return moment(v.DataAsOf) }},
		}}
}

// apps is "" where nobody has read which apps are installed.
func apps(d purser.Device) string {
	if !d.AppsKnown {
		return ""
	}
	return text(d.Apps)
}

// HoldColumns are the columns of people that say what they hold.
func HoldColumns() []string { return []string{"annual", "seats", "seats_without_value", "devices"} }

// holds is what a person holds, nothing where that may not be read.
func holds(p purser.Person) purser.PersonHolds {
	if p.Holds == nil {
		return purser.PersonHolds{}
	}
	return *p.Holds
}
