package bench_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"purser"
	"purser/bench"
	"purser/internal/sandbox"
)

// BenchmarkLoad hands over a CSV of 1,000,000 accounts (a tenth of it unless at
// full size), of which one in 50,000 cannot be read, and reports the time until it
// is loaded and the server's largest resident memory.
func BenchmarkLoad(b *testing.B) {
	rows := 10 * scale().Users
	v := startVendor(b, sandbox.Scale{Users: 10, Apps: 1, Assignments: 1, Groups: 1, Memberships: 1})
	bin := build(b)
	var file bytes.Buffer
	file.WriteString("id,email,status,last login\n")
	for i := range rows {
		at := "2026-11-01T10:00:00Z"
		if i%50_000 == 0 {
			at = "99/99/2026"
		}
		fmt.Fprintf(&file, "%d,user%d@example.com,active,%s\n", i, i, at)
	}
	for b.Loop() {
		srv := startServer(b, bin, v)
		var i purser.Instance
		srv.ask(b, http.MethodPost, "/instances", `{"connector":"file","name":"Files","settings":{"application":"Planner"}}`, &i)
		var l purser.Load
		began := time.Now()
		srv.ask(b, http.MethodPost, "/instances/"+i.ID+"/loads", `{"kind":"account","file":"accounts.csv"}`, &l)
		srv.ask(b, http.MethodPut, "/loads/"+l.ID+"/file", file.String(), &l)
		srv.ask(b, http.MethodPost, "/loads/"+l.ID+"/finish", `{}`, &l)
		for l.State == purser.LoadQueued {
			if time.Since(began) > 30*time.Minute {
				b.Fatalf("the load does not end: %+v", l)
			}
			time.Sleep(200 * time.Millisecond)
			srv.ask(b, http.MethodGet, "/loads/"+l.ID, "", &l)
		}
		if l.State != purser.LoadDone || l.Read != int64(rows) || l.Rejected == 0 {
			b.Fatalf("%+v", l)
		}
		peak, err := bench.PeakMemory(srv.cmd.Process.Pid)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "load-s")
		b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
	}
}
