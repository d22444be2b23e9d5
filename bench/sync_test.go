package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"purser/bench"
	"purser/build/compiler"
	"purser/internal/sandbox"
)

// scale is the organization of the figures: a tenth, or all of it with PURSER_BENCH=full.
func scale() sandbox.Scale {
	part := 10
	if os.Getenv("PURSER_BENCH") == "full" {
		part = 1
	}
	s := sandbox.Benchmark(part)
	s.Cache = true // the vendor's own work must not steal the client's processor
	return s
}

// TestMain plays three parts: the vendor and the plain loop run in processes of
// their own, so that each one's CPU time and memory are its own.
func TestMain(m *testing.M) {
	switch os.Getenv("PURSER_BENCH_PART") {
	case "vendor":
		os.Exit(playVendor())
	case "plain":
		os.Exit(playPlain())
	}
	os.Exit(m.Run())
}

func playPlain() int {
	rows, err := bench.PlainLoop(context.Background(), &http.Client{}, os.Getenv("PURSER_BENCH_URL"), os.Getenv("PURSER_BENCH_TOKEN"),
		os.Getenv("PURSER_BENCH_FILE"), os.Getenv("PURSER_BENCH_USERS_ONLY") != "")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(rows)
	return 0
}

// part starts this test binary in another role.
func part(b *testing.B, name string, env ...string) *exec.Cmd {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), "PURSER_BENCH_PART="+name), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

// vendor is the played vendor's loopback URL and a token that it takes.
type vendor struct{ URL, Token string }

// startVendor starts a vendor of the given size.
func startVendor(b *testing.B, s sandbox.Scale) vendor {
	b.Helper()
	size, err := json.Marshal(s)
	if err != nil {
		b.Fatal(err)
	}
	cmd := part(b, "vendor", "PURSER_BENCH_SIZE="+string(size))
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	in, err := cmd.StdinPipe() // the vendor ends with us
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	var v vendor
	if err := json.NewDecoder(out).Decode(&v); err != nil {
		b.Fatalf("the vendor did not start: %v", err)
	}
	return v
}

func playVendor() int {
	var s sandbox.Scale
	if err := json.Unmarshal([]byte(os.Getenv("PURSER_BENCH_SIZE")), &s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	played, err := sandbox.Start(context.Background(), sandbox.Options{NoJournal: true, Unlimited: true, Scale: &s})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	err = json.NewEncoder(os.Stdout).Encode(vendor{URL: played.Map()["acme.okta.com"], Token: played.Credentials().Okta.APIToken})
	if err != nil {
		return 1
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = played.Close()
	return 0
}

type usage struct {
	cpu  time.Duration
	peak int64
}

func runPlain(b *testing.B, v vendor, usersOnly string) usage {
	b.Helper()
	cmd := part(b, "plain", "PURSER_BENCH_URL="+v.URL, "PURSER_BENCH_TOKEN="+v.Token, "PURSER_BENCH_FILE="+filepath.Join(b.TempDir(), "plain.db"),
		"PURSER_BENCH_USERS_ONLY="+usersOnly)
	if out, err := cmd.Output(); err != nil {
		b.Fatalf("the plain loop: %v %s", err, out)
	}
	return usage{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10}
}

// server is the real binary with a data folder of its own.
type server struct {
	bin, dir string
	url      string // its address, once somebody signed in
	log      string
	cmd      *exec.Cmd
	http     *http.Client // over its socket
}

func build(b *testing.B) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "purser")
	if err := compiler.Build(bin); err != nil {
		b.Fatal(err)
	}
	return bin
}

func startServer(b *testing.B, bin string, v vendor) *server {
	b.Helper()
	return startServerIn(b, bin, v, b.TempDir())
}

// startServerIn starts a server on a data folder.
func startServerIn(b *testing.B, bin string, v vendor, dir string, flags ...string) *server {
	b.Helper()
	s := &server{bin: bin, dir: dir}
	s.cmd = exec.Command(bin, append([]string{"serve", "--data", s.dir, "--listen", "127.0.0.1:0", "--vendor-map", "acme.okta.com=" + v.URL}, flags...)...)
	log, err := os.Create(filepath.Join(b.TempDir(), "serve.log"))
	if err != nil {
		b.Fatal(err)
	}
	s.cmd.Stdout, s.cmd.Stderr, s.log = log, log, log.Name()
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		_ = s.cmd.Wait()
		if b.Failed() {
			text, _ := os.ReadFile(log.Name())
			b.Logf("%s", text)
		}
	})
	for range 200 {
		if exec.Command(bin, "instance", "list", "--data", s.dir).Run() == nil {
			return s
		}
		time.Sleep(50 * time.Millisecond) // a benchmark may wait for a process
	}
	b.Fatal("the server did not come up")
	return nil
}

