package assets

import (
	"net/http"
	"strconv"
	"strings"
)

// Handler serves the set under Prefix. A name holds the hash of its content, so
// browsers may keep it for a year; anything else answers 404.
func (a *Assets) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "Only GET and HEAD are answered here.", http.StatusMethodNotAllowed)
			return
		}
		f, ok := a.files[strings.TrimPrefix(r.URL.Path, Prefix)]
		if !ok {
			h.Set("Cache-Control", "no-store")
			http.Error(w, "There is no such file. Reload the page: Purser may have been updated.", http.StatusNotFound)
			return
		}
		data := f.data
		accept := r.Header.Get("Accept-Encoding")
		switch {
		case len(f.br) > 0 && accepts(accept, "br"):
			data = f.br
			h.Set("Content-Encoding", "br")
		case len(f.gz) > 0 && accepts(accept, "gzip"):
			data = f.gz
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("Content-Type", f.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		h.Set("Content-Length", strconv.Itoa(len(data)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(data) // the browser went away: nobody is left to tell
		}
	})
}

// accepts reports whether an Accept-Encoding header allows coding; a quality of 0 forbids it.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !ok {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0
	}
	return false
}
