package ui

import (
	"fmt"
	"net/http"
)

// galleryStream sends three messages and the end, once each for who asks.
func galleryStream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	for page := range 3 {
		fmt.Fprintf(w, "id: %d\ndata: <p>page %d</p>\n\n", page, page+1)
		if out.Flush() != nil {
			return
		}
	}
	if r.URL.Query().Has("end") {
		fmt.Fprint(w, "event: done\ndata: done\n\n")
		_ = out.Flush() // the reader is gone: nobody is left to tell
		return
	}
	<-r.Context().Done()
}
