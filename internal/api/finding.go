package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/finding"
	"purser/internal/table"
)

// Findings is the inbox; package finding has it.
type Findings interface {
	List(ctx context.Context, f finding.Filter, p purser.Page) (purser.List[purser.Finding], error)
	Counts(ctx context.Context, f finding.Filter) ([]finding.Count, error)
	Each(ctx context.Context, f finding.Filter, fn func(purser.Finding) error) error
	Suspicious(ctx context.Context, f finding.SuspiciousFilter, p purser.Page) (purser.List[purser.SuspiciousUse], error)
	Decide(ctx context.Context, ids []string, all *finding.Filter, d finding.Decision) (int64, error)
}

// InboxFinding has a name of its own in the API's description: the doctor finds, too.
type InboxFinding purser.Finding

// FindingQuery is the filter of findings.
type FindingQuery struct {
	AnyOf
	Query       string   `query:"q" doc:"name of an application, a plan or a contract; name or address of an account or a person too, where the role may see names"`
	Kind        []string `query:"kind" doc:"such as unused_seat; any of them"`
	State       []string `query:"state" doc:"open, snoozed, accepted, done, verified; open if none"`
	Application string   `query:"application" doc:"app_<number>"`
	Instance    []string `query:"instance" doc:"identifier or name; any of them"`
	Account     string   `query:"account" doc:"acc_<number>"`
	Plan        []string `query:"plan" doc:"pln_<number>; any of them"`
	Currency    string   `query:"currency" doc:"those with a value in it"`
	Owner       string   `query:"owner" doc:"usr_…, an e-mail address, or me: what that user looks after; nobody: what has no owner, or one who left"`
}

// Resolve checks the groups of conditions.
func (q *FindingQuery) Resolve(ctx huma.Context) []error { return q.of(ctx, table.Findings().Name) }

func (q FindingQuery) filter() finding.Filter {
	return finding.Filter{Query: q.Query, Kinds: q.Kind, States: q.State, Application: q.Application, Instances: q.Instance, Account: q.Account, Plans: q.Plan, Currency: q.Currency, Owner: q.Owner,
		Any: table.FindingFilter(q.address).Any}
}

// SuspiciousQuery is the filter of suspicious use.
type SuspiciousQuery struct {
	AnyOf
	Query       string   `query:"q" doc:"name or address of account or person; refused to roles from which names are hidden"`
	View        string   `query:"view" enum:"now,recognized,history" doc:"of the last thirty days; recognized by an admin; no longer so. now if none"`
	Kind        []string `query:"kind" doc:"used_after_leaving, used_not_in_hr, used_while_away; any of them"`
	Application string   `query:"application" doc:"app_<number>"`
	Instance    []string `query:"instance" doc:"identifier or name; any of them"`
}

// Resolve checks the groups of conditions.
func (q *SuspiciousQuery) Resolve(ctx huma.Context) []error {
	return q.of(ctx, table.SuspiciousUse().Name)
}

func (q SuspiciousQuery) filter() finding.SuspiciousFilter {
	return finding.SuspiciousFilter{Query: q.Query, View: q.View, Kinds: q.Kind, Application: q.Application, Instances: q.Instance,
		Any: table.SuspiciousFilter(q.address).Any}
}

func (a *API) findings() {
	add(a, call{method: "GET", path: "/findings", tag: "Findings", id: "listFindings", does: "List what somebody should look at, the newest first; sort by value (within each currency, the currencies by their letters) or age", op: purser.OpFindingRead},
		func(ctx context.Context, in *struct {
			Paging
			FindingQuery
		}) (*body[purser.List[InboxFinding]], error) {
			found, err := a.Findings.List(ctx, in.filter(), in.page())
			out := purser.List[InboxFinding]{Next: found.Next, Total: found.Total, More: found.More}
			for _, f := range found.Items {
				out.Items = append(out.Items, InboxFinding(f))
			}
			return listed(out, err)
		})
	add(a, call{method: "GET", path: "/findings-counts", tag: "Findings", id: "countFindings", does: "Count findings by kind and state, with what they are worth in a year", op: purser.OpFindingRead},
		func(ctx context.Context, in *FindingQuery) (*body[items[finding.Count]], error) {
			return whole(a.Findings.Counts(ctx, in.filter()))
		})
	add(a, call{method: "GET", path: "/suspicious-use", tag: "Findings", id: "listSuspiciousUse", op: purser.OpFindingRead,
		does: "List accounts that are used although HR says that their person is not at work, or knows no such person; decide about them as about findings"},
		func(ctx context.Context, in *struct {
			Paging
			SuspiciousQuery
		}) (*body[purser.List[purser.SuspiciousUse]], error) {
			return listed(a.Findings.Suspicious(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "POST", path: "/findings/decide", tag: "Findings", id: "decideFindings", does: "Accept findings, put them off, call them done, or open them again", op: purser.OpFindingDecide},
		func(ctx context.Context, in *struct {
			Body struct {
				Findings []string      `json:"findings,omitempty" maxItems:"1000" doc:"fnd_<number>"`
				All      *FindingMatch `json:"all,omitempty" doc:"instead of findings: all that match"`
				State    string        `json:"state" enum:"accepted,snoozed,done,open"`
				Reason   string        `json:"reason,omitempty" maxLength:"1000" doc:"needed to accept"`
				Until    string        `json:"until,omitempty" doc:"YYYY-MM-DD, needed to put off; to accept: the day on which it opens again"`
			}
		}) (*body[Decided], error) {
			var all *finding.Filter
			if m := in.Body.All; m != nil {
				all = &finding.Filter{Query: m.Query, Kinds: m.Kind, States: m.State, Application: m.Application, Instances: chosen(m.Instance), Account: m.Account, Plans: chosen(m.Plan), Currency: m.Currency, Owner: m.Owner}
			}
			n, err := a.Findings.Decide(ctx, in.Body.Findings, all, finding.Decision{State: in.Body.State, Reason: in.Body.Reason, Until: in.Body.Until})
			return answer(Decided{n}, err)
		})
}

// FindingMatch selects findings in a request's body.
type FindingMatch struct {
	Query       string   `json:"q,omitempty"`
	Kind        []string `json:"kind,omitempty"`
	State       []string `json:"state,omitempty"`
	Application string   `json:"application,omitempty"`
	Instance    string   `json:"instance,omitempty"`
	Account     string   `json:"account,omitempty"`
	Plan        string   `json:"plan,omitempty"`
	Currency    string   `json:"currency,omitempty"`
	Owner       string   `json:"owner,omitempty"`
}

// chosen is what one value selects; nil for none.
func chosen(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// Decided says about how many findings was decided.
type Decided struct {
	Count int64 `json:"count"`
}
