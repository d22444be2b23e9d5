package api

import (
	"context"
	"net/http"

	"purser"
	"purser/internal/httpd"
)

func (a *API) about() {
	add(a, call{method: "GET", path: "/about", tag: "Server", id: "about", does: "Say what this server is", op: purser.OpSettingRead},
		func(ctx context.Context, _ *none) (*body[About], error) { return answer(a.Info.About(ctx)) })
	a.routes = append(a.routes, httpd.Route{Method: "GET", Pattern: prefix + "/openapi.json", Public: true,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw, err := a.OpenAPI()
			if err != nil {
				http.Error(w, "the description cannot be written", http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
			_, _ = w.Write(raw)
		})})
}
