package httpd

import (
	"context"
	"encoding/json"
	"net/http"

	"purser"
)

// health returns the routes for those who watch the server.
func (s Site) health() []Route {
	routes := []Route{
		{Method: "GET", Pattern: "/healthz", Public: true, Handler: check(s.Healthy)},
		{Method: "GET", Pattern: "/readyz", Public: true, Handler: check(s.Ready)},
	}
	if s.Meters != nil {
		routes = append(routes, Route{Method: "GET", Pattern: "/metrics", Public: true, Handler: http.HandlerFunc(s.metrics)})
	}
	return routes
}

// metrics answers whoever is on this machine, and others with the operation
// setting.read: counts tell how big an organization is.
func (s Site) metrics(w http.ResponseWriter, r *http.Request) {
	if !isLoopback(Origin(r.Context())) {
		if err := s.Login.Allow(r.Context(), purser.OpSettingRead); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.Meters.ServeHTTP(w, r)
}

func check(ask func(ctx context.Context) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := struct {
			Status  string `json:"status"`
			Problem string `json:"problem,omitempty"`
			Hint    string `json:"hint,omitempty"`
		}{Status: "ok"}
		status := http.StatusOK
		if ask != nil {
			if err := ask(r.Context()); err != nil {
				told := Tell(r, err)
				status, answer.Status, answer.Problem, answer.Hint = http.StatusServiceUnavailable, "failing", told.Detail, told.Hint
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer)
	})
}
