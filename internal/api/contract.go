package api

import (
	"context"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/columns"
	"purser/internal/contract"
	"purser/internal/table"
)

// Contracts keeps contracts; package contract does.
type Contracts interface {
	List(ctx context.Context, f contract.Filter, page purser.Page) (purser.List[purser.Contract], error)
	Contract(ctx context.Context, id string) (purser.Contract, error)
	CostLines(ctx context.Context, day string) ([]contract.CostLine, error)
	EachCost(ctx context.Context, on string, fn func(contract.CostLine) error) error
	Create(ctx context.Context, in purser.ContractInput) (purser.Contract, error)
	Update(ctx context.Context, id string, in purser.ContractInput) (purser.Contract, error)
	Amend(ctx context.Context, id string, version int64, a purser.Amendment) (purser.Contract, error)
	NextTerms(ctx context.Context, id string) (purser.ContractTerms, error)
	Renew(ctx context.Context, id string, version int64, terms *purser.ContractTerms) (purser.Contract, error)
	Decide(ctx context.Context, id string, version int64, d purser.Decision, why string) (purser.Contract, error)
	Periods(ctx context.Context, id string) ([]purser.ContractPeriod, error)
	Decisions(ctx context.Context, id string) ([]purser.ContractDecision, error)
	Changes(ctx context.Context, id string) ([]purser.ContractChange, error)
	Each(ctx context.Context, f contract.Filter, fn func(purser.Contract) error) error
	Rows(ctx context.Context, c purser.Contract) [][]string
	Sheet(ctx context.Context, id string) (purser.RenewalSheet, error)
	FrozenSheet(ctx context.Context, id string, decision int64) (purser.RenewalSheet, purser.ContractDecision, error)
	Feeds(ctx context.Context) ([]contract.Feed, error)
	CreateFeed(ctx context.Context, name string, prices bool) (contract.Feed, error)
	RevokeFeed(ctx context.Context, id string) error
	Documents(ctx context.Context, id string) ([]purser.ContractDocument, error)
	AddDocument(ctx context.Context, id, name, media string, r io.Reader) (purser.ContractDocument, error)
	OpenDocument(ctx context.Context, id, document string) (purser.ContractDocument, []byte, error)
	RemoveDocument(ctx context.Context, id, document string) error
	Remove(ctx context.Context, id string) error
	StartImport(ctx context.Context, name string, r io.Reader) (contract.Import, error)
	PreviewImport(ctx context.Context, id string, m *columns.Mapping) (contract.Import, error)
	ApplyImport(ctx context.Context, id string, m *columns.Mapping) (contract.Import, error)
}

// ContractQuery is the filter of lists and exports of contracts.
type ContractQuery struct {
	AnyOf
	Query       string   `query:"q" doc:"name, vendor or order number"`
	Standing    []string `query:"standing" doc:"overdue, over, due, decided, running, ended; any of them"`
	Decision    []string `query:"decision" doc:"undecided, renew, change, cancel; any of them"`
	Owner       string   `query:"owner" doc:"usr_…, per_… or an e-mail address"`
	Application string   `query:"application" doc:"app_<number>"`
	From        string   `query:"from" doc:"YYYY-MM-DD: not due before"`
	Until       string   `query:"until" doc:"YYYY-MM-DD: due until then"`
	Ended       bool     `query:"ended" doc:"also those that are canceled and over"`
	NoDay       bool     `query:"no_day" doc:"only those of which neither a deadline nor an end is known"`
}

// Resolve checks the groups of conditions.
func (q *ContractQuery) Resolve(ctx huma.Context) []error { return q.of(ctx, table.Contracts().Name) }

func (q ContractQuery) filter() contract.Filter {
	return contract.Filter{Query: q.Query, Standings: q.Standing, Decisions: q.Decision, Owner: q.Owner, Application: q.Application, From: q.From, Until: q.Until, Ended: q.Ended, NoDay: q.NoDay,
		Any: table.ContractFilter(q.address).Any}
}

const contractTag = "Contracts"

