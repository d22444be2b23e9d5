package web

import (
	"net/http"

	"purser"
	"purser/internal/httpd"
	"purser/internal/web/view"
)

// liveRoute is the stream of a run's progress (server-sent events).
func (h *Handler) liveRoute() httpd.Route {
	return httpd.Route{Method: http.MethodGet, Pattern: "/runs/{id}/live", Operation: purser.OpRunRead, Stream: true, Handler: h.serve(h.live)}
}

// live sends the run's progress as it moves, at most twice a second.
func (h *Handler) live(w http.ResponseWriter, r *http.Request) error {
	moving, err := h.Runs.Watch(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return stream(w, r, moving, view.RunProgress)
}
