package ui

import (
	"context"
	"slices"
)

// Choice is which columns of a list its reader wants to see. The first column of a
// table is its rows' name, and always there.
type Choice struct {
	Hidden []string      // labels of columns that are left out
	Extra  []string      // labels of columns beside those of the page
	Cells  [][]ExtraCell // of the extra columns: one slice for each row, in the order of the rows
}

// ExtraCell is a cell of an extra column; a number that opens its rows has an address.
type ExtraCell struct{ Text, Href string }

type choiceKey struct{}

// choiceState is a Choice while its table is written, and which row is next.
type choiceState struct {
	Choice
	row int
}

func withChoice(ctx context.Context, c Choice) context.Context {
	if len(c.Hidden)+len(c.Extra) == 0 {
		return ctx
	}
	return context.WithValue(ctx, choiceKey{}, &choiceState{Choice: c})
}

// chosen reports whether the column with that label is shown.
func chosen(ctx context.Context, label string) bool {
	s, ok := ctx.Value(choiceKey{}).(*choiceState)
	return !ok || !slices.Contains(s.Hidden, label)
}

// extraHeads are the labels of the extra columns.
func extraHeads(ctx context.Context) []string {
	if s, ok := ctx.Value(choiceKey{}).(*choiceState); ok {
		return s.Extra
	}
	return nil
}

// extraCells are those of the row that is written now, in the order of extraHeads.
func extraCells(ctx context.Context) []ExtraCell {
	s, ok := ctx.Value(choiceKey{}).(*choiceState)
	if !ok || s.row >= len(s.Cells) {
		return nil
	}
	s.row++
	return s.Cells[s.row-1]
}
