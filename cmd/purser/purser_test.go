package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandsThatNeedNoServer(t *testing.T) {
	h := open(t)
	h.script("alone.txt")
}

func TestTheWholeWayFromTheShell(t *testing.T) {
	h := open(t)
	h.serve()
	c := h.vendors.Credentials().Okta
	raw, err := os.ReadFile(filepath.Join("testdata", "server.txt"))
	if err != nil {
		t.Fatal(err)
	}
	contracts := "name,vendor,start,end,applications\nChat,Example Inc.,2026-01-01,2030-12-31,Corner Chat\n"
	if err := os.WriteFile(filepath.Join(h.dir, "contracts.csv"), []byte(contracts), 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("@TOKEN@", c.APIToken, "@DOMAIN@", c.Domain,
		"@SLACKID@", h.vendors.Credentials().Slack.ClientID, "@SLACKSECRET@", h.vendors.Credentials().Slack.ClientSecret).Replace(string(raw))
	h.scriptText("server.txt", text)
	_, api, _ := h.purser("token", "create", "--scope", "account.read", "--expires", "1d")
	arguments, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", h.server.Process.Pid))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if code := h.stop(); code != 0 {
		t.Errorf("the server ended with exit code %d", code)
	}
	h.nowhere("the credential", c.APIToken, arguments)
	h.nowhere("the client's secret", h.vendors.Credentials().Slack.ClientSecret, arguments)
	h.nowhere("the API token", strings.TrimSpace(api), arguments)
	if _, err := os.Stat(filepath.Join(h.dir, "data", "purser.sock")); err == nil {
		t.Error("the socket is left behind")
	}
}

func TestFromAnotherMachineATokenReachesItsScopes(t *testing.T) {
	h := open(t)
	h.serve()
	_, secret, _ := h.purser("token", "create", "--scope", "account.read", "--expires", "1d")
	secret = strings.TrimSpace(secret)
	elsewhere := []string{"PURSER_URL=" + h.url, "PURSER_TOKEN=" + secret}
	if code, out, errs := h.purserWith(elsewhere, "account", "list", "--json"); code != 0 || strings.TrimSpace(out) != "[]" {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if code, _, errs := h.purserWith(elsewhere, "person", "list"); code != 1 || !strings.Contains(errs, "person.read") {
		t.Errorf("beyond its scope: exit code %d: %s", code, errs)
	}
	if code, _, errs := h.purserWith(elsewhere, "admin", "link"); code != 1 {
		t.Errorf("a token makes an admin link: exit code %d: %s", code, errs)
	}
	for _, env := range [][]string{{"PURSER_URL=" + h.url}, {"PURSER_URL=http://purser.example.com", "PURSER_TOKEN=" + secret}} {
		if code, _, errs := h.purserWith(env, "account", "list"); code != 2 || strings.Contains(errs, secret) {
			t.Errorf("%v: exit code %d: %s", env[:1], code, errs)
		}
	}
	var list []struct{ ID, Name string }
	_, out, _ := h.purser("token", "list", "--json")
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	if code, _, errs := h.purser("token", "revoke", list[0].ID); code != 0 {
		t.Fatal(errs)
	}
	if code, _, _ := h.purserWith(elsewhere, "account", "list"); code != 1 {
		t.Errorf("a revoked token: exit code %d", code)
	}
}

func TestAVendorMapIsForDataFoldersMadeWithOne(t *testing.T) {
	h := open(t)
	h.serve()
	if code, _, errs := h.purser("serve", "--listen", "127.0.0.1:0"); code != 1 || !strings.Contains(errs, "another") && !strings.Contains(errs, "in use") {
		t.Errorf("a second server on the folder: exit code %d: %s", code, errs)
	}
	h.stop()
	if code, _, errs := h.purser("serve", "--listen", "127.0.0.1:0"); code != 1 || !strings.Contains(errs, "made with --vendor-map") {
		t.Errorf("without the map: exit code %d: %s", code, errs)
	}
	h.serve() // with it again
	h.stop()
}

func TestTheConfigurationFileNamesFlagsAndNothingElse(t *testing.T) {
	h := open(t)
	file := filepath.Join(h.dir, "purser.yaml")
	for text, want := range map[string]string{
		"listen: 0.0.0.0:1\n":                     "reachable from other machines",
		"listne: 127.0.0.1:1\n":                   "listne",
		"listen: [\n":                             "YAML",
		"allow-network: [10.0.0.0/8, nonsense]\n": "nonsense",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"--config", file, "serve"}, {"serve"}} {
			var env []string
			if len(args) == 1 {
				env = []string{"PURSER_CONFIG=" + file}
			}
			if code, _, errs := h.purserWith(env, args...); code == 0 || !strings.Contains(errs, want) {
				t.Errorf("%q with %v: exit code %d, %s; want %q", text, args, code, errs, want)
			}
		}
	}
}
