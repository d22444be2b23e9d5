package api

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
)

// Tables knows the columns of lists and keeps views of them; package table does.
type Tables interface {
	Lists(ctx context.Context) []table.Info
	Visible(ctx context.Context, heads []table.Head) []table.Head
	Write(ctx context.Context, list string, q url.Values, format string, named bool, w io.Writer) error
	WriteAccess(ctx context.Context, f inventory.AccessFilter, heads []table.Head, format string, named bool, w io.Writer) error
	Views(ctx context.Context, list string) ([]table.View, error)
	View(ctx context.Context, id string) (table.View, error)
	Save(ctx context.Context, in table.ViewInput) (table.View, error)
	Change(ctx context.Context, id string, in table.ViewInput) (table.View, error)
	Delete(ctx context.Context, id string) error
	Subscribe(ctx context.Context, id, every string) (table.View, error)
}

// ListInfo has a name of its own in the API's description.
type ListInfo table.Info

// SavedView has a name of its own in the API's description.
type SavedView table.View

const viewTag = "Lists"

func (a *API) views() {
	add(a, call{method: "GET", path: "/lists", tag: viewTag, id: "listLists", does: "List the lists and their columns, as far as your role sees them", op: purser.OpViewSave},
		func(ctx context.Context, _ *none) (*body[items[ListInfo]], error) {
			var out []ListInfo
			for _, i := range a.Tables.Lists(ctx) {
				out = append(out, ListInfo(i))
			}
			return whole(out, nil)
		})
	add(a, call{method: "GET", path: "/views", tag: viewTag, id: "listViews", does: "List your saved views and those that others share", op: purser.OpViewSave},
		func(ctx context.Context, in *struct {
			List string `query:"list" doc:"of that list alone"`
		}) (*body[items[SavedView]], error) {
			all, err := a.Tables.Views(ctx, in.List)
			var out []SavedView
			for _, v := range all {
				out = append(out, SavedView(v))
			}
			return whole(out, err)
		})
	add(a, call{method: "POST", path: "/views", tag: viewTag, id: "saveView", does: "Save a list as it is shown", op: purser.OpViewSave, status: 201, creates: true},
		func(ctx context.Context, in *body[table.ViewInput]) (*body[SavedView], error) {
			return answerView(a.Tables.Save(ctx, in.Body))
		})
	add(a, call{method: "GET", path: "/views/{id}", tag: viewTag, id: "getView", does: "Show a saved view", op: purser.OpViewSave},
		func(ctx context.Context, in *ByID) (*body[SavedView], error) {
			return answerView(a.Tables.View(ctx, in.ID))
		})
	add(a, call{method: "PUT", path: "/views/{id}", tag: viewTag, id: "setView", does: "Rename a view, share it or not, keep another address", op: purser.OpViewSave},
		func(ctx context.Context, in *struct {
			ByID
			Body table.ViewInput
		}) (*body[SavedView], error) {
			return answerView(a.Tables.Change(ctx, in.ID, in.Body))
		})
	add(a, call{method: "DELETE", path: "/views/{id}", tag: viewTag, id: "removeView", does: "Delete a view; nobody gets it by mail any more", op: purser.OpViewSave, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Tables.Delete(ctx, in.ID)) })
	add(a, call{method: "PUT", path: "/views/{id}/report", tag: viewTag, id: "mailView", does: "Get a view by mail, or no more", op: purser.OpExport},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Every string `json:"every" enum:"weekly,monthly," doc:"empty: no more"`
			}
		}) (*body[SavedView], error) {
			return answerView(a.Tables.Subscribe(ctx, in.ID, in.Body.Every))
		})
	add(a, call{method: "GET", path: "/views/{id}/export", tag: "Export", id: "exportView", does: "Write what a saved view shows as a file", op: purser.OpExport, long: true, proof: true},
		func(ctx context.Context, in *struct {
			ByID
			Format string `query:"format" enum:"csv,xlsx,json" default:"csv" doc:"json is one object a line"`
		}) (*huma.StreamResponse, error) {
			v, err := a.Tables.View(ctx, in.ID)
			if err == nil {
				err = v.Opens()
			}
			if err != nil {
				return nil, err
			}
			q, err := url.ParseQuery(v.Query)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(h huma.Context) {
				format := in.Format
				if format == "json" {
					format = "lines"
				}
				h.SetHeader("Content-Type", table.Media(format))
				h.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.%s"`, v.List, a.now().UTC().Format(time.DateOnly), in.Format))
				send(h, func(w io.Writer) error { return a.Tables.Write(ctx, v.List, q, format, true, w) })
			}}, nil
		})
}

func answerView(v table.View, err error) (*body[SavedView], error) {
	return answer(SavedView(v), err)
}
