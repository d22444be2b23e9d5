package metric_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"purser/internal/metric"
)

// exposed is what Prometheus reads, without the lines of help.
func exposed(t *testing.T, r *metric.Registry) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	r.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	if kind := w.Header().Get("Content-Type"); w.Code != 200 || !strings.HasPrefix(kind, "text/plain") {
		t.Fatalf("answered with %d %s", w.Code, kind)
	}
	out := map[string]string{}
	for line := range strings.Lines(w.Body.String()) {
		if i := strings.LastIndexByte(line, ' '); i > 0 && line[0] != '#' {
			out[line[:i]] = strings.TrimSpace(line[i:])
		}
	}
	return out
}

func TestRequestsAreCountedByRouteMethodAndStatus(t *testing.T) {
	r := metric.New("v1")
	r.Request("/accounts/{id}", "GET", 200, 10*time.Millisecond)
	r.Request("/accounts/{id}", "GET", 200, 3*time.Second)
	r.Request("/accounts/{id}", "GET", 404, time.Millisecond)
	got := exposed(t, r)
	for name, want := range map[string]string{
		`purser_http_requests_total{method="GET",route="/accounts/{id}",status="200"}`: "2",
		`purser_http_requests_total{method="GET",route="/accounts/{id}",status="404"}`: "1",
		`purser_http_request_seconds_count{route="/accounts/{id}"}`:                    "3",
		`purser_http_request_seconds_bucket{route="/accounts/{id}",le="0.02"}`:         "2",
		`purser_http_request_seconds_bucket{route="/accounts/{id}",le="2.5"}`:          "2",
		`purser_http_request_seconds_bucket{route="/accounts/{id}",le="10"}`:           "3",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func TestTheWritersTimeIsCountedInSeconds(t *testing.T) {
	r := metric.New("v1")
	r.Write(30 * time.Millisecond)
	r.Write(400 * time.Millisecond)
	got := exposed(t, r)
	for name, want := range map[string]string{
		"purser_store_write_seconds_count":             "2",
		`purser_store_write_seconds_bucket{le="0.05"}`: "1",
		`purser_store_write_seconds_bucket{le="0.5"}`:  "2",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func TestTheVersionIsALabelAndTwoServersDoNotShareCounters(t *testing.T) {
	one, two := metric.New("v1"), metric.New("v2")
	one.Request("/", "GET", 200, time.Second)
	if exposed(t, one)[`purser_info{version="v1"}`] != "1" || exposed(t, two)[`purser_info{version="v2"}`] != "1" {
		t.Error("the version is not told")
	}
	for name := range exposed(t, two) {
		if strings.HasPrefix(name, "purser_http_requests_total") {
			t.Errorf("a server that answered nobody counts %s", name)
		}
	}
}
