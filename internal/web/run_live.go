package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"purser"
	"purser/internal/httpd"
	"purser/internal/web/view"
)

// liveRoute is the stream of a run's progress (server-sent events).
func (h *Handler) liveRoute() httpd.Route {
	return httpd.Route{Method: http.MethodGet, Pattern: "/runs/{id}/live", Operation: purser.OpRunRead, Stream: true, Handler: h.serve(h.live)}
}

// live sends the run's progress as it moves, at most twice a second, and an
// event "done" at its end. The page shows the state at load without it.
func (h *Handler) live(w http.ResponseWriter, r *http.Request) error {
	moving, err := h.Runs.Watch(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	id := 0
	for run := range moving {
		var page bytes.Buffer
		if err := view.RunProgress(run).Render(r.Context(), &page); err != nil {
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
