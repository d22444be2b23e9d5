package connectortest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ScimToken is the one that the server of StartScim knows.
const ScimToken = "right"

// StartScim runs a real SCIM 2.0 server (the npm packages scimmy and
// scimmy-routers, installed by the project's lock file) with 250 users and three
// groups, and returns its address on loopback. Where it is not installed the test
// is skipped, or fails if PURSER_TEST_SCIM_REQUIRED is set.
func StartScim(t testing.TB) (address string) {
	t.Helper()
	script, err := scimScript()
	if err != nil {
		if os.Getenv("PURSER_TEST_SCIM_REQUIRED") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	var said strings.Builder
	cmd := exec.Command("node", script)
	cmd.Env, cmd.Stderr = append(os.Environ(), "NODE_ENV=test"), &said
	hold, err := cmd.StdinPipe() // its end ends the server, also when this process dies
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting the SCIM server: %v", err)
	}
	t.Cleanup(func() {
		_ = hold.Close()
		_ = cmd.Wait()
	})
	var up struct{ Address string }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || json.Unmarshal([]byte(line), &up) != nil {
		t.Fatalf("the SCIM server did not start (%v): %s %s", err, line, said.String())
	}
	return up.Address
}

// scimScript returns the program's path, or what is missing.
func scimScript() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("the tests do not run within the repository")
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "scimmy-routers", "package.json")); err != nil {
		return "", fmt.Errorf("scimmy-routers is not installed: run 'make assets' (needs Node.js)")
	}
	if _, err := exec.LookPath("node"); err != nil {
		return "", fmt.Errorf("a SCIM server for tests needs Node.js: %w", err)
	}
	return filepath.Join(dir, "internal", "connectortest", "scim_server.mjs"), nil
}
