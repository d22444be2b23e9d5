package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/table"
)

// Exported is how an export is written.
type Exported struct {
	Format  string   `query:"format" enum:"csv,xlsx,json" default:"csv" doc:"json is one object a line"`
	Columns []string `query:"columns" doc:"keys of columns, as GET /lists names them; none: all of them"`
	Sort    string   `query:"sort" doc:"field to sort by, as in the list"`
	Desc    bool     `query:"desc" doc:"sort downwards"`
}

func (e Exported) order() purser.Page { return purser.Page{Sort: e.Sort, Desc: e.Desc} }

// export adds the operation that writes a whole list as a file, row by row.
func export[I any, T any](a *API, l table.List[T], does string, how func(*I) Exported, each func(ctx context.Context, in *I, fn func(T) error) error) {
	add(a, call{method: "GET", path: "/export/" + l.Name, tag: "Export", id: "export_" + l.Name, does: does, op: purser.OpExport, long: true, proof: true},
		func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
			if err := a.Login.Allow(ctx, l.Op); err != nil {
				return nil, err
			}
			e := how(in)
			heads, err := a.columns(ctx, l.Name, l.Heads(), e.Columns)
			if err != nil {
				return nil, err
			}
			return a.file(l.Name, e.Format, func(w io.Writer, format string) error {
				return writeRows(w, l, heads, format, len(e.Columns) == 0, func(fn func(T) error) error { return each(ctx, in, fn) })
			}), nil
		})
}

// columns are those of a list that an export asks for: all that the reader may see if none
// is named.
func (a *API) columns(ctx context.Context, list string, heads []table.Head, named []string) ([]table.Head, error) {
	heads = a.Tables.Visible(ctx, heads)
	for _, key := range named {
		if !slices.ContainsFunc(heads, func(h table.Head) bool { return h.Key == key }) {
			return nil, purser.Invalid("columns", "%s have no column %q that your role may see", list, key)
		}
	}
	if len(named) == 0 {
		return heads, nil
	}
	return table.Chosen(heads, named), nil
}

// file is an answer that is written while it is sent.
func (a *API) file(name, format string, write func(w io.Writer, format string) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(h huma.Context) {
		kind := format
		if kind == "json" {
			kind = "lines"
		}
		h.SetHeader("Content-Type", table.Media(kind))
		h.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.%s"`, name, a.now().UTC().Format(time.DateOnly), format))
		send(h, func(w io.Writer) error { return write(w, kind) })
	}}
}

// held is how much of a file is written before it is sent: what fails until then is
// answered in words.
const held = 32 << 10

// send writes a file. What fails before anything of it was sent is answered as a problem;
// later the connection is cut, as half a file must not look like a whole one.
func send(h huma.Context, write func(w io.Writer) error) {
	begun := &noting{to: h.BodyWriter()}
	w := bufio.NewWriterSize(begun, held)
	err := write(w)
	if err == nil {
		err = w.Flush()
	}
	switch {
	case err == nil:
	case begun.yes:
		panic(http.ErrAbortHandler)
	default:
		p := told(h.Context(), err).(*problem)
		h.SetHeader("Content-Disposition", "inline")
		h.SetHeader("Content-Type", p.ContentType(""))
		h.SetStatus(p.Status)
		abortOn(json.NewEncoder(h.BodyWriter()).Encode(p))
	}
}

// noting notes that something was written.
type noting struct {
	to  io.Writer
	yes bool
}

func (n *noting) Write(p []byte) (int, error) {
	n.yes = true
	return n.to.Write(p)
}

// writeRows writes rows; whole ones as JSON, where no columns were chosen.
func writeRows[T any](w io.Writer, l table.List[T], heads []table.Head, format string, whole bool, each func(fn func(T) error) error) error {
	if format == "lines" && whole {
		enc := json.NewEncoder(w)
		return each(func(v T) error { return enc.Encode(v) })
	}
	out, err := table.NewWriter(w, format, l.Title, heads, true)
	if err != nil {
		return err
	}
	cells := table.Cells(l, heads)
	if err := each(func(v T) error { return out.Row(cells(v)) }); err != nil {
		out.Drop()
		return err
	}
	return out.Close()
}

// abortOn cuts the connection: half a file must not look like a whole one.
func abortOn(err error) {
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}

// Neutral is [purser.NeutralCell].
func Neutral(cell string) string { return purser.NeutralCell(cell) }
