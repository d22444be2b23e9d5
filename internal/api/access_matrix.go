package api

import (
	"context"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
)

// AccessQuery is the filter of the access matrix: that of people, and its columns.
type AccessQuery struct {
	PersonQuery
	Application []string `query:"application" maxItems:"12" doc:"app_<number>; those that most people have if none"`
}

func (q AccessQuery) filter() inventory.AccessFilter {
	return inventory.AccessFilter{People: q.PersonQuery.filter(), Applications: q.Application}
}

type exportAccess struct {
	Exported
	AccessQuery
}

func (a *API) accessMatrix() {
	add(a, call{method: "GET", path: "/access-matrix", tag: "People", id: "accessMatrix", op: purser.OpPersonRead,
		does: "Show who has an account where: a page of people by applications, at most twelve of them"},
		func(ctx context.Context, in *struct {
			Paging
			AccessQuery
		}) (*body[inventory.AccessMatrix], error) {
			return answer(a.Inventory.Access(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "GET", path: "/export/access-matrix", tag: "Export", id: "export_access_matrix", op: purser.OpExport, long: true, proof: true,
		does: "Write who has an account where as a file: everybody whom the filter selects, by at most twelve applications, which come after the columns"},
		func(ctx context.Context, in *exportAccess) (*huma.StreamResponse, error) {
			for _, op := range []purser.Operation{purser.OpPersonRead, purser.OpAccountRead} {
				if err := a.Login.Allow(ctx, op); err != nil {
					return nil, err
				}
			}
			l := table.Access()
			heads, err := a.columns(ctx, l.Name, l.Heads(), in.Columns)
			if err != nil {
				return nil, err
			}
			return a.file(l.Name, in.Format, func(w io.Writer, format string) error {
				f := in.filter()
				f.People.Order = in.order()
				return a.Tables.WriteAccess(ctx, f, heads, format, false, w)
			}), nil
		})
}
