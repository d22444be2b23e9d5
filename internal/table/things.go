package table

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"purser"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/license"
)

// Applications are products that the organization uses or pays for.
func Applications() List[purser.Application] {
	type a = purser.Application
	return List[a]{Name: "applications", Title: "Applications", Path: "/applications", Op: purser.OpAccountRead,
		Conditions: Conditions{
			{Name: "q"},
			{Name: "status", Values: inventory.ApplicationStatuses(), Group: true},
			{Name: "read", Values: []string{"direct", "sso"}, Group: true},
			{Name: "category", Group: true},
		}, Columns: []Column[a]{
			{Key: "name", Title: "Application", Usual: true, Text: func(v a) string { return v.Name }},
			{Key: "status", Title: "Status", Usual: true, Text: func(v a) string { return v.Status }},
			{Key: "owner", Title: "Owner", Usual: true, Text: func(v a) string { return v.OwnerName }},
			{Key: "source", Title: "Source", Usual: true, Text: func(v a) string { return v.Source }},
			{Key: "people", Title: "People", Usual: true, Number: true, Text: func(v a) string { return text(v.People) }},
			{Key: "accounts", Title: "Accounts", Usual: true, Number: true, Text: func(v a) string { return text(v.Accounts) }},
			{Key: "active", Title: "Active", Usual: true, Number: true, Text: func(v a) string { return text(v.Active) }},
			{Key: "yearly", Title: "A year", Usual: true, Op: purser.OpMoneyRead, Money: func(v a) []purser.Money { return agreed(v).Yearly }},
			{Key: "renewal", Title: "Renewal", Usual: true, Op: purser.OpContractRead, Text: func(v a) string { return renewal(v).On }},
			{Key: "findings", Title: "Findings", Usual: true, Number: true, Op: purser.OpFindingRead, Text: func(v a) string { return text(open(v).Open) }},
			{Key: "findings_worth", Title: "Findings, worth in a year", Op: purser.OpMoneyRead, Opens: func(v a) string { return open(v).URL }, Money: func(v a) []purser.Money { return open(v).Annual }},
			{Key: "data_as_of", Title: "Data as of", Text: func(v a) string { return moment(v.DataAsOf) }},
			{Key: "id", Title: "Number", Text: func(v a) string { return v.ID }},
			{Key: "category", Title: "Category", Text: func(v a) string { return v.Category }},
			{Key: "inactive", Title: "Inactive", Number: true, Opens: func(v a) string { return "/accounts?application=" + v.ID + "&use=inactive" }, Text: func(v a) string { return text(v.Inactive) }},
			{Key: "never", Title: "Never active", Number: true, Opens: func(v a) string { return "/accounts?application=" + v.ID + "&use=never" }, Text: func(v a) string { return text(v.Never) }},
			{Key: "unknown", Title: "Use unknown", Number: true, Opens: func(v a) string { return "/accounts?application=" + v.ID + "&use=unknown" }, Text: func(v a) string { return text(v.Unknown) }},
			{Key: "first_seen", Title: "First seen", Text: func(v a) string { return moment(v.FirstSeen) }},
			{Key: "note", Title: "Note", Text: func(v a) string { return v.Note }},
			{Key: "contracts", Title: "Contracts", Number: true, Op: purser.OpContractRead, Opens: func(v a) string { return agreed(v).URL }, Text: func(v a) string { return text(agreed(v).Contracts) }},
			{Key: "renewal_contract", Title: "Contract that is next", Op: purser.OpContractRead, Opens: func(v a) string { return "/contracts/" + renewal(v).ContractID }, Text: func(v a) string { return renewal(v).ContractName }},
			{Key: "shared", Title: "A year, with others together", Op: purser.OpMoneyRead, Opens: func(v a) string { return agreed(v).URL }, Money: func(v a) []purser.Money { return agreed(v).Shared }},
			{Key: "unknown_plans", Title: "Plans without a known cost", Number: true, Op: purser.OpMoneyRead, Opens: func(v a) string { return agreed(v).URL }, Text: func(v a) string { return text(agreed(v).Unknown) }},
		}}
}

