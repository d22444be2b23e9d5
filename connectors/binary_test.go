package connectors_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// liveOrg serves the recorded exchanges of a live organization by their
// addresses: lists as they came, and things that were made as lists of their own.
func liveOrg(t *testing.T) *httptest.Server {
	t.Helper()
	next := map[string][]recorded{}
	for file, path := range map[string]string{"user_pagination.json": "/api/v1/users",
		"group_users_operations.json":    "/api/v1/groups/00gsf7bj3rH2d9PvL4x6/users",
		"get_list_assign_users_app.json": "/api/v1/apps/0oasf86d7hw9MMcnd4x6/users"} {
		next[path] = listed(t, file, path)
	}
	made := map[string]json.RawMessage{"/api/v1/org": json.RawMessage(`{"id":"00o1","companyName":"Recorded","subdomain":"test"}`)}
	for file, path := range map[string]string{"group_users_operations.json": "/api/v1/groups", "get_list_assign_users_app.json": "/api/v1/apps"} {
		for _, r := range readRecording(t, file) {
			if u, err := url.Parse(r.Request.URL); err == nil && r.Request.Method == http.MethodPost && u.Path == path {
				made[path] = json.RawMessage("[" + string(r.Response.Body) + "]")
			}
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "SSWS recorded-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if body, ok := made[r.URL.Path]; ok {
			_, _ = w.Write(body)
			return
		}
		for i, l := range next[r.URL.Path] {
			u, err := url.Parse(l.Request.URL)
			if err != nil || u.Query().Get("after") != r.URL.Query().Get("after") {
				continue
			}
			for name, values := range canonical(l.Response.Headers) {
				w.Header()[name] = values
			}
			_, _ = w.Write(next[r.URL.Path][i].Response.Body)
			return
		}
		_, _ = w.Write([]byte("[]")) // where the recording stops
	}))
	t.Cleanup(server.Close)
	return server
}

// command runs the command line of the built binary.
func command(t *testing.T, binary, data string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append(args, "--data", data)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("purser %s: %v\n%s%s", strings.Join(args, " "), err, out, said.Bytes())
	}
	return out
}

// serving starts the built binary and returns once it listens.
func serving(t *testing.T, binary, data string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--key-file", data + ".key"}, args...)...)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	lines, all := bufio.NewScanner(said), ""
	for lines.Scan() {
		if all += lines.Text() + "\n"; strings.Contains(lines.Text(), " listens on ") {
			go func() { _, _ = io.Copy(io.Discard, said) }()
			return
		}
	}
	t.Fatalf("the server did not start:\n%s", all)
}

func TestRecordedExchangesLandThroughTheBinary(t *testing.T) {
	org := liveOrg(t)
	dir := shortFolder(t)
	binary, data := builtBinary(t), filepath.Join(dir, "data")
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("recorded-token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	serving(t, binary, data, "--vendor-map", "test.okta.com="+org.URL)
	command(t, binary, data, "instance", "create", "okta", "--name", "Recorded", "--auth", "api_token", "--set", "domain=test.okta.com",
		"--secret", "token=@"+filepath.Join(dir, "token"), "--tasks", "application_roster,application_discovery", "--wait")

	var accounts []map[string]any
	if err := json.Unmarshal(command(t, binary, data, "account", "list", "--json"), &accounts); err != nil {
		t.Fatal(err)
	}
	want := items(t, listed(t, "user_pagination.json", "/api/v1/users"))
	if len(accounts) != len(want) {
		t.Fatalf("%d accounts came of %d recorded users", len(accounts), len(want))
	}
	for _, u := range want {
		i := slices.IndexFunc(accounts, func(a map[string]any) bool { return a["external_id"] == u["id"] })
		if i < 0 {
			t.Errorf("user %v did not land", u["id"])
			continue
		}
		a := accounts[i]
		if a["status"] != "invited" || u["status"] != "STAGED" || a["email"] != strings.ToLower(asText(text(u, "profile.email"))) || !sameMoment(u["created"], a["created_at"]) {
			t.Errorf("user %v landed as %v", u, a)
		}
	}
	var runs []map[string]any
	if err := json.Unmarshal(command(t, binary, data, "run", "list", "--json"), &runs); err != nil {
		t.Fatal(err)
	}
	// Two users, a group and its member; an application and its two assignments.
	read := map[any]float64{"application_roster": 4, "application_discovery": 3}
	for _, r := range runs {
		counts, _ := r["counts"].(map[string]any)
		if r["state"] != "succeeded" || counts["read"] != read[r["task"]] || counts["rejected"] != 0.0 {
			t.Errorf("run %v", r)
		}
		delete(read, r["task"])
	}
	if len(read) > 0 {
		t.Errorf("never ran: %v", read)
	}
}
