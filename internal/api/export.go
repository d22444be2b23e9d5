package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"purser"
)

// Exported is the format of an export.
type Exported struct {
	Format string `query:"format" enum:"csv,json" default:"csv" doc:"json is one object a line"`
}

// export adds the operation that writes a whole list as a file, row by row.
func export[I any, T any](a *API, name, does string, op purser.Operation, columns []string, row func(T) []string,
	format func(*I) string, each func(ctx context.Context, in *I, fn func(T) error) error) {
	add(a, call{method: "GET", path: "/export/" + name, tag: "Export", id: "export_" + name, does: does, op: purser.OpExport, long: true, proof: true},
		func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
			if err := a.Login.Allow(ctx, op); err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(h huma.Context) {
				kind := format(in)
				h.SetHeader("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/x-ndjson"}[kind])
				h.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.%s"`, name, a.now().UTC().Format(time.DateOnly), kind))
				var err error
				if kind == "json" {
					enc := json.NewEncoder(h.BodyWriter())
					err = each(ctx, in, func(v T) error { return enc.Encode(v) })
				} else {
					err = writeCSV(h.BodyWriter(), columns, row, func(fn func(T) error) error { return each(ctx, in, fn) })
				}
				if err != nil {
					// Half a file must not look like a whole one.
					panic(http.ErrAbortHandler)
				}
			}}, nil
		})
}

func writeCSV[T any](w io.Writer, columns []string, row func(T) []string, each func(func(T) error) error) error {
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return err
	}
	err := each(func(v T) error {
		cells := row(v)
		for i := range cells {
			cells[i] = Neutral(cells[i])
		}
		return out.Write(cells)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// Neutral is [purser.NeutralCell].
func Neutral(cell string) string { return purser.NeutralCell(cell) }

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func used(u purser.LastUse) string {
	switch {
	case u.Never:
		return "never"
	case u.At.IsZero():
		return "unknown"
	}
	return day(u.At)
}

// abortOn cuts the connection: half a file must not look like a whole one.
func abortOn(err error) {
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}