// agreed, renewal and open are what is known beside an application; nothing where the
// reader may not see it.
func agreed(v purser.Application) purser.Agreed       { return told(v.Agreed) }
func renewal(v purser.Application) purser.NextRenewal { return told(agreed(v).Next) }
func open(v purser.Application) purser.OpenFindings   { return told(v.Findings) }

func told[T any](v *T) (out T) {
	if v != nil {
		out = *v
	}
	return out
}

// Transactions are lines of spend.
func Transactions() List[purser.Transaction] {
	type t = purser.Transaction
	return List[t]{Name: "transactions", Title: "Spend", Path: "/spend", Op: purser.OpMoneyRead,
		Conditions: Conditions{
			{Name: "q"},
			{Name: "type", Values: purser.ValuesOf(purser.KindTransaction, "type"), Group: true},
			{Name: "status", Values: purser.ValuesOf(purser.KindTransaction, "status"), Group: true},
			{Name: "since", Day: true, Group: true},
			{Name: "until", Day: true, Group: true},
			{Name: "instance"},
			{Name: "application"},
		}, Columns: []Column[t]{
			{Key: "payee", Title: "Payee", Usual: true, Text: func(v t) string { return v.Payee }},
			{Key: "date", Title: "Date", Usual: true, Text: func(v t) string { return v.Date }},
			{Key: "type", Title: "Type", Usual: true, Text: func(v t) string { return v.Type }},
			{Key: "status", Title: "Status", Usual: true, Text: func(v t) string { return v.Status }},
			{Key: "total", Title: "Amount", Usual: true, Money: func(v t) []purser.Money { return []purser.Money{v.Amount} }},
			{Key: "document", Title: "Document", Usual: true, Text: func(v t) string { return v.Document }},
			{Key: "instance", Title: "Instance", Usual: true, Text: func(v t) string { return v.InstanceName }},
			{Key: "id", Title: "Number", Text: func(v t) string { return v.ID }},
			{Key: "external_id", Title: "Vendor's identifier", Text: func(v t) string { return v.ExternalID }},
			{Key: "due_on", Title: "Due", Text: func(v t) string { return v.DueOn }},
			{Key: "description", Title: "Description", Text: func(v t) string { return v.Description }},
			{Key: "amount", Title: "Amount without currency", Text: func(v t) string { return v.Amount.Decimal() }},
			{Key: "currency", Title: "Currency", Text: func(v t) string { return v.Amount.Currency }},
			{Key: "cost_center", Title: "Cost center", Text: func(v t) string { return v.CostCenter }},
			{Key: "data_as_of", Title: "Data as of", Text: func(v t) string { return moment(v.DataAsOf) }},
		}}
}

