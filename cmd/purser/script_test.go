package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"purser/build/compiler"
	"purser/internal/sandbox"
)

// house is a running purser with a made-up company's vendors, in a folder.
type house struct {
	t       *testing.T
	binary  string
	dir     string
	url     string
	vendors *sandbox.Sandbox
	server  *exec.Cmd
	log     bytes.Buffer // what the server said
	logged  chan struct{}
}

// build is the command, built once for all tests; PURSER_TEST_BINARY names one that
// was built before.
type build struct {
	once sync.Once
	path string
	err  error
}

var built build

// TestMain throws the built command away.
func TestMain(m *testing.M) {
	code := m.Run()
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path))
	}
	os.Exit(code)
}

func binary(t *testing.T) string {
	t.Helper()
	if ready := os.Getenv("PURSER_TEST_BINARY"); ready != "" {
		return ready
	}
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "purser")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "purser")
		built.err = compiler.Build(built.path)
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

func open(t *testing.T) *house {
	t.Helper()
	dir, err := os.MkdirTemp("", "p") // short: a socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	vendors, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 1, Unlimited: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vendors.Close() })
	return &house{t: t, binary: binary(t), dir: dir, vendors: vendors}
}

func (h *house) vendorMap() string {
	m := h.vendors.Map()
	var pairs []string
	for _, host := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, host+"="+m[host])
	}
	return strings.Join(pairs, ",")
}

func (h *house) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(h.t.Context(), h.binary, args...)
	cmd.Dir = h.dir
	cmd.Env = []string{"HOME=" + h.dir, "PURSER_DATA=" + filepath.Join(h.dir, "data"), "PATH=/usr/bin:/bin", "TZ=UTC", "GORACE=" + os.Getenv("GORACE")}
	return cmd
}

// serve starts the server and waits until it says where it listens.
func (h *house) serve(args ...string) {
	h.t.Helper()
	h.server = h.command(append([]string{"serve", "--listen", "127.0.0.1:0", "--vendor-map", h.vendorMap()}, args...)...)
	said, err := h.server.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.server.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		_ = h.server.Process.Kill()
		_ = h.server.Wait()
	})
	buf := make([]byte, 4096)
	for {
		n, err := said.Read(buf)
		h.log.Write(buf[:n])
		if _, rest, ok := strings.Cut(h.log.String(), " listens on "); ok && strings.Contains(rest, "\n") {
			h.url, _, _ = strings.Cut(rest, "\n")
			break
		}
		if err != nil {
			h.t.Fatalf("the server ended: %s", h.log.String())
		}
	}
	h.logged = make(chan struct{})
	go func() {
		defer close(h.logged)
		_, _ = io.Copy(&h.log, said)
	}()
}

// stop ends the server as a service manager would and returns its exit code.
func (h *house) stop() int {
	h.t.Helper()
	if err := h.server.Process.Signal(syscall.SIGTERM); err != nil {
		h.t.Fatal(err)
	}
	<-h.logged
	err := h.server.Wait()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.ExitCode()
	}
	return 0
}

// nowhere sees that a secret stands neither in the server's log nor in any file
// of its data folder, nor in its arguments and environment.
func (h *house) nowhere(name, secret string, process ...[]byte) {
	h.t.Helper()
	for _, text := range process {
		if bytes.Contains(text, []byte(secret)) {
			h.t.Errorf("%s stands in the list of processes", name)
		}
	}
	if strings.Contains(h.log.String(), secret) {
		h.t.Errorf("%s stands in the server's log", name)
	}
	err := filepath.WalkDir(filepath.Join(h.dir, "data"), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(secret)) {
			h.t.Errorf("%s stands in %s", name, d.Name())
		}
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}

// step is one command of a script with what must come of it.
type step struct {
	line, command string
	code          int
	out, err      []string
	not           []string
}

// script runs a text script: "> command", then what must be in its standard
// output ("< text"), in its standard error ("! text"), in neither ("~ text"),
// and its exit code ("= 3", 0 if nothing is said). "+ name text" writes a file.
func (h *house) script(name string) {
	h.t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		h.t.Fatal(err)
	}
	h.scriptText(name, string(text))
}

func (h *house) scriptText(name, text string) {
	h.t.Helper()
	var at *step
	for n, line := range strings.Split(text, "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		switch mark {
		case ">":
			h.run(at)
			at = &step{line: fmt.Sprintf("%s:%d", name, n+1), command: rest}
		case "<":
			at.out = append(at.out, rest)
		case "!":
			at.err = append(at.err, rest)
		case "~":
			at.not = append(at.not, rest)
		case "=":
			if _, err := fmt.Sscan(rest, &at.code); err != nil {
				h.t.Fatalf("%s:%d: %v", name, n+1, err)
			}
		case "+":
			file, content, _ := strings.Cut(rest, " ")
			if err := os.WriteFile(filepath.Join(h.dir, file), []byte(content+"\n"), 0o600); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	h.run(at)
}

func (h *house) run(s *step) {
	h.t.Helper()
	if s == nil {
		return
	}
	code, out, errs := h.purser(strings.Fields(s.command)...)
	if code != s.code {
		h.t.Errorf("%s: %s\nexit code %d, want %d\n%s%s", s.line, s.command, code, s.code, out, errs)
	}
	for _, want := range s.out {
		if !strings.Contains(out, want) {
			h.t.Errorf("%s: %s\nstandard output lacks %q:\n%s", s.line, s.command, want, out)
		}
	}
	for _, want := range s.err {
		if !strings.Contains(errs, want) {
			h.t.Errorf("%s: %s\nstandard error lacks %q:\n%s", s.line, s.command, want, errs)
		}
	}
	for _, not := range s.not {
		if strings.Contains(out+errs, not) {
			h.t.Errorf("%s: %s\n%q must not be said:\n%s%s", s.line, s.command, not, out, errs)
		}
	}
}

func (h *house) purser(args ...string) (code int, out, errs string) {
	h.t.Helper()
	return h.purserWith(nil, args...)
}

func (h *house) purserWith(env []string, args ...string) (code int, out, errs string) {
	h.t.Helper()
	cmd := h.command(args...)
	cmd.Env = append(cmd.Env, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.ExitCode(), stdout.String(), stderr.String()
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		h.t.Fatal(err)
	}
	return 0, stdout.String(), stderr.String()
}
