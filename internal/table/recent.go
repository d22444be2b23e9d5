package table

import (
	"cmp"
	"strings"

	"purser"
)

// Changes are what happened lately to people, accounts and seats.
func Changes() List[purser.RecentChange] {
	type c = purser.RecentChange
	return List[c]{Name: "changes", Title: "What changed", Path: "/changes", Op: purser.OpPersonRead,
		Conditions: Conditions{
			{Name: "what", Values: purser.RecentClasses(), Group: true},
			{Name: "instance", Group: true},
			{Name: "application"},
			{Name: "from", Day: true},
			{Name: "to", Day: true},
		}, Columns: []Column[c]{
			{Key: "what", Title: "What", Usual: true, Text: func(v c) string { return RecentWords(v.What) }},
			{Key: "who", Title: "Who", Usual: true, Text: func(v c) string { return cmp.Or(v.PersonName, v.AccountName) }},
			{Key: "where", Title: "Where", Usual: true, Text: func(v c) string { return cmp.Or(v.ApplicationName, v.InstanceName) }},
			{Key: "change", Title: "Before and after", Usual: true, Text: RecentDetail},
			{Key: "found", Title: "Found", Usual: true, Text: func(v c) string { return moment(v.At) }},
			{Key: "department", Title: "Department", Text: func(v c) string { return v.Department }},
			{Key: "account", Title: "Account", Text: func(v c) string { return v.AccountName }},
			{Key: "plan", Title: "Plan", Text: func(v c) string { return v.Plan }},
			{Key: "instance", Title: "Instance", Text: func(v c) string { return v.InstanceName }},
			{Key: "before", Title: "Before", Text: func(v c) string { return v.Before }},
			{Key: "after", Title: "After", Text: func(v c) string { return v.After }},
			{Key: "missing_since", Title: "Missing since", Text: func(v c) string { return moment(v.MissingSince) }},
			{Key: "person_id", Title: "Person's number", Op: purser.OpNameRead, Text: func(v c) string { return v.PersonID }},
			{Key: "account_id", Title: "Account's number", Text: func(v c) string { return v.AccountID }},
			{Key: "id", Title: "Number", Text: func(v c) string { return v.ID }},
			{Key: "run", Title: "Run", Text: func(v c) string { return v.RunID }},
		}}
}

// RecentWords is a class of what happened as people say it.
func RecentWords(what string) string {
	return cmp.Or(map[string]string{purser.RecentJoined: "Joined", purser.RecentLeft: "Left", purser.RecentEmployment: "Employment changed",
		purser.RecentAdded: "Account added", purser.RecentGone: "Account gone", purser.RecentReturned: "Account back", purser.RecentStatus: "Status changed",
		purser.RecentSeatGiven: "Seat given", purser.RecentSeatTaken: "Seat taken back"}[what], what)
}

// RecentDetail is what was there before and after, or the plan of a seat.
func RecentDetail(v purser.RecentChange) string {
	switch {
	case v.Before != "" || v.After != "":
		return strings.ReplaceAll(cmp.Or(v.Before, "unknown")+" → "+cmp.Or(v.After, "unknown"), "_", " ")
	case v.Plan != "":
		return v.Plan
	case !v.MissingSince.IsZero():
		return "missing since " + v.MissingSince.UTC().Format("2 January 2006")
	}
	return ""
}