// Contracts are terms with vendors.
func Contracts() List[purser.Contract] {
	type c = purser.Contract
	return List[c]{Name: "contracts", Title: "Contracts", Path: "/contracts", Op: purser.OpContractRead,
		Conditions: Conditions{
			{Name: "q"},
			{Name: "standing", Values: texts(purser.ContractStandings()), Group: true},
			{Name: "decision", Values: texts(purser.Decisions()), Group: true},
			{Name: "owner", Group: true},
			{Name: "from", Day: true, Group: true},
			{Name: "until", Day: true, Group: true},
			{Name: "application"},
			{Name: "ended", Flag: true},
			{Name: "no_day", Flag: true},
		}, Columns: []Column[c]{
			{Key: "name", Title: "Contract", Usual: true, Text: func(v c) string { return v.Name }},
			{Key: "standing", Title: "Standing", Usual: true, Text: func(v c) string { return string(v.Standing) }},
			{Key: "notice_on", Title: "Notice until", Usual: true, Text: func(v c) string { return v.NoticeOn }},
			{Key: "end", Title: "Ends", Usual: true, Text: func(v c) string { return v.Terms.End }},
			{Key: "decision", Title: "Decision", Usual: true, Text: func(v c) string { return string(v.Decision) }},
			{Key: "owner", Title: "Owner", Usual: true, Text: func(v c) string { return v.Owner.Name }},
			{Key: "yearly", Title: "A year", Usual: true, Op: purser.OpMoneyRead, Money: func(v c) []purser.Money { return v.Worth.Yearly }},
			{Key: "id", Title: "Number", Text: func(v c) string { return v.ID }},
			{Key: "vendor", Title: "Vendor", Text: func(v c) string { return v.Vendor }},
			{Key: "applications", Title: "Applications", Text: applications},
			{Key: "start", Title: "Begins", Text: func(v c) string { return v.Terms.Start }},
			{Key: "auto_renew", Title: "Renews by itself", Text: func(v c) string { return v.Terms.AutoRenew.String() }},
			{Key: "payment", Title: "Paid", Text: func(v c) string { return v.Terms.Payment }},
			{Key: "po_number", Title: "Order number", Text: func(v c) string { return v.Terms.PONumber }},
			{Key: "period_cost", Title: "The whole period", Op: purser.OpMoneyRead, Money: func(v c) []purser.Money { return v.Worth.Period }},
			{Key: "unknown_plans", Title: "Plans without a known cost", Number: true, Op: purser.OpMoneyRead, Text: func(v c) string { return text(int64(v.Worth.Unknown)) }},
		}}
}

func applications(c purser.Contract) string {
	names := make([]string, len(c.Applications))
	for i, a := range c.Applications {
		names[i] = a.Name
	}
	return strings.Join(names, "; ")
}

// Findings are what somebody should look at.
func Findings() List[purser.Finding] {
	type f = purser.Finding
	return List[f]{Name: "findings", Title: "Findings", Path: "/findings", Op: purser.OpFindingRead,
		Conditions: Conditions{
			{Name: "q", Names: true},
			{Name: "kind", Values: texts(purser.FindingKinds()), Group: true},
			{Name: "state", Values: purser.FindingStates(), Group: true},
			{Name: "owner", Group: true},
			{Name: "currency", Group: true},
			{Name: "application"},
			{Name: "instance"},
			{Name: "account"},
			{Name: "plan"},
		}, Columns: []Column[f]{
			{Key: "kind", Title: "Finding", Usual: true, Text: func(v f) string { return finding.Words(v.Kind) }},
			{Key: "sentence", Title: "What", Usual: true, Text: func(v f) string { return v.Sentence }},
			{Key: "evidence", Title: "Evidence", Usual: true, Text: evidence},
			{Key: "annual", Title: "Worth in a year", Usual: true, Op: purser.OpMoneyRead, Money: func(v f) []purser.Money { return one(v.Annual) }},
			{Key: "realizable", Title: "Can be saved", Usual: true, Text: func(v f) string { return v.Realizable }},
			{Key: "found_at", Title: "Age", Usual: true, Text: func(v f) string { return moment(v.FoundAt) }},
			{Key: "owner", Title: "Owner", Usual: true, Text: func(v f) string { return v.Owner }},
			{Key: "state", Title: "State", Usual: true, Text: func(v f) string { return v.State }},
			{Key: "id", Title: "Number", Text: func(v f) string { return v.ID }},
			{Key: "application", Title: "Application", Text: func(v f) string { return v.ApplicationName }},
			{Key: "instance", Title: "Instance", Text: func(v f) string { return v.InstanceName }},
			{Key: "account_id", Title: "Account's number", Opens: func(v f) string { return under("/accounts/", v.AccountID) }, Text: func(v f) string { return v.AccountID }},
			{Key: "person_id", Title: "Person's number", Op: purser.OpNameRead, Opens: func(v f) string { return under("/people/", v.PersonID) }, Text: func(v f) string { return v.PersonID }},
			{Key: "plan_id", Title: "Plan's number", Opens: func(v f) string { return under("/licenses/", v.PlanID) }, Text: func(v f) string { return v.PlanID }},
			{Key: "external_id", Title: "Vendor's identifier", Op: purser.OpNameRead, Text: func(v f) string { return v.ExternalID }},
			{Key: "value", Title: "Worth in a term", Op: purser.OpMoneyRead, Money: func(v f) []purser.Money { return one(v.Value) }},
			{Key: "no_value_because", Title: "Why without a value", Op: purser.OpMoneyRead, Text: func(v f) string { return v.Unvalued }},
			{Key: "realizable_on", Title: "Can be saved from", Text: func(v f) string { return v.RealizableOn }},
			{Key: "reason", Title: "Reason", Text: func(v f) string { return v.Reason }},
			{Key: "decided_by", Title: "Decided by", Text: func(v f) string { return v.DecidedBy }},
			{Key: "decided_at", Title: "Decided", Text: func(v f) string { return moment(v.DecidedAt) }},
			{Key: "until", Title: "Put off until", Text: func(v f) string { return v.Until }},
		}}
}

