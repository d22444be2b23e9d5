package bench_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"

	"purser/bench"
	"purser/internal/sandbox"
)

// BenchmarkColdStart is the time from the process's start to its first page on
// a data folder that exists, and the memory that it then holds.
func BenchmarkColdStart(b *testing.B) {
	bin, dir := build(b), b.TempDir()
	startOnce(b, bin, dir) // makes the data folder
	for b.Loop() {
		took, memory := startOnce(b, bin, dir)
		b.ReportMetric(took.Seconds(), "first-page-s")
		b.ReportMetric(float64(memory>>20), "idle-MiB")
	}
}

func startOnce(b *testing.B, bin, dir string) (time.Duration, int64) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	said, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() }()
	address := regexp.MustCompile(`listens on (http://\S+)`)
	url := ""
	for lines := bufio.NewScanner(said); url == "" && lines.Scan(); {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			url = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/sign-in", nil)
		if err != nil {
			b.Fatalf("the server did not say where it listens: %v", err)
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil && res.StatusCode == http.StatusOK {
			_ = res.Body.Close()
			break
		}
		if err == nil {
			_ = res.Body.Close()
		}
		if ctx.Err() != nil {
			b.Fatalf("no first page: %v", err)
		}
	}
	took := time.Since(began)
	memory, err := bench.Memory(cmd.Process.Pid)
	if err != nil {
		b.Fatal(err)
	}
	return took, memory
}

// BenchmarkMoreUsers compares the peak memory of a sync with that of one with
// ten times as many users.
func BenchmarkMoreUsers(b *testing.B) {
	users := scale().Users
	bin := build(b)
	peak := func(n int) int64 {
		v := startVendor(b, sandbox.Scale{Users: n, Apps: 1, Assignments: 1, Groups: 1, Memberships: 1})
		return startServer(b, bin, v).connect(b, v, "application_roster").peak
	}
	for b.Loop() {
		few, many := peak(users), peak(10*users)
		b.ReportMetric(float64(few>>20), "peak-MiB")
		b.ReportMetric(float64(many>>20), "peak-ten-times-MiB")
		b.ReportMetric(float64(many)/float64(few), "growth")
	}
}
