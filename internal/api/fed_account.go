package api

import (
	"context"

	"purser"
	"purser/internal/inventory"
)

func (a *API) fedAccounts() {
	add(a, call{method: "GET", path: "/sso-accounts", tag: "Accounts", id: "listSSOAccounts", op: purser.OpAccountRead,
		does: "List who has managed applications through identity providers, of those whose own list does not count yet"},
		func(ctx context.Context, in *struct {
			Paging
			Query  string `query:"q" doc:"name, address, user name or application"`
			Person string `query:"person" doc:"per_<number>"`
		}) (*body[purser.List[purser.FedAccount]], error) {
			return listed(a.Inventory.FedAccounts(ctx, inventory.FedFilter{Query: in.Query, Person: in.Person}, in.page()))
		})
}