// under is the page of a thing, "" without one.
func under(path, id string) string {
	if id == "" {
		return ""
	}
	return path + id
}

func evidence(f purser.Finding) string {
	labels := make([]string, len(f.Evidence))
	for i, e := range f.Evidence {
		labels[i] = e.Label
	}
	return strings.Join(labels, "; ")
}

// Licenses are the plans that vendors tell.
func Licenses() List[purser.License] {
	type l = purser.License
	return List[l]{Name: "licenses", Title: "Licenses", Path: "/licenses", Op: purser.OpAccountRead,
		Conditions: Conditions{
			{Name: "q"},
			{Name: "instance", Group: true},
			{Name: "seats", Values: license.Seats(), Group: true},
			{Name: "application"},
		}, Columns: []Column[l]{
			{Key: "name", Title: "Plan", Usual: true, Text: func(v l) string { return cmp.Or(v.Name, v.ExternalID) }},
			{Key: "instance", Title: "Instance", Usual: true, Text: func(v l) string { return v.InstanceName }},
			{Key: "bought", Title: "Bought", Usual: true, Number: true, Text: func(v l) string { return optional(v.Bought) }},
			{Key: "assigned", Title: "Assigned", Usual: true, Number: true, Text: func(v l) string { return optional(v.Assigned) }},
			{Key: "used", Title: "Used", Usual: true, Number: true, Opens: func(v l) string { return seatsOf(v, "active") }, Text: func(v l) string { return optional(v.Used) }},
			{Key: "idle", Title: "Idle", Usual: true, Number: true, Opens: func(v l) string { return seatsOf(v, "inactive", "never") }, Text: func(v l) string { return optional(v.Idle) }},
			{Key: "spare", Title: "Spare", Usual: true, Number: true, Text: func(v l) string { return optional(v.Spare) }},
			{Key: "price", Title: "Price", Usual: true, Op: purser.OpMoneyRead, Money: func(v l) []purser.Money { return one(v.Price) }},
			{Key: "annual", Title: "A year", Usual: true, Op: purser.OpMoneyRead, Money: func(v l) []purser.Money { return one(v.Annual) }},
			{Key: "ends_on", Title: "Term ends", Usual: true, Text: func(v l) string { return v.EndsOn }},
			{Key: "realizable", Title: "Can be saved", Usual: true, Text: func(v l) string { return v.Realizable }},
			{Key: "data_as_of", Title: "Data as of", Text: func(v l) string { return moment(v.DataAsOf) }},
			{Key: "id", Title: "Number", Text: func(v l) string { return v.ID }},
			{Key: "realizable_on", Title: "Can be saved from", Text: func(v l) string { return v.RealizableOn }},
			{Key: "contract", Title: "Contract", Text: func(v l) string { return v.ContractName }},
			{Key: "external_id", Title: "Vendor's identifier", Text: func(v l) string { return v.ExternalID }},
			{Key: "unknown", Title: "Use unknown", Number: true, Opens: func(v l) string { return seatsOf(v, "unknown") }, Text: func(v l) string { return optional(v.Unknown) }},
			{Key: "closed", Title: "Of closed accounts", Number: true, Opens: func(v l) string { return seatsOf(v, "closed") }, Text: func(v l) string { return optional(v.Closed) }},
			{Key: "in_use", Title: "Used, as the vendor counts", Number: true, Text: func(v l) string { return optional(v.InUse) }},
			{Key: "price_by", Title: "Price from", Op: purser.OpMoneyRead, Text: func(v l) string { return v.PricedBy }},
			{Key: "renews_at", Title: "Renews", Text: func(v l) string { return moment(v.RenewsAt) }},
		}}
}

