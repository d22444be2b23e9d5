package hardness_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"purser"
	"purser/internal/sandbox"
)

func TestExitCodesSayHowASyncEnded(t *testing.T) {
	t.Parallel()
	h := open(t, sandbox.Options{})
	h.serve()
	c := h.vendors.Credentials().Okta
	if err := os.WriteFile(filepath.Join(h.dir, "token"), []byte(c.APIToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	said := ""
	run := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := h.purser(args...)
		said += out + errs
		if code != want {
			t.Errorf("purser %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, errs)
		}
		return out
	}
	run(0, "instance", "create", "okta", "--name", "Acme", "--auth", "api_token", "--set", "domain="+c.Domain, "--secret", "token=@token",
		"--tasks", "application_roster,application_discovery", "--wait")
	run(0, "instance", "sync", "Acme", "--wait")

	h.vendors.Script(sandbox.Fault{Route: "/api/v1/groups", Kind: sandbox.NoScopes})
	run(3, "instance", "sync", "Acme", "--tasks", "application_roster", "--wait") // partial: one stream is not permitted
	h.vendors.ClearFaults()
	h.leavers(80)
	run(3, "instance", "sync", "Acme", "--tasks", "application_roster", "--wait") // held
	h.vendors.Script(sandbox.Fault{Route: "/api/v1/users", Kind: sandbox.SlowBody})
	canceled := make(chan struct{})
	go func() {
		defer close(canceled)
		run(5, "instance", "sync", "Acme", "--tasks", "application_roster", "--wait")
	}()
	h.until("a run is under way", func() bool { return h.vendors.Fired(sandbox.SlowBody) > 0 })
	code, _, errs := h.purser("run", "cancel", list[purser.Run](h, "/runs")[0].ID)
	<-canceled
	if code != 0 {
		t.Errorf("run cancel: exit code %d, %s", code, errs)
	}
	h.vendors.ClearFaults()
	h.vendors.RevokeTokens(sandbox.Okta)
	var runs []purser.Run
	if err := json.Unmarshal([]byte(run(4, "instance", "sync", "Acme", "--tasks", "application_roster", "--wait", "--json")), &runs); err != nil || len(runs) != 1 {
		t.Fatalf("%v: %+v", err, runs)
	}
	if log := run(0, "run", "log", runs[0].ID); !strings.Contains(log, "GET "+c.Domain+"/api/v1/users") || !strings.Contains(log, "401") || !strings.Contains(log, "page 1") {
		t.Errorf("the log of the run does not tell of the refusal: %s", log)
	}
	if shown := run(0, "run", "show", runs[0].ID); !strings.Contains(shown, "docs/troubleshooting.md#auth_revoked") {
		t.Errorf("a failed run does not say where more is said: %s", shown)
	}
	run(0, "audit", "verify")
	if secret := strings.TrimSpace(run(0, "token", "create", "--scope", "account.read", "--expires", "1d")); !strings.HasPrefix(secret, "pur_") {
		t.Errorf("the token is %q", secret)
	}
	var catalog []struct {
		Name, Title, Category string
		Auth, Tasks, Actions  []string
	}
	if err := json.Unmarshal([]byte(run(0, "connector", "list", "--json")), &catalog); err != nil || len(catalog) < 5 {
		t.Fatalf("%v: %+v", err, catalog)
	}
	for _, one := range catalog {
		handed := one.Name == "file" || one.Name == "push" // what people bring themselves: nobody is asked, nothing is authorized
		if one.Name == "" || one.Title == "" || one.Category == "" || one.Auth == nil || len(one.Auth) == 0 != handed || len(one.Tasks) == 0 || one.Actions == nil {
			t.Errorf("%+v", one)
		}
	}
	var document struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	if err := json.Unmarshal([]byte(run(0, "openapi")), &document); err != nil || document.OpenAPI != "3.1.0" || len(document.Paths) < 20 {
		t.Errorf("%v: %s with %d paths", err, document.OpenAPI, len(document.Paths))
	}
	for _, name := range []string{"cmdline", "environ"} {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", h.server.Process.Pid, name))
		if err == nil {
			said += string(raw)
		}
	}
	if strings.Contains(said+h.said.String(), c.APIToken) {
		t.Error("the token of the vendor was said, or stands in the list of processes")
	}
}
