package table

import (
	"net/url"

	"purser"
	"purser/internal/inventory"
)

// Seats are the live seats of plans, each with its account.
func Seats() List[inventory.Seat] {
	type s = inventory.Seat
	return List[s]{Name: "seats", Title: "Seats", Path: "/seats", Op: purser.OpAccountRead,
		Conditions: Conditions{
			{Name: "q", Names: true},
			{Name: "plan"},
			{Name: "use", Values: inventory.SeatUses()},
		}, Columns: []Column[s]{
			{Key: "account", Title: "Account", Usual: true, Text: func(v s) string { return v.AccountName }},
			{Key: "use", Title: "Use", Usual: true, Text: func(v s) string { return v.Use }},
			{Key: "last_active", Title: "Last active", Usual: true, Text: func(v s) string { return lastUse(v.LastActive) }},
			{Key: "in_use", Title: "Counted as used by the vendor", Usual: true, Text: func(v s) string { return v.InUse.String() }},
			{Key: "person", Title: "Person", Op: purser.OpNameRead, Opens: func(v s) string { return under("/people/", v.PersonID) }, Text: func(v s) string { return v.PersonName }},
			{Key: "email", Title: "E-mail address", Op: purser.OpNameRead, Text: func(v s) string { return v.Email }},
			{Key: "department", Title: "Department", Text: func(v s) string { return v.Department }},
			{Key: "assigned_at", Title: "Assigned", Text: func(v s) string { return moment(v.AssignedAt) }},
			{Key: "plan", Title: "Plan", Opens: func(v s) string { return under("/licenses/", v.PlanID) }, Text: func(v s) string { return v.PlanName }},
			{Key: "instance", Title: "Instance", Text: func(v s) string { return v.InstanceName }},
			{Key: "account_id", Title: "Account's number", Text: func(v s) string { return v.AccountID }},
			{Key: "person_id", Title: "Person's number", Op: purser.OpNameRead, Text: func(v s) string { return v.PersonID }},
			{Key: "plan_id", Title: "Plan's number", Text: func(v s) string { return v.PlanID }},
			{Key: "external_id", Title: "Vendor's identifier", Op: purser.OpNameRead, Text: func(v s) string { return v.ExternalID }},
		}}
}

// SeatFilter reads the filter of seats.
func SeatFilter(q url.Values) inventory.SeatFilter {
	return inventory.SeatFilter{Plans: q["plan"], Query: q.Get("q"), Uses: q["use"], Order: order(q)}
}
