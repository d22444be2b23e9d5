package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/dashboard"
	"purser/internal/inventory"
	"purser/internal/table"
)

// TransactionQuery is the filter of lists and exports of transactions.
type TransactionQuery struct {
	AnyOf
	Query       string   `query:"q" doc:"payee, document or description"`
	Instance    string   `query:"instance" doc:"identifier or name"`
	Application string   `query:"application" doc:"app_<number>"`
	Type        []string `query:"type" doc:"bill, credit, card, bank; any of them"`
	Status      []string `query:"status" doc:"draft, open, paid, void; any of them"`
	Since       string   `query:"since" format:"date" doc:"first day"`
	Until       string   `query:"until" format:"date" doc:"last day"`
}

// Resolve checks the groups of conditions.
func (q *TransactionQuery) Resolve(ctx huma.Context) []error {
	return q.of(ctx, table.Transactions().Name)
}

func (q TransactionQuery) filter() inventory.TransactionFilter {
	return inventory.TransactionFilter{Query: q.Query, InstanceID: q.Instance, Application: q.Application, Types: q.Type, Status: q.Status,
		Since: q.Since, Until: q.Until, Any: table.TransactionFilter(q.address).Any}
}

func (a *API) money() {
	add(a, call{method: "GET", path: "/plans", tag: "Licenses", id: "listPlans", does: "List license plans; prices only for those who may see money",
		op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			Paging
			Query       string `query:"q" doc:"name"`
			Instance    string `query:"instance" doc:"identifier or name"`
			Application string `query:"application" doc:"app_<number>"`
		}) (*body[purser.List[purser.Plan]], error) {
			f := inventory.PlanFilter{Query: in.Query, InstanceID: in.Instance, Application: in.Application}
			return listed(a.Inventory.Plans(ctx, f, in.page()))
		})
	add(a, call{method: "GET", path: "/plans/{id}/seats", tag: "Licenses", id: "listSeats", does: "List the seats of a plan; sort by added, name or last_active", op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			ByID
			Paging
			Query string   `query:"q" doc:"name or address of account or person; refused to roles from which names are hidden"`
			Use   []string `query:"use,explode" doc:"how its account is used: active, inactive, never, unknown or closed; or needed: nothing says that it can be given up; any of them"`
		}) (*body[purser.List[inventory.Seat]], error) {
			return listed(a.Inventory.Seats(ctx, inventory.SeatFilter{Plans: []string{in.ID}, Query: in.Query, Uses: in.Use}, in.page()))
		})
	add(a, call{method: "GET", path: "/transactions", tag: "Spend", id: "listTransactions", does: "List transactions, the latest first; sort by date, payee, or amount (within each currency, the currencies by their letters)", op: purser.OpMoneyRead},
		func(ctx context.Context, in *struct {
			Paging
			TransactionQuery
		}) (*body[purser.List[purser.Transaction]], error) {
			return listed(a.Inventory.Transactions(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "GET", path: "/transactions/{id}", tag: "Spend", id: "getTransaction", does: "Show a line of spend, also one that its vendor does not list any more", op: purser.OpMoneyRead},
		func(ctx context.Context, in *ByID) (*body[purser.Transaction], error) {
			return answer(a.Inventory.Transaction(ctx, in.ID))
		})
}

// Dashboard adds up the first page; package dashboard does.
type Dashboard interface {
	Dashboard(ctx context.Context) (dashboard.Dashboard, error)
}

func (a *API) home() {
	add(a, call{method: "GET", path: "/home", tag: "Server", id: "home", does: "Say what needs somebody, and the numbers of the home page", op: purser.OpInstanceRead},
		func(ctx context.Context, _ *none) (*body[dashboard.Dashboard], error) {
			return answer(a.Dashboard.Dashboard(ctx))
		})
	add(a, call{method: "GET", path: "/search", tag: "Server", id: "search", does: "Search instances, applications, people and accounts", op: purser.OpInstanceRead},
		func(ctx context.Context, in *struct {
			Query string `query:"q" required:"true"`
		}) (*body[items[inventory.Found]], error) {
			return whole(a.Inventory.Search(ctx, in.Query))
		})
}
