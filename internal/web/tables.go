package web

import (
	"context"
	"io"
	"net/url"
	"slices"

	"net/http"

	"purser"
	"purser/internal/table"
	"purser/internal/web/ui"
)

// Tables knows the columns of lists, writes lists as files and keeps views of them;
// package table does.
type Tables interface {
	Visible(ctx context.Context, heads []table.Head) []table.Head
	Write(ctx context.Context, list string, q url.Values, format string, named bool, w io.Writer) error
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
	shown, err := furnish(h, r, l, list, f, rows)
	if err != nil {
		return err
	}
	var extra []table.Head
	for _, c := range list.Heads() {
		switch on := slices.Contains(shown, c); {
		case c.Usual && !on: // not chosen, or there is no such column for the reader's role
			rows.Choice.Hidden = append(rows.Choice.Hidden, c.Title)
		case !c.Usual && on:
			rows.Choice.Extra, extra = append(rows.Choice.Extra, c.Title), append(extra, c)
		}
	}
	cells := table.PageCells(list, extra)
	for _, item := range items {
		var row []ui.ExtraCell
		for _, c := range cells(item) {
			row = append(row, ui.ExtraCell{Text: c.Text, Href: c.Opens})
		}
		rows.Choice.Cells = append(rows.Choice.Cells, row)
	}
	return nil
}

// furnish gives a list what stands around its rows: the choice of its columns, groups
// of its conditions, those that no field says, and its saved views. It returns the
// columns that are shown.
func furnish[T any](h *Handler, r *http.Request, l listing, list table.List[T], f *ui.Filters, rows *ui.Rows) ([]table.Head, error) {
	if err := table.Check(list.Name, l.query); err != nil {
		return nil, err
	}
	visible := h.Tables.Visible(r.Context(), list.Heads())
	shown := table.Shown(visible, l.query["cols"])
	menu := ui.FilterMenu{Label: "Columns", Name: "cols", Quiet: true}
	for _, c := range visible {
		if c.Key != list.Columns[0].Key {
			menu.Options = append(menu.Options, ui.FilterOption{Value: c.Key, Label: c.Title, Checked: slices.Contains(shown, c)})
		}
	}
	l.groups(list.Conditions.Groups(), f, rows)
	f.Menus = append(slices.Clone(f.Menus), menu)
	h.remain(r, l, list.Conditions, f, rows)
	if l.path != list.Path || !h.may(r, purser.OpViewSave) {
		return shown, nil
	}
	f.Save = "/views/new?list=" + list.Name
	if q := l.query.Encode(); q != "" {
		f.Save += "&" + q
	}
	views, err := h.Tables.Views(r.Context(), list.Name)
	for _, v := range views {
		if v.Withheld != "" {
			continue // the page of views says why
		}
		f.Views = append(f.Views, ui.Link{Label: v.Name, Href: v.URL})
	}
	return shown, err
}
