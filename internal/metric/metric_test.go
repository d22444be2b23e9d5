package metric_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/metric"
)

func scrape(t *testing.T, r *metric.Registry) string {
	t.Helper()
	w := httptest.NewRecorder()
	r.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func says(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("%q is missing", line)
		}
	}
}

func TestWhatIsCountedIsTold(t *testing.T) {
	r := metric.New("1.2.3")
	r.Run(purser.TaskApplicationRoster, purser.RunSucceeded)
	r.Run(purser.TaskApplicationRoster, purser.RunFailed)
	r.Run(purser.TaskApplicationRoster, purser.RunFailed)
	r.Renewal(nil)
	r.Renewal(&purser.Error{Class: purser.ClassAuthRevoked, What: "canary@example.com"})
	r.Write(30 * time.Millisecond)
	r.Request("/accounts", "GET", 200, time.Second)
	text := scrape(t, r)
	says(t, text, `purser_runs_ended_total{state="failed",task="application_roster"} 2`, `purser_runs_ended_total{state="succeeded",task="application_roster"} 1`,
		`purser_token_renewals_total{result="ok"} 1`, `purser_token_renewals_total{result="auth_revoked"} 1`, `purser_store_write_seconds_count 1`,
		`purser_http_requests_total{method="GET",route="/accounts",status="200"} 1`, `purser_info{version="1.2.3"} 1`)
	if strings.Contains(text, "canary") {
		t.Error("the words of an error are told")
	}
}

func TestTheStateIsReadAtEachScrapeAndNothingIsMadeUp(t *testing.T) {
	r := metric.New("1")
	var failed error
	state := metric.State{Frozen: true, Runs: map[string]int64{"waiting": 3, "odd": 9}, Notices: map[string]int64{"failed": 2}, Health: map[string]int64{"ok": 4},
		Tasks: []metric.Task{{Instance: "ins_1", Task: "hr_roster", Age: time.Hour, Failures: 2}, {Instance: "ins_2", Task: "hr_roster", Never: true}}}
	r.Watch(func(context.Context) (metric.State, error) { return state, failed })
	text := scrape(t, r)
	says(t, text, `purser_state_readable 1`, `purser_sync_age_seconds{instance="ins_1",task="hr_roster"} 3600`, `purser_sync_failures{instance="ins_1",task="hr_roster"} 2`,
		`purser_sync_never{instance="ins_2",task="hr_roster"} 1`, `purser_runs_open{state="waiting"} 3`, `purser_runs_open{state="queued"} 0`,
		`purser_outbox_length{state="failed"} 2`, `purser_instances{health="ok"} 4`, `purser_frozen 1`, `purser_restored 0`)
	for _, never := range []string{`purser_sync_age_seconds{instance="ins_2"`, "odd"} {
		if strings.Contains(text, never) {
			t.Errorf("%q is told", never)
		}
	}
	failed = errors.New("the database is away")
	text = scrape(t, r)
	says(t, text, `purser_state_readable 0`)
	if strings.Contains(text, "\npurser_frozen") || strings.Contains(text, "\npurser_sync_age") {
		t.Error("numbers are told although nothing could be read")
	}
}