func (a *API) contracts() {
	add(a, call{method: "GET", path: "/contracts", tag: contractTag, id: "listContracts", does: "List contracts by notice deadline, overdue ones first", op: purser.OpContractRead},
		func(ctx context.Context, in *struct {
			Paging
			ContractQuery
		}) (*body[purser.List[purser.Contract]], error) {
			return listed(a.Contracts.List(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "POST", path: "/contracts", tag: contractTag, id: "createContract", does: "Write a contract down", op: purser.OpContractWrite, status: 201, creates: true},
		func(ctx context.Context, in *body[purser.ContractInput]) (*body[purser.Contract], error) {
			return answer(a.Contracts.Create(ctx, in.Body))
		})
	add(a, call{method: "GET", path: "/contracts/cost", tag: contractTag, id: "listContractCosts", does: "List the contracts that run on a day and what each costs in twelve months, by the terms of that day", op: purser.OpMoneyRead},
		func(ctx context.Context, in *struct {
			On string `query:"on" required:"true" doc:"YYYY-MM-DD"`
		}) (*body[items[contract.CostLine]], error) {
			return whole(a.Contracts.CostLines(ctx, in.On))
		})
	add(a, call{method: "GET", path: "/contracts/{id}", tag: contractTag, id: "getContract", does: "Show a contract", op: purser.OpContractRead},
		func(ctx context.Context, in *ByID) (*body[purser.Contract], error) {
			return answer(a.Contracts.Contract(ctx, in.ID))
		})
	add(a, call{method: "DELETE", path: "/contracts/{id}", tag: contractTag, id: "removeContract", op: purser.OpContractWrite, status: 204,
		does: "Remove a contract that was written down by mistake, with its history and documents; refused once it was decided on or renewed"},
		func(ctx context.Context, in *ByID) (*empty, error) {
			return done(a.Contracts.Remove(ctx, in.ID))
		})
	add(a, call{method: "PUT", path: "/contracts/{id}", tag: contractTag, id: "setContract", does: "Change a contract to what is sent; refused if it was changed since version",
		op: purser.OpContractWrite},
		func(ctx context.Context, in *struct {
			ByID
			Body purser.ContractInput
		}) (*body[purser.Contract], error) {
			return answer(a.Contracts.Update(ctx, in.ID, in.Body))
		})
	add(a, call{method: "POST", path: "/contracts/{id}/amendments", tag: contractTag, id: "amendContract", does: "Add a dated change of the plans", op: purser.OpContractWrite},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				purser.Amendment
				Version int64 `json:"version,omitempty" doc:"that was read"`
			}
		}) (*body[purser.Contract], error) {
			return answer(a.Contracts.Amend(ctx, in.ID, in.Body.Version, in.Body.Amendment))
		})
	a.contractEnds()
	a.contractHistory()
	a.contractFiles()
	a.contractDocuments()
}

// contractEnds are what happens at the end of a period.
func (a *API) contractEnds() {
	add(a, call{method: "GET", path: "/contracts/{id}/next", tag: contractTag, id: "nextContractTerms", does: "Propose the terms of the next period", op: purser.OpContractWrite},
		func(ctx context.Context, in *ByID) (*body[purser.ContractTerms], error) {
			return answer(a.Contracts.NextTerms(ctx, in.ID))
		})
	add(a, call{method: "POST", path: "/contracts/{id}/renew", tag: contractTag, id: "renewContract", does: "Begin the next period; the one before is kept", op: purser.OpContractWrite},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Terms   *purser.ContractTerms `json:"terms,omitempty" doc:"without them, those that were agreed for the next period"`
				Version int64                 `json:"version,omitempty" doc:"that was read"`
			}
		}) (*body[purser.Contract], error) {
			return answer(a.Contracts.Renew(ctx, in.ID, in.Body.Version, in.Body.Terms))
		})
	add(a, call{method: "POST", path: "/contracts/{id}/decisions", tag: contractTag, id: "decideContract", does: "Say what is to become of it; the renewal sheet is frozen with it",
		op: purser.OpContractWrite},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Decision purser.Decision `json:"decision" enum:"undecided,renew,change,cancel"`
				Why      string          `json:"why,omitempty"`
				Version  int64           `json:"version,omitempty" doc:"that was read"`
			}
		}) (*body[purser.Contract], error) {
			return answer(a.Contracts.Decide(ctx, in.ID, in.Body.Version, in.Body.Decision, in.Body.Why))
		})
}

func (a *API) contractHistory() {
	add(a, call{method: "GET", path: "/contracts/{id}/periods", tag: contractTag, id: "listContractPeriods", does: "List the periods of a contract with their terms", op: purser.OpContractRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.ContractPeriod]], error) {
			return whole(a.Contracts.Periods(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/contracts/{id}/decisions", tag: contractTag, id: "listContractDecisions", does: "List the decisions about a contract", op: purser.OpContractRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.ContractDecision]], error) {
			return whole(a.Contracts.Decisions(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/contracts/{id}/changes", tag: contractTag, id: "listContractChanges", does: "List what was changed in a contract", op: purser.OpContractRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.ContractChange]], error) {
			return whole(a.Contracts.Changes(ctx, in.ID))
		})
}
