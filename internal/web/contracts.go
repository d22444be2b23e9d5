package web

import (
	"context"
	"io"
	"net/http"

	"purser"
	"purser/internal/columns"
	"purser/internal/contract"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Contracts keeps contracts; package contract does.
type Contracts interface {
	Today(ctx context.Context) string
	List(ctx context.Context, f contract.Filter, page purser.Page) (purser.List[purser.Contract], error)
	Each(ctx context.Context, f contract.Filter, fn func(purser.Contract) error) error
	Rows(ctx context.Context, c purser.Contract) [][]string
	CostLines(ctx context.Context, day string) ([]contract.CostLine, error)
	Contract(ctx context.Context, id string) (purser.Contract, error)
	Create(ctx context.Context, in purser.ContractInput) (purser.Contract, error)
	Update(ctx context.Context, id string, in purser.ContractInput) (purser.Contract, error)
	Amend(ctx context.Context, id string, version int64, a purser.Amendment) (purser.Contract, error)
	NextTerms(ctx context.Context, id string) (purser.ContractTerms, error)
	Renew(ctx context.Context, id string, version int64, terms *purser.ContractTerms) (purser.Contract, error)
	Decide(ctx context.Context, id string, version int64, d purser.Decision, why string) (purser.Contract, error)
	Periods(ctx context.Context, id string) ([]purser.ContractPeriod, error)
	Decisions(ctx context.Context, id string) ([]purser.ContractDecision, error)
	Changes(ctx context.Context, id string) ([]purser.ContractChange, error)
	Sheet(ctx context.Context, id string) (purser.RenewalSheet, error)
	FrozenSheet(ctx context.Context, id string, decision int64) (purser.RenewalSheet, purser.ContractDecision, error)
	CreateFeed(ctx context.Context, name string, prices bool) (contract.Feed, error)
	Feeds(ctx context.Context) ([]contract.Feed, error)
	RevokeFeed(ctx context.Context, id string) error
	Calendar(ctx context.Context, secret, publicURL string) (string, error)
	Documents(ctx context.Context, id string) ([]purser.ContractDocument, error)
	AddDocument(ctx context.Context, id, name, media string, r io.Reader) (purser.ContractDocument, error)
	OpenDocument(ctx context.Context, id, document string) (purser.ContractDocument, []byte, error)
	RemoveDocument(ctx context.Context, id, document string) error
	Remove(ctx context.Context, id string) error
	StartImport(ctx context.Context, name string, r io.Reader) (contract.Import, error)
	PreviewImport(ctx context.Context, id string, m *columns.Mapping) (contract.Import, error)
	ApplyImport(ctx context.Context, id string, m *columns.Mapping) (contract.Import, error)
}

func (h *Handler) contractRoutes(add adder) {
	add("GET /contracts", purser.OpContractRead, h.contracts)
	add("GET /contracts/new", purser.OpContractWrite, h.newContract)
	add("POST /contracts/new", purser.OpContractWrite, h.createContract)
	add("GET /contracts/{id}", purser.OpContractRead, h.contract)
	add("GET /contracts/{id}/edit", purser.OpContractWrite, h.editContract)
	add("POST /contracts/{id}/edit", purser.OpContractWrite, h.updateContract)
	add("GET /contracts/{id}/renew", purser.OpContractWrite, h.nextContract)
	add("POST /contracts/{id}/renew", purser.OpContractWrite, h.renewContract)
	add("GET /contracts/{id}/amend", purser.OpContractWrite, h.newAmendment)
	add("POST /contracts/{id}/amend", purser.OpContractWrite, h.amendContract)
	add("POST /contracts/{id}/decide", purser.OpContractWrite, h.decideContract)
	add("POST /contracts/{id}/remove", purser.OpContractWrite, h.removeContract)
	add("GET /contracts/{id}/sheet", purser.OpContractRead, h.contractSheet)
	add("GET /contracts/{id}/sheet/{no}", purser.OpContractRead, h.frozenSheet)
	add("GET /contracts/cost", purser.OpMoneyRead, h.contractCost)
	add("GET /contracts/cost/export", purser.OpExport, h.exportList("contract-cost"), proof)
	add("GET /contracts/calendar", purser.OpContractRead, h.contractCalendar)
	add("POST /contracts/feeds", purser.OpContractRead, h.createFeed, proof)
	add("POST /contracts/feeds/{id}/revoke", purser.OpContractRead, h.revokeFeed)
	add("GET "+contract.FeedPath+"{secret}", "", h.calendarFeed)
	add("GET /contracts/{id}/documents/{document}", purser.OpMoneyRead, h.contractDocument)
	add("POST /contracts/{id}/documents/{document}/remove", purser.OpContractWrite, h.removeDocument)
	add("GET /contracts/export", purser.OpExport, h.exportList("contracts"), proof)
	add("GET /contracts/import/export", purser.OpExport, h.exportContracts, proof)
	add("GET /contracts/import", purser.OpContractWrite, h.contractImports)
	add("GET /contract-imports/{id}", purser.OpContractWrite, h.contractImport)
	add("POST /contract-imports/{id}", purser.OpContractWrite, h.settleImport)
}

func (h *Handler) contracts(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Contracts.List(r.Context(), table.ContractFilter(r.URL.Query()), l.page)
	if err != nil {
		return err
	}
	var standings, decisions []ui.FilterOption
	for _, s := range purser.ContractStandings() {
		standings = append(standings, ui.FilterOption{Value: string(s), Label: view.StandingWord(s)})
	}
	for _, d := range purser.Decisions() {
		decisions = append(decisions, ui.FilterOption{Value: string(d), Label: view.DecisionWord(d)})
	}
	menus := []ui.FilterMenu{l.menu("Standing", "standing", standings...), l.menu("Decision", "decision", decisions...)}
	d := view.ContractsData{Contracts: found.Items, Today: h.Contracts.Today(r.Context()), MayWrite: h.mayContract(r),
		Columns: []ui.Column{l.column("Contract", "name", false), l.column("Standing", "", false), l.column("Notice until", "due", false), l.column("Ends", "end", false),
			l.column("Decision", "", false), l.column("Owner", "", false), l.column("A year", "", true)},
		Filters: l.filters("Search name, vendor, order number", h.may(r, purser.OpExport), menus...),
		Rows:    ui.Rows{Count: counted(found.Total, found.More, "contract", "contracts"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More)}
	if err := dress(h, r, l, table.Contracts(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.ContractRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Contracts(h.page(r, "Contracts", ui.Contracts), d))
}

// mayContract reports whether the reader may change contracts: whoever does sees prices.
func (h *Handler) mayContract(r *http.Request) bool {
	return h.may(r, purser.OpContractWrite) && h.may(r, purser.OpMoneyRead)
}

func (h *Handler) contract(w http.ResponseWriter, r *http.Request) error {
	return h.showContract(w, r, http.StatusOK, view.ContractData{})
}

func (h *Handler) showContract(w http.ResponseWriter, r *http.Request, status int, d view.ContractData) (err error) {
	ctx, id := r.Context(), r.PathValue("id")
	if d.Contract, err = h.Contracts.Contract(ctx, id); err != nil {
		return err
	}
	if d.Periods, err = h.Contracts.Periods(ctx, id); err != nil {
		return err
	}
	if d.Decisions, err = h.Contracts.Decisions(ctx, id); err != nil {
		return err
	}
	if d.Documents, err = h.Contracts.Documents(ctx, id); err != nil {
		return err
	}
	if h.may(r, purser.OpAccountRead) {
		if d.Plans, err = h.Licenses.Of(ctx, d.Contract); err != nil {
			return err
		}
	}
	changes, err := h.Contracts.Changes(ctx, id)
	if err != nil {
		return err
	}
	d.Changes, d.Today, d.MayWrite = view.ContractEvents(changes), h.Contracts.Today(ctx), h.mayContract(r)
	return h.render(w, r, status, view.Contract(h.page(r, d.Contract.Name, ui.Contracts, contractsCrumb()), d))
}

func contractsCrumb() ui.Link { return ui.Link{Label: "Contracts", Href: "/contracts"} }

func contractCrumbs(c purser.Contract) []ui.Link {
	return []ui.Link{contractsCrumb(), {Label: c.Name, Href: "/contracts/" + c.ID}}
}