func (s *server) run(b *testing.B, args ...string) {
	b.Helper()
	if out, err := exec.Command(s.bin, append(args, "--data", s.dir)...).CombinedOutput(); err != nil {
		b.Fatalf("purser %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// spent runs a command and returns what the server's process used for it.
func (s *server) spent(b *testing.B, args ...string) usage {
	b.Helper()
	before, err := bench.CPU(s.cmd.Process.Pid)
	if err != nil {
		b.Fatal(err)
	}
	s.run(b, args...)
	after, err := bench.CPU(s.cmd.Process.Pid)
	if err != nil {
		b.Fatal(err)
	}
	peak, err := bench.PeakMemory(s.cmd.Process.Pid)
	if err != nil {
		b.Fatal(err)
	}
	return usage{after - before, peak}
}

// connect connects the tenant and waits for its first sync.
func (s *server) connect(b *testing.B, v vendor, tasks string) usage {
	b.Helper()
	token := filepath.Join(b.TempDir(), "token")
	if err := os.WriteFile(token, []byte(v.Token), 0o600); err != nil {
		b.Fatal(err)
	}
	return s.spent(b, "instance", "create", "okta", "--name", "Acme", "--auth", "api_token", "--set", "domain=acme.okta.com",
		"--secret", "token=@"+token, "--tasks", tasks, "--wait")
}

// BenchmarkSync compares a full sync with the plain loop, and a second sync in
// which nothing changed with the first.
func BenchmarkSync(b *testing.B) {
	v := startVendor(b, scale())
	bin := build(b)
	runPlain(b, v, "") // the vendor makes each page once
	for b.Loop() {
		plain := runPlain(b, v, "")
		srv := startServer(b, bin, v)
		first := srv.connect(b, v, "application_roster,application_discovery")
		second := srv.spent(b, "instance", "sync", "Acme", "--wait")
		b.ReportMetric(plain.cpu.Seconds(), "plain-cpu-s")
		b.ReportMetric(first.cpu.Seconds(), "first-cpu-s")
		b.ReportMetric(first.cpu.Seconds()/plain.cpu.Seconds(), "first/plain")
		b.ReportMetric(second.cpu.Seconds()/first.cpu.Seconds(), "second/first")
		b.ReportMetric(float64(first.peak>>20), "peak-MiB")
		b.ReportMetric(float64(plain.peak>>20), "plain-peak-MiB")
		srv.held(b)
	}
}

// held reports how long the writer was held since the server's start.
func (s *server) held(b *testing.B) {
	b.Helper()
	said, err := os.ReadFile(s.log)
	if err != nil {
		b.Fatal(err)
	}
	m := regexp.MustCompile(`listens on (http://\S+)`).FindSubmatch(said)
	if m == nil {
		b.Fatalf("the server did not say where it listens:\n%s", said)
	}
	h, err := bench.ReadHeld(b.Context(), strings.TrimRight(string(m[1]), "/."))
	if err != nil {
		b.Fatal(err)
	}
	for name, held := range map[string]time.Duration{"writer-p50-ms": h.Quantile(.5), "writer-p99-ms": h.Quantile(.99), "writer-p99.9-ms": h.Quantile(.999), "writer-max-ms": h.Longest} {
		b.ReportMetric(float64(held.Microseconds())/1000, name)
	}
	b.ReportMetric(h.Writes, "writes")
}

// BenchmarkWriter is how long the writer is held in a full sync of everything:
// accounts, assignments and people, who are then matched to the accounts.
func BenchmarkWriter(b *testing.B) {
	v := startVendor(b, scale())
	bin := build(b)
	for b.Loop() {
		srv := startServer(b, bin, v)
		b.ReportMetric(srv.connect(b, v, "hr_roster,application_roster,application_discovery").cpu.Seconds(), "cpu-s")
		b.ReportMetric(srv.spent(b, "instance", "sync", "Acme", "--wait").cpu.Seconds(), "second-cpu-s")
		srv.held(b)
	}
}
