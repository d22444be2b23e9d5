// Package nodetest runs servers of npm packages for tests: real ones, installed by
// the project's lock file, that end with the test.
package nodetest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Server is a program of the repository and the package that it runs.
type Server struct {
	Package  string   // of npm, such as oidc-provider
	Script   string   // path in the repository
	Env      []string // NAME=value, beside the environment of the test
	Required string   // variable of the environment that makes its absence a failure
}

// Start runs a server and decodes the first line that it says, a JSON object, into
// up. Where it is not installed the test is skipped, or fails if it is required.
func Start(t testing.TB, s Server, up any) {
	t.Helper()
	script, err := s.path()
	if err != nil {
		if os.Getenv(s.Required) != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	var said strings.Builder
	cmd := exec.Command("node", script)
	cmd.Env, cmd.Stderr = append(append(os.Environ(), "NODE_ENV=test"), s.Env...), &said
	hold, err := cmd.StdinPipe() // its end ends the server, also when this process dies
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", s.Package, err)
	}
	t.Cleanup(func() {
		_ = hold.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || json.Unmarshal([]byte(line), up) != nil {
		t.Fatalf("%s did not start (%v): %s %s", s.Package, err, line, said.String())
	}
}

// path returns the program's path, or what is missing.
func (s Server) path() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("the tests do not run within the repository")
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", s.Package, "package.json")); err != nil {
		return "", fmt.Errorf("%s is not installed: run 'make assets' (needs Node.js)", s.Package)
	}
	if _, err := exec.LookPath("node"); err != nil {
		return "", fmt.Errorf("%s needs Node.js: %w", s.Package, err)
	}
	return filepath.Join(dir, filepath.FromSlash(s.Script)), nil
}
