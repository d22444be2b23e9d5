// Package oidctest runs a real provider of OpenID Connect for tests: the npm
// package oidc-provider, installed by the project's lock file.
package oidctest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The client that the provider knows. Its redirect address may have any port of loopback.
const (
	ClientID = "purser"
	Secret   = "a secret of the tests"
)

// Account is what the provider says of somebody.
type Account map[string]any

// Start runs a provider for those accounts, by their name for signing in, and
// returns its issuer. Where it is not installed the test is skipped, or fails if
// PURSER_TEST_OIDC_REQUIRED is set.
func Start(t testing.TB, accounts map[string]Account) (issuer string) {
	t.Helper()
	script, err := script()
	if err != nil {
		if os.Getenv("PURSER_TEST_OIDC_REQUIRED") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	known, err := json.Marshal(accounts)
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd := exec.Command("node", script)
	cmd.Env = append(os.Environ(), "ACCOUNTS="+string(known), "NODE_ENV=test")
	cmd.Stderr = &said
	hold, err := cmd.StdinPipe() // its end ends the provider, also when this process dies
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting the provider: %v", err)
	}
	t.Cleanup(func() {
		_ = hold.Close()
		_ = cmd.Wait()
	})
	var up struct{ Issuer string }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || json.Unmarshal([]byte(line), &up) != nil {
		t.Fatalf("the provider did not start (%v): %s %s", err, line, said.String())
	}
	return up.Issuer
}

// script returns the program's path, or what is missing.
func script() (string, error) {
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
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "oidc-provider", "package.json")); err != nil {
		return "", fmt.Errorf("oidc-provider is not installed: run 'make assets' (needs Node.js)")
	}
	if _, err := exec.LookPath("node"); err != nil {
		return "", fmt.Errorf("node is not installed: the provider of OpenID Connect cannot run")
	}
	return filepath.Join(dir, "internal", "login", "oidctest", "provider.mjs"), nil
}

// Browser signs in at the provider without showing anything. It keeps the
// provider's session, as a browser does.
type Browser struct {
	t      testing.TB
	client *http.Client
}

// NewBrowser returns a browser that nobody has used.
func NewBrowser(t testing.TB) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t: t, client: &http.Client{Jar: jar, Transport: &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Visit opens an address of the provider, signs in as that account wherever it is
// asked to, consents, and returns what the provider sends back to callback. asked
// says how often a name and password were asked for.
func (b *Browser) Visit(to, callback, account string) (back url.Values, asked int) {
	b.t.Helper()
	forms := regexp.MustCompile(`(?s)<form[^>]*action="([^"]+)".*?name="prompt" value="([a-z]+)"`)
	res, err := b.client.Get(to)
	for range 30 {
		if err != nil {
			b.t.Fatal(err)
		}
		body, readErr := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if readErr != nil {
			b.t.Fatal(readErr)
		}
		if where, locErr := res.Location(); locErr == nil {
			if strings.HasPrefix(where.String(), callback) {
				return where.Query(), asked
			}
			res, err = b.client.Get(where.String())
			continue
		}
		form := forms.FindSubmatch(body)
		if form == nil {
			b.t.Fatalf("the provider answers %d: %s", res.StatusCode, body)
		}
		action, joinErr := res.Request.URL.Parse(string(form[1]))
		if joinErr != nil {
			b.t.Fatal(joinErr)
		}
		values := url.Values{"prompt": {string(form[2])}}
		if string(form[2]) == "login" {
			asked++
			values.Set("login", account)
			values.Set("password", "anything")
		}
		res, err = b.client.PostForm(action.String(), values)
	}
	b.t.Fatalf("the provider leads nowhere: %s", res.Request.URL)
	return nil, asked
}
