package hardness_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"purser"
	"purser/internal/sandbox"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// house is a data folder, the vendors that stand in, and the binary that serves it.
type house struct {
	t       *testing.T
	dir     string
	db      string // URL of PostgreSQL, "" for SQLite
	mapping string
	env     []string // of the server, besides
	vendors *sandbox.Sandbox
	server  *exec.Cmd
	said    *transcript
	ended   chan struct{} // closed when the server has ended
}

// transcript is what a process says.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write notes what is said.
func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// each opens a house on both databases; both at the same time.
func each(t *testing.T, o sandbox.Options, fn func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	storetest.EachOptions(t, func(t *testing.T, db store.Options) {
		h := open(t, o)
		h.db = db.URL
		fn(t, h)
	})
}

func open(t *testing.T, o sandbox.Options) *house {
	t.Helper()
	_, key := made(t)
	o.Seed, o.Key, o.Unlimited = 1, key, true
	vendors, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vendors.Close() })
	m := vendors.Map()
	var pairs []string
	for _, host := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, host+"="+m[host])
	}
	return &house{t: t, dir: folder(t), vendors: vendors, mapping: strings.Join(pairs, ",")}
}

// folder is short: a socket lies in it.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "h")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (h *house) data() string { return filepath.Join(h.dir, "data") }

func (h *house) command(args ...string) *exec.Cmd {
	binary, _ := made(h.t)
	cmd := exec.CommandContext(h.t.Context(), binary, args...)
	cmd.Dir = h.dir
	cmd.Env = []string{"HOME=" + h.dir, "PURSER_DATA=" + h.data(), "PATH=/usr/bin:/bin", "TZ=UTC", "GORACE=" + os.Getenv("GORACE"), "PURSER_LOG_LEVEL=debug"}
	cmd.Env = append(cmd.Env, h.env...)
	if h.db != "" {
		cmd.Env = append(cmd.Env, "PURSER_DATABASE_URL="+h.db)
	}
	return cmd
}

// purser runs a command to its end.
func (h *house) purser(args ...string) (code int, out, errs string) {
	h.t.Helper()
	cmd := h.command(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.ExitCode(), stdout.String(), stderr.String()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return 0, stdout.String(), stderr.String()
}

// serve starts the server and returns when it listens.
func (h *house) serve() {
	h.t.Helper()
	h.server, h.said, h.ended = h.command("serve", "--listen", "127.0.0.1:0", "--vendor-map", h.mapping), &transcript{}, make(chan struct{})
	h.server.Stderr, h.server.Stdout = h.said, h.said
	if err := h.server.Start(); err != nil {
		h.t.Fatal(err)
	}
	server, ended := h.server, h.ended
	go func() {
		_ = server.Wait()
		close(ended)
	}()
	h.t.Cleanup(func() {
		_ = server.Process.Kill()
		<-ended
	})
	h.until("the server listens", func() bool {
		select {
		case <-ended:
			h.t.Fatalf("the server ended: %s", h.said)
		default:
		}
		return strings.Contains(h.said.String(), " listens on ")
	})
}

// kill ends the server as a power cut would.
func (h *house) kill() {
	h.t.Helper()
	if err := h.server.Process.Signal(syscall.SIGKILL); err != nil {
		h.t.Fatal(err)
	}
	<-h.ended
}

// until asks again and again, at most three minutes.
func (h *house) until(what string, ok func() bool) {
	h.t.Helper()
	h.every(20*time.Millisecond, what, ok)
}

// ends is until for what stays so once it is reached: it asks seldom, for each
// question takes from the one who is to come to the end.
func (h *house) ends(what string, ok func() bool) {
	h.t.Helper()
	h.every(100*time.Millisecond, what, ok)
}

func (h *house) every(pause time.Duration, what string, ok func() bool) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 3*time.Minute)
	defer cancel()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			h.t.Fatalf("not in three minutes: %s\n%s", what, h.said)
		}
	}
}

// ask sends a request over the socket; the path begins with /.
func (h *house) ask(method, path string, in any) (int, string) {
	h.t.Helper()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			h.t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, "http://purser"+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", filepath.Join(h.data(), "purser.sock"))
	}}
	res, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res.StatusCode, string(raw)
}

// api sends a request that must succeed and reads the answer into out.
func (h *house) api(method, path string, in, out any) {
	h.t.Helper()
	code, body := h.ask(method, "/api/v1"+path, in)
	if code >= 300 {
		h.t.Fatalf("%s %s: %d %s", method, path, code, body)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal([]byte(body), out); err != nil {
		h.t.Fatalf("%s %s: %v: %s", method, path, err, body)
	}
}

// list reads every page of a list.
func list[T any](h *house, path string) (all []T) {
	h.t.Helper()
	for after := ""; ; {
		var page struct {
			Items []T    `json:"items"`
			Next  string `json:"next"`
		}
		h.api("GET", path+after, nil, &page)
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		after = join + "after=" + page.Next
	}
}

// okta connects the identity provider by API token; its first sync is queued.
func (h *house) okta(tasks ...purser.TaskName) {
	h.t.Helper()
	c := h.vendors.Credentials().Okta
	h.api("POST", "/instances", map[string]any{"connector": "okta", "name": "Acme", "auth": "api_token",
		"settings": map[string]string{"domain": c.Domain}, "tasks": tasks}, nil)
	h.api("PUT", "/instances/Acme/credential", map[string]any{"auth": "api_token", "fields": map[string]string{"token": c.APIToken}}, nil)
	h.api("POST", "/instances/Acme/test", nil, nil)
	h.api("POST", "/instances/Acme/confirm", nil, nil)
}

// runs waits until no run is under way, and returns them, the newest first.
func (h *house) runs() (all []purser.Run) {
	h.t.Helper()
	h.ends("the runs end", func() bool {
		all = list[purser.Run](h, "/runs?limit=1000")
		return !slices.ContainsFunc(all, func(r purser.Run) bool {
			return !r.State.Ended() && r.Trigger != purser.TriggerConfirm && r.Trigger != purser.TriggerRetry
		})
	})
	return all
}

// sync syncs one task and returns its run when it is over.
func (h *house) sync(task purser.TaskName) (r purser.Run) {
	h.t.Helper()
	var started struct{ Items []purser.Run }
	h.api("POST", "/instances/Acme/sync", map[string]any{"tasks": []purser.TaskName{task}}, &started)
	h.ends("the run ends", func() bool {
		h.api("GET", "/runs/"+started.Items[0].ID, nil, &r)
		return r.State.Ended()
	})
	return r
}

// asked is what the vendor was asked at a path, in order.
func (h *house) asked(path string) (all []sandbox.Request) {
	for _, r := range h.vendors.Journal("") {
		if r.Path == path {
			all = append(all, r)
		}
	}
	return all
}
