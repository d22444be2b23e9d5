package table

import (
	"net/url"
	"strconv"
	"time"

	"purser"
	"purser/internal/contract"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/license"
	"purser/internal/run"
)

// A filter reads the address of a list: several values of one name mean any of them,
// several names all of them, groups of conditions any of the groups. Pages, files and
// saved views read it here alone.

// order is how an address sorts.
func order(q url.Values) purser.Page {
	return purser.Page{Sort: q.Get("sort"), Desc: q.Get("desc") == "1"}
}

// either is a filter that has two answers: nil where neither or both are asked for.
func either(values []string) *bool {
	if len(values) != 1 {
		return nil
	}
	yes := values[0] == "yes"
	return &yes
}

// AccountFilter reads the filter of accounts.
func AccountFilter(q url.Values) inventory.AccountFilter {
	f := inventory.AccountFilter{Query: q.Get("q"), Instances: q["instance"], Connector: q.Get("connector"), Application: q.Get("application"),
		Kinds: q["kind"], Status: q["status"], Use: q["use"], Removed: q.Get("removed") == "1", AsOf: q.Get("as_of"), Matched: either(q["matched"]),
		External: either(q["external"]), Departments: q["department"], Seat: q.Get("seat") == "1", GiveUp: q["give_up"], ActiveDays: q.Get("active_days"), Order: order(q)}
	if n, err := strconv.Atoi(q.Get("days")); err == nil {
		f.Days = n
	}
	f.Any = groups(q, Accounts().Conditions, AccountFilter)
	return f
}

// FedFilter reads the filter of accounts through identity providers.
func FedFilter(q url.Values) inventory.FedFilter {
	f := inventory.FedFilter{Query: q.Get("q"), Applications: q["application"], Instances: q["instance"], Ways: q["way"], Status: q["status"], Used: q["used"],
		Matched: either(q["matched"]), Person: q.Get("person"), Order: order(q)}
	f.Any = groups(q, FedAccounts().Conditions, FedFilter)
	return f
}

// PersonFilter reads the filter of people.
func PersonFilter(q url.Values) inventory.PersonFilter {
	return inventory.PersonFilter{Query: q.Get("q"), Employment: q["employment"], Department: q["department"], LeaversWithAccess: q.Get("leavers") == "1", Disputed: q.Get("disputed") == "1", Has: q["has"], Uses: q["uses"], Order: order(q),
		Any: groups(q, People().Conditions, PersonFilter)}
}

// AccessFilter reads the filter of the access matrix.
func AccessFilter(q url.Values) inventory.AccessFilter {
	return inventory.AccessFilter{People: PersonFilter(q), Applications: q["application"]}
}

// ChangeFilter reads the filter of what changed lately; days are those of a time zone.
// What is no day is refused with the list's other conditions, see [Check].
func ChangeFilter(q url.Values, zone *time.Location) inventory.RecentFilter {
	f := inventory.RecentFilter{What: q["what"], Instances: q["instance"], Application: q.Get("application"), Zone: zone}
	if from, to, err := purser.Days(q.Get("from"), q.Get("to"), zone); err == nil {
		f.From, f.To = from, to
	}
	f.Any = groups(q, Changes().Conditions, func(g url.Values) inventory.RecentFilter { return ChangeFilter(g, zone) })
	return f
}

// ApplicationFilter reads the filter of applications.
func ApplicationFilter(q url.Values) inventory.ApplicationFilter {
	return inventory.ApplicationFilter{Query: q.Get("q"), Status: q["status"], Read: q["read"], Category: q["category"], Order: order(q),
		Any: groups(q, Applications().Conditions, ApplicationFilter)}
}

// DeviceFilter reads the filter of devices.
func DeviceFilter(q url.Values) inventory.DeviceFilter {
	f := inventory.DeviceFilter{Query: q.Get("q"), Instances: q["instance"], Application: q.Get("application"), Platforms: q["platform"], Status: q["status"],
		Ownership: q["ownership"], Compliant: q["compliant"], Encrypted: q["encrypted"], Seen: q["seen"], App: q.Get("app"), Removed: q.Get("removed") == "1", Order: order(q)}
	if p := q["person"]; len(p) == 1 {
		yes := p[0] == "matched"
		if f.Left = p[0] == "left"; !f.Left {
			f.Matched = &yes
		}
	}
	f.Any = groups(q, Devices().Conditions, DeviceFilter)
	return f
}

// TransactionFilter reads the filter of lines of spend.
func TransactionFilter(q url.Values) inventory.TransactionFilter {
	return inventory.TransactionFilter{Query: q.Get("q"), InstanceID: q.Get("instance"), Application: q.Get("application"), Types: q["type"], Status: q["status"],
		Since: q.Get("since"), Until: q.Get("until"), Order: order(q), Any: groups(q, Transactions().Conditions, TransactionFilter)}
}

// PlanFilter reads the filter of license plans.
func PlanFilter(q url.Values) license.Filter {
	return license.Filter{Query: q.Get("q"), Instances: q["instance"], Application: q.Get("application"), Seats: q["seats"], Any: groups(q, Licenses().Conditions, PlanFilter)}
}

// ContractFilter reads the filter of contracts.
func ContractFilter(q url.Values) contract.Filter {
	return contract.Filter{Query: q.Get("q"), Standings: q["standing"], Decisions: q["decision"], Owner: q.Get("owner"), Application: q.Get("application"),
		From: q.Get("from"), Until: q.Get("until"), Ended: q.Get("ended") == "1", NoDay: q.Get("no_day") == "1", Order: order(q), Any: groups(q, Contracts().Conditions, ContractFilter)}
}

// FindingFilter reads the filter of findings.
func FindingFilter(q url.Values) finding.Filter {
	return finding.Filter{Query: q.Get("q"), Kinds: q["kind"], States: q["state"], Application: q.Get("application"), Instances: q["instance"],
		Account: q.Get("account"), Plans: q["plan"], Currency: q.Get("currency"), Owner: q.Get("owner"), Any: groups(q, Findings().Conditions, FindingFilter)}
}

// SuspiciousFilter reads the filter of suspicious use.
func SuspiciousFilter(q url.Values) finding.SuspiciousFilter {
	return finding.SuspiciousFilter{Query: q.Get("q"), View: q.Get("view"), Kinds: q["kind"], Application: q.Get("application"), Instances: q["instance"],
		Any: groups(q, SuspiciousUse().Conditions, SuspiciousFilter)}
}

// RunFilter reads the filter of runs; days are those of a time zone. What is
// no day is refused with the list's other conditions, see [Check].
func RunFilter(q url.Values, zone *time.Location) run.Filter {
	f := run.Filter{Instances: q["instance"]}
	for _, t := range q["task"] {
		f.Tasks = append(f.Tasks, purser.TaskName(t))
	}
	for _, s := range q["state"] {
		f.States = append(f.States, purser.RunState(s))
	}
	for _, t := range q["trigger"] {
		f.Triggers = append(f.Triggers, purser.Trigger(t))
	}
	if from, to, err := purser.Days(q.Get("from"), q.Get("to"), zone); err == nil {
		f.From, f.To = from, to
	}
	f.Any = groups(q, Runs().Conditions, func(g url.Values) run.Filter { return RunFilter(g, zone) })
	return f
}
