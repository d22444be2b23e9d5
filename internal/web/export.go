package web

import (
	"net/http"

	"purser/internal/table"
)

// download is a file on its way to the browser: its head goes out with the first
// bytes, so that what fails before them is still told on a page.
type download struct {
	w            http.ResponseWriter
	name, format string
	begun        bool
}

// Write sends a part of the file.
func (d *download) Write(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		d.w.Header().Set("Content-Type", table.Media(d.format))
		d.w.Header().Set("Cache-Control", "no-store")
		d.w.Header().Set("Content-Disposition", `attachment; filename="`+d.name+"."+d.format+`"`)
	}
	return d.w.Write(p)
}

// ended returns the error of a file of which nothing was sent yet; else the answer
// is cut, which a browser reports as a failed download instead of a short file.
func (d *download) ended(err error) error {
	if err != nil && d.begun {
		panic(http.ErrAbortHandler)
	}
	return err
}

// exportList writes a list as a file: exactly the rows, the columns and the order
// that its page shows.
func (h *Handler) exportList(list string) action {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := r.URL.Query()
		if id := r.PathValue("id"); id != "" {
			q.Set("instance", id)
		}
		d := &download{w: w, name: list, format: q.Get("as")}
		return d.ended(h.Tables.Write(r.Context(), list, q, d.format, false, d))
	}
}
