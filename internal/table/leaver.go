package table

import (
	"net/url"
	"slices"

	"purser"
	"purser/internal/inventory"
	"purser/internal/leaver"
)

// Leavers are the accounts of people who left that still let somebody in.
func Leavers() List[purser.LeaverAccess] {
	type a = purser.LeaverAccess
	return List[a]{Name: "leavers", Title: "Leavers with access", Path: "/leavers", Op: purser.OpNameRead,
		Conditions: Conditions{
			{Name: "q", Names: true},
			{Name: "instance", Group: true},
			{Name: "status", Values: purser.ValuesOf(purser.KindAccount, "status"), Group: true},
			{Name: "department", Group: true, Blank: true},
			{Name: "admin", Values: known(), Group: true},
			{Name: "local", Values: yesNo(), Group: true},
			{Name: "checklist", Values: yesNo(), Group: true},
		}, Columns: []Column[a]{
			{Key: "account", Title: "Account", Usual: true, Text: func(v a) string { return v.Account }},
			{Key: "person", Title: "Person", Usual: true, Text: func(v a) string { return v.PersonName }},
			{Key: "ended_on", Title: "Left", Usual: true, Text: func(v a) string { return v.EndedOn }},
			{Key: "why_first", Title: "Why first", Usual: true, Text: LeaverWhy},
			{Key: "last_active", Title: "Last active", Usual: true, Text: func(v a) string { return lastUse(v.LastActive) }},
			{Key: "checklist", Title: "Checklist", Usual: true, Text: func(v a) string { return v.Checklist }},
			{Key: "instance", Title: "Instance", Text: func(v a) string { return v.InstanceName }},
			{Key: "department", Title: "Department", Text: func(v a) string { return v.Department }},
			{Key: "status", Title: "Status", Text: func(v a) string { return v.Status }},
			{Key: "admin", Title: "Admin", Text: func(v a) string { return v.Admin.String() }},
			{Key: "local", Title: "Sign-in of its own", Text: func(v a) string { return yes(v.Local) }},
			{Key: "found_at", Title: "Found", Text: func(v a) string { return moment(v.FoundAt) }},
			{Key: "account_id", Title: "Account's number", Text: func(v a) string { return v.AccountID }},
			{Key: "person_id", Title: "Person's number", Text: func(v a) string { return v.PersonID }},
		}}
}

// LeaverWhy says why an account of a leaver comes before others, "" if it does not.
func LeaverWhy(v purser.LeaverAccess) string {
	switch {
	case v.Admin == purser.Yes && v.Local:
		return "administrator, own sign-in"
	case v.Admin == purser.Yes:
		return "administrator"
	case v.Local:
		return "own sign-in"
	}
	return ""
}

// LeaverFilter reads the filter of the accounts of leavers.
func LeaverFilter(q url.Values) leaver.AccessFilter {
	return leaver.AccessFilter{Query: q.Get("q"), Instances: q["instance"], Status: q["status"], Departments: q["department"],
		Admin: q["admin"], Local: either(q["local"]), Checklist: either(q["checklist"]), Any: groups(q, Leavers().Conditions, LeaverFilter)}
}

// Unmatched are the accounts behind which one expects a person and knows none.
func Unmatched() List[purser.Unmatched] {
	type u = purser.Unmatched
	best := func(v u) (s purser.Suggestion) {
		if len(v.Suggestions) > 0 {
			s = v.Suggestions[0]
		}
		return s
	}
	l := List[u]{Name: "unmatched", Title: "Accounts without a person", Path: "/accounts/unmatched", Op: purser.OpAccountRead,
		Conditions: Conditions{
			{Name: "q", Names: true},
			{Name: "instance", Group: true},
			{Name: "kind", Values: purser.ValuesOf(purser.KindAccount, "kind"), Group: true},
			{Name: "status", Values: purser.ValuesOf(purser.KindAccount, "status"), Group: true},
			{Name: "use", Values: purser.UseClasses(), Group: true},
			{Name: "external", Values: yesNo(), Group: true},
			{Name: "seat", Flag: true, Group: true},
			{Name: "give_up", Values: inventory.GiveUpWords()},
			{Name: "department", Blank: true},
			{Name: "connector"},
			{Name: "application"},
			{Name: "days", Number: true},
			{Name: "active_days"},
		}, Columns: []Column[u]{
			{Key: "account", Title: "Account", Usual: true},
			{Key: "instance", Title: "Instance", Usual: true},
			{Key: "suggestion", Title: "May belong to", Usual: true, Op: purser.OpNameRead, Text: func(v u) string { return best(v).PersonName }},
			{Key: "why", Title: "Why", Usual: true, Op: purser.OpNameRead, Text: func(v u) string { return best(v).Why }},
			{Key: "sure", Title: "How sure", Usual: true, Op: purser.OpNameRead, Text: func(v u) string { return string(best(v).Sure) }},
			{Key: "suggestions", Title: "Proposals", Number: true, Op: purser.OpNameRead, Text: func(v u) string { return text(int64(len(v.Suggestions))) }},
			{Key: "suggestion_id", Title: "Number of who it may be", Op: purser.OpNameRead, Text: func(v u) string { return best(v).PersonID }},
		}}
	for _, c := range Accounts().Columns { // what the account itself says
		told := func(v u) string { return c.Text(v.Account) }
		if i := slices.IndexFunc(l.Columns, func(x Column[u]) bool { return x.Key == c.Key }); i >= 0 {
			l.Columns[i].Text = told
		} else if !slices.Contains([]string{"person", "person_id", "match_reason", "removed_at"}, c.Key) {
			l.Columns = append(l.Columns, Column[u]{Key: c.Key, Title: c.Title, Number: c.Number, Op: c.Op, Text: told})
		}
	}
	return l
}

// UnmatchedFilter reads the filter of accounts without a person: that of accounts as
// they are now.
func UnmatchedFilter(q url.Values) inventory.AccountFilter {
	f := AccountFilter(q)
	f.Matched, f.Removed, f.AsOf, f.Any = nil, false, "", groups(q, Unmatched().Conditions, AccountFilter)
	return f
}
