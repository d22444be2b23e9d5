package api

import (
	"context"
	"io"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/columns"
	"purser/internal/contract"
	"purser/internal/table"
)

// contractUpload is a file with contracts.
type contractUpload struct {
	Name    string `query:"name" doc:"of the file: its ending says how it is written"`
	content io.Reader
}

// Resolve takes the body as it comes.
func (f *contractUpload) Resolve(h huma.Context) []error {
	f.content = h.BodyReader()
	return nil
}

var _ huma.Resolver = (*contractUpload)(nil)

// contractMapping is what the columns of a file are.
type contractMapping struct {
	ByID
	Body struct {
		Mapping *columns.Mapping `json:"mapping,omitempty" doc:"without it, one is proposed by the names of the columns"`
	}
}

// contractFiles are sheets, calendars, imports and exports of contracts.
func (a *API) contractFiles() {
	add(a, call{method: "GET", path: "/contracts/{id}/sheet", tag: contractTag, id: "getContractSheet", does: "Make the renewal sheet: use, cost, and the quantity they ask for", op: purser.OpContractRead},
		func(ctx context.Context, in *ByID) (*body[purser.RenewalSheet], error) {
			return answer(a.Contracts.Sheet(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/contracts/{id}/decisions/{decision}/sheet", tag: contractTag, id: "getFrozenContractSheet", does: "Show the renewal sheet that was frozen with a decision", op: purser.OpContractRead},
		func(ctx context.Context, in *struct {
			ByID
			Decision string `path:"decision" doc:"its number"`
		}) (*body[purser.RenewalSheet], error) {
			no, err := strconv.ParseInt(in.Decision, 10, 64)
			if err != nil {
				return nil, purser.NotFound("decision", in.Decision)
			}
			sheet, _, err := a.Contracts.FrozenSheet(ctx, in.ID, no)
			return answer(sheet, err)
		})
	add(a, call{method: "GET", path: "/contract-calendars", tag: contractTag, id: "listContractCalendars", does: "List the calendars that programs subscribe to", op: purser.OpContractRead},
		func(ctx context.Context, _ *none) (*body[items[contract.Feed]], error) {
			return whole(a.Contracts.Feeds(ctx))
		})
	add(a, call{method: "POST", path: "/contract-calendars", tag: contractTag, id: "createContractCalendar", op: purser.OpContractRead, status: 201, proof: true,
		does: "Make a calendar of notice deadlines that programs subscribe to; the answer holds its secret path, once. It is that of a token's maker, and outlives the token"},
		func(ctx context.Context, in *struct {
			Body struct {
				Name   string `json:"name" minLength:"1" maxLength:"100" doc:"says who subscribes"`
				Prices bool   `json:"prices,omitempty" doc:"tell prices, as long as its maker may see them"`
			}
		}) (*body[contract.Feed], error) {
			return answer(a.Contracts.CreateFeed(ctx, in.Body.Name, in.Body.Prices))
		})
	add(a, call{method: "DELETE", path: "/contract-calendars/{id}", tag: contractTag, id: "revokeContractCalendar", does: "End a calendar", op: purser.OpContractRead, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Contracts.RevokeFeed(ctx, in.ID)) })
	add(a, call{method: "POST", path: "/contract-imports", tag: contractTag, id: "startContractImport", does: "Send a file of contracts: CSV, JSON Lines or an Excel workbook. Nothing is written yet",
		op: purser.OpContractWrite, status: 201, file: true, long: true, most: 6 << 20},
		func(ctx context.Context, in *contractUpload) (*body[contract.Import], error) {
			return answer(a.Contracts.StartImport(ctx, in.Name, in.content))
		})
	add(a, call{method: "POST", path: "/contract-imports/{id}/preview", tag: contractTag, id: "previewContractImport", does: "Show what a file would change", op: purser.OpContractWrite},
		func(ctx context.Context, in *contractMapping) (*body[contract.Import], error) {
			return answer(a.Contracts.PreviewImport(ctx, in.ID, in.Body.Mapping))
		})
	add(a, call{method: "POST", path: "/contract-imports/{id}/apply", tag: contractTag, id: "applyContractImport", does: "Write what a file says; rows with faults and conflicts are left out and told",
		op: purser.OpContractWrite, long: true},
		func(ctx context.Context, in *contractMapping) (*body[contract.Import], error) {
			return answer(a.Contracts.ApplyImport(ctx, in.ID, in.Body.Mapping))
		})
	lines := table.List[contractLine]{Name: "contracts", Title: "Contracts", Op: purser.OpContractRead}
	for i, key := range contract.Columns() {
		lines.Columns = append(lines.Columns, table.Column[contractLine]{Key: key, Title: key, Text: func(l contractLine) string { return l.cells[i] }})
	}
	export(a, lines, "Write contracts as a table: one row a plan, to be changed and imported again", func(in *exportContracts) Exported { return in.Exported },
		func(ctx context.Context, in *exportContracts, fn func(contractLine) error) error {
			f := in.filter()
			f.Order = in.order()
			return a.Contracts.Each(ctx, f, func(c purser.Contract) error {
				if in.Format == "json" && len(in.Columns) == 0 {
					return fn(contractLine{Contract: c})
				}
				for _, row := range a.Contracts.Rows(ctx, c) {
					if err := fn(contractLine{cells: row}); err != nil {
						return err
					}
				}
				return nil
			})
		})
}

// contractLine is a contract, or one row of it.
type contractLine struct {
	purser.Contract
	cells []string
}

type exportContracts struct {
	Exported
	ContractQuery
}
