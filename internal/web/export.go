package web

import (
	"encoding/csv"
	"encoding/json"
	"net/http"

	"purser"
)

// export streams rows as a file. Rows are written as they come, so that memory
// stays flat; a failure in the middle cuts the answer, which a browser reports
// as a failed download instead of a short file.
func export[T any](w http.ResponseWriter, r *http.Request, name string, columns []string, each func(fn func(T) error) error, row func(T) []string) error {
	started := false
	begin := func(kind, ending string) {
		started = true
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+ending+`"`)
	}
	var err error
	switch as := r.URL.Query().Get("as"); as {
	case "csv":
		out := csv.NewWriter(w)
		err = each(func(item T) error {
			if !started {
				begin("text/csv; charset=utf-8", ".csv")
				if err := out.Write(columns); err != nil {
					return err
				}
			}
			return out.Write(neutral(row(item)))
		})
		if err == nil && !started {
			begin("text/csv; charset=utf-8", ".csv")
			err = out.Write(columns)
		}
		out.Flush()
		if err == nil {
			err = out.Error()
		}
	case "json":
		out := json.NewEncoder(w)
		err = each(func(item T) error {
			sep := ",\n"
			if !started {
				begin("application/json", ".json")
				sep = "[\n"
			}
			if _, err := w.Write([]byte(sep)); err != nil {
				return err
			}
			return out.Encode(item)
		})
		if err == nil {
			end := "]\n"
			if !started {
				begin("application/json", ".json")
				end = "[]\n"
			}
			_, err = w.Write([]byte(end))
		}
	default:
		return purser.Invalid("as", "%q is not a kind of file; csv and json are", as)
	}
	if err != nil && started {
		panic(http.ErrAbortHandler)
	}
	return err
}

// neutral makes text that a spreadsheet would run as a formula plain text
// (OWASP, CSV injection, read 2026-11).
func neutral(row []string) []string {
	for i, s := range row {
		row[i] = purser.NeutralCell(s)
	}
	return row
}