// seatsOf is the page of the seats of a plan that are used in some ways.
func seatsOf(l purser.License, uses ...string) string {
	return "/licenses/" + l.ID + "?" + url.Values{"use": uses}.Encode() + "#seats"
}

// Runs are readings of instances.
func Runs() List[purser.Run] {
	type r = purser.Run
	return List[r]{Name: "runs", Title: "Runs", Path: "/runs", Op: purser.OpRunRead,
		Conditions: Conditions{
			{Name: "task", Values: texts(purser.TaskNames()), Group: true},
			{Name: "state", Values: texts(purser.RunStates()), Group: true},
			{Name: "trigger", Values: texts(purser.Triggers()), Group: true},
			{Name: "instance"},
			{Name: "from", Day: true},
			{Name: "to", Day: true},
		}, Columns: []Column[r]{
			{Key: "run", Title: "Run", Usual: true, Text: func(v r) string { return v.Task.Title() + " of " + v.InstanceName }},
			{Key: "state", Title: "State", Usual: true, Text: func(v r) string { return string(v.State) }},
			{Key: "started_at", Title: "Started", Usual: true, Text: func(v r) string { return moment(v.StartedAt) }},
			{Key: "took", Title: "Took", Usual: true, Text: took},
			{Key: "read", Title: "Read", Usual: true, Number: true, Text: func(v r) string { return text(v.Counts.Read) }},
			{Key: "added", Title: "Added", Usual: true, Number: true, Text: func(v r) string { return text(v.Counts.Added) }},
			{Key: "changed", Title: "Changed", Usual: true, Number: true, Text: func(v r) string { return text(v.Counts.Changed) }},
			{Key: "removed", Title: "Removed", Usual: true, Number: true, Text: func(v r) string { return text(v.Counts.Removed) }},
			{Key: "rejected", Title: "Rejected", Usual: true, Number: true, Text: func(v r) string { return text(v.Counts.Rejected) }},
			{Key: "id", Title: "Number", Text: func(v r) string { return v.ID }},
			{Key: "instance", Title: "Instance", Text: func(v r) string { return v.InstanceName }},
			{Key: "trigger", Title: "Started by", Text: func(v r) string { return string(v.Trigger) }},
			{Key: "queued_at", Title: "Queued", Text: func(v r) string { return moment(v.QueuedAt) }},
			{Key: "ended_at", Title: "Ended", Text: func(v r) string { return moment(v.EndedAt) }},
			{Key: "requests", Title: "Requests", Number: true, Text: func(v r) string { return text(v.Requests) }},
			{Key: "held", Title: "Held", Text: func(v r) string { return yes(v.Held) }},
			{Key: "message", Title: "Message", Text: func(v r) string { return v.Message }},
		}}
}

func took(r purser.Run) string {
	if r.StartedAt.IsZero() || r.EndedAt.IsZero() {
		return ""
	}
	return r.EndedAt.Sub(r.StartedAt).Round(time.Second).String()
}
