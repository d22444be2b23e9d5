package app_test

import (
	"net/http"
	"strings"
	"testing"

	"purser/internal/app"
)

func TestTheMetricsReadTheDatabaseAndAreForThoseWhoMay(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		if _, err := a.Freeze.Freeze(host(t.Context()), "a test"); err != nil {
			t.Fatal(err)
		}
		code, _, body := ask(t, a, h, request{path: "/metrics"})
		if code != 200 || !strings.Contains(body, "\npurser_state_readable 1\n") || !strings.Contains(body, "\npurser_frozen 1\n") ||
			!strings.Contains(body, "\npurser_runs_open{state=\"waiting\"} 0\n") {
			t.Errorf("%d %.300s", code, body)
		}
	})
}

func TestReadyMeansThatPagesAreAnsweredAndRunsAreWorkedOn(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		// The handler alone: nobody works on runs.
		if code, _, body := ask(t, a, h, request{path: "/readyz"}); code != 503 || !strings.Contains(body, "runs are not worked on") {
			t.Errorf("%d %s", code, body)
		}
		if code, _, body := ask(t, a, h, request{path: "/healthz"}); code != 200 {
			t.Errorf("%d %s", code, body)
		}
	})
}
