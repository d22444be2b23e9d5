package web

import (
	"context"
	"io"
	"net/url"
	"slices"

	"net/http"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
	"purser/internal/web/ui"
)

// Tables knows the columns of lists, writes lists as files and keeps views of them;
// package table does.
type Tables interface {
	Visible(ctx context.Context, heads []table.Head) []table.Head
	Write(ctx context.Context, list string, q url.Values, format string, named bool, w io.Writer) error
	WriteAccess(ctx context.Context, f inventory.AccessFilter, format string, named bool, w io.Writer) error
	Views(ctx context.Context, list string) ([]table.View, error)
	View(ctx context.Context, id string) (table.View, error)
	Save(ctx context.Context, in table.ViewInput) (table.View, error)
	Change(ctx context.Context, id string, in table.ViewInput) (table.View, error)
	Delete(ctx context.Context, id string) error
	Subscribe(ctx context.Context, id, every string) (table.View, error)
}

// dress gives a list the choice of its columns and its saved views. The first
// column is the rows' name: it is always there.
func dress[T any](h *Handler, r *http.Request, l listing, list table.List[T], items []T, f *ui.Filters, rows *ui.Rows) error {
	if err := table.Check(list.Name, l.query); err != nil {
		return err
	}
	all := list.Heads()
	visible := h.Tables.Visible(r.Context(), all)
	shown := table.Shown(visible, l.query["cols"])
	has := func(heads []table.Head, key string) bool {
		return slices.ContainsFunc(heads, func(c table.Head) bool { return c.Key == key })
	}
	menu := ui.FilterMenu{Label: "Columns", Name: "cols", Quiet: true}
	var extra []table.Head
	for i, c := range all {
		on := has(shown, c.Key)
		if i > 0 && has(visible, c.Key) {
			menu.Options = append(menu.Options, ui.FilterOption{Value: c.Key, Label: c.Title, Checked: on})
		}
		switch {
		case c.Usual && !on: // not chosen, or there is no such column for the reader's role
			rows.Choice.Hidden = append(rows.Choice.Hidden, c.Title)
		case !c.Usual && on:
			rows.Choice.Extra, extra = append(rows.Choice.Extra, c.Title), append(extra, c)
		}
	}
	l.groups(list.Conditions.Groups(), f, rows)
	cells := table.PageCells(list, extra)
	for _, item := range items {
		var row []ui.ExtraCell
		for _, c := range cells(item) {
			row = append(row, ui.ExtraCell{Text: c.Text, Href: c.Opens})
		}
		rows.Choice.Cells = append(rows.Choice.Cells, row)
	}
	f.Menus = append(slices.Clone(f.Menus), menu)
	h.remain(r, l, list.Conditions, f, rows)
	if l.path != list.Path || !h.may(r, purser.OpViewSave) {
		return nil
	}
	f.Save = "/views/new?list=" + list.Name
	if q := l.query.Encode(); q != "" {
		f.Save += "&" + q
	}
	views, err := h.Tables.Views(r.Context(), list.Name)
	for _, v := range views {
		f.Views = append(f.Views, ui.Link{Label: v.Name, Href: v.URL})
	}
	return err
}
