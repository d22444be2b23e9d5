package table

import (
	"cmp"
	"strings"

	"purser"
	"purser/internal/finding"
)

// SuspiciousUse are accounts that are used although HR says otherwise.
func SuspiciousUse() List[purser.SuspiciousUse] {
	type u = purser.SuspiciousUse
	return List[u]{Name: "suspicious", Title: "Suspicious use", Path: "/suspicious", Op: purser.OpFindingRead,
		Conditions: Conditions{
			{Name: "q", Names: true},
			{Name: "kind", Values: texts(purser.SuspiciousKinds()), Group: true},
			{Name: "view", Values: purser.SuspiciousViews()},
			{Name: "application"},
			{Name: "instance", Group: true},
		}, Columns: []Column[u]{
			{Key: "account", Title: "Account", Usual: true, Text: func(v u) string { return v.AccountName }},
			{Key: "why", Title: "Why", Usual: true, Text: func(v u) string { return finding.Words(v.Kind) }},
			{Key: "hr", Title: "HR says", Usual: true, Text: SuspiciousHR},
			{Key: "last_active", Title: "Last active", Usual: true, Text: func(v u) string { return lastUse(v.LastActive) }},
			{Key: "days", Title: "Days of the last 30", Usual: true, Number: true, Text: func(v u) string { return text(v.Days) }},
			{Key: "found", Title: "Found", Usual: true, Text: func(v u) string { return moment(v.FoundAt) }},
			{Key: "state", Title: "State", Usual: true, Text: func(v u) string { return v.State }},
			{Key: "person", Title: "Person", Text: func(v u) string { return v.PersonName }},
			{Key: "application", Title: "Application", Text: func(v u) string { return v.ApplicationName }},
			{Key: "instance", Title: "Instance", Text: func(v u) string { return v.InstanceName }},
			{Key: "reason", Title: "Reason", Text: func(v u) string { return v.Reason }},
			{Key: "until", Title: "Until", Text: func(v u) string { return v.Until }},
			{Key: "decided_by", Title: "Decided by", Text: func(v u) string { return v.DecidedBy }},
			{Key: "decided_at", Title: "Decided", Text: func(v u) string { return moment(v.DecidedAt) }},
			{Key: "gone_at", Title: "Over since", Text: func(v u) string { return moment(v.GoneAt) }},
			{Key: "id", Title: "Number", Text: func(v u) string { return v.ID }},
			{Key: "account_id", Title: "Account's number", Text: func(v u) string { return v.AccountID }},
		}}
}

// SuspiciousHR is what HR says of the person.
func SuspiciousHR(u purser.SuspiciousUse) string {
	switch {
	case u.PersonID == "":
		return "knows nobody to whom it belongs"
	case u.EndedOn != "" && u.Kind == purser.FindingUsedAfter:
		return "left on " + u.EndedOn
	}
	return strings.ReplaceAll(cmp.Or(u.Employment, "unknown"), "_", " ")
}
