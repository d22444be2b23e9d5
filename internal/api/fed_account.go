package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
)

// FedQuery selects accounts through identity providers.
type FedQuery struct {
	AnyOf
	Query       string   `query:"q" doc:"name, address, user name or application"`
	Application []string `query:"application" doc:"app_<number>; any of them"`
	Instance    []string `query:"instance" doc:"identity providers by identifier or name; any of them"`
	Way         []string `query:"way" enum:"direct,group,assigned,consent,sign_in" doc:"any of them"`
	Status      []string `query:"status" doc:"of the account at the provider; any of them"`
	Used        []string `query:"used" enum:"recent,earlier,never,unknown" doc:"last sign-in: recent is within thirty days; any of them"`
	Matched     string   `query:"matched" enum:"yes,no" doc:"whether it belongs to a person"`
	Person      string   `query:"person" doc:"per_<number>"`
}

// Resolve checks the groups of conditions.
func (q *FedQuery) Resolve(ctx huma.Context) []error { return q.of(ctx, table.FedAccounts().Name) }

func (q FedQuery) filter() inventory.FedFilter {
	f := inventory.FedFilter{Query: q.Query, Applications: q.Application, Instances: q.Instance, Ways: q.Way, Status: q.Status, Used: q.Used, Person: q.Person, Any: table.FedFilter(q.address).Any}
	if q.Matched != "" {
		yes := q.Matched == "yes"
		f.Matched = &yes
	}
	return f
}

func (a *API) fedAccounts() {
	add(a, call{method: "GET", path: "/sso-accounts", tag: "Accounts", id: "listSSOAccounts", op: purser.OpAccountRead,
		does: "List who has managed applications through identity providers, of those whose own list does not count yet"},
		func(ctx context.Context, in *struct {
			Paging
			FedQuery
		}) (*body[purser.List[purser.FedAccount]], error) {
			return listed(a.Inventory.FedAccounts(ctx, in.filter(), in.page()))
		})
}
