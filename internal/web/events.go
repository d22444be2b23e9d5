package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"
)

// stream sends what moves as server-sent events, each drawn as part of a page, and
// an event "done" at its end. The page shows the state at load without it.
func stream[T any](w http.ResponseWriter, r *http.Request, moving <-chan T, draw func(T) templ.Component) error {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	id := 0
	for state := range moving {
		var page bytes.Buffer
		if err := draw(state).Render(r.Context(), &page); err != nil {
			return nil
		}
		id++
		fmt.Fprintf(w, "id: %d\n", id)
		for line := range strings.SplitSeq(strings.TrimSpace(page.String()), "\n") {
			fmt.Fprintf(w, "data: %s\n", line)
		}
		if _, err := fmt.Fprint(w, "\n"); err != nil || out.Flush() != nil {
			return nil // the reader is gone
		}
	}
	fmt.Fprint(w, "event: done\ndata: done\n\n")
	_ = out.Flush()
	return nil
}
