package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// rowsInner is RowsInner around content, for answers that are made outside a templ file.
func rowsInner(r Rows, content templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return RowsInner(r).Render(templ.WithChildren(ctx, content), w)
	})
}
