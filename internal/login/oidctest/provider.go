// Package oidctest runs a real provider of OpenID Connect for tests: the npm
// package oidc-provider, installed by the project's lock file.
package oidctest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"purser/internal/nodetest"
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
	known, err := json.Marshal(accounts)
	if err != nil {
		t.Fatal(err)
	}
	var up struct{ Issuer string }
	nodetest.Start(t, nodetest.Server{Package: "oidc-provider", Script: "internal/login/oidctest/provider.mjs", Env: []string{"ACCOUNTS=" + string(known)},
		Required: "PURSER_TEST_OIDC_REQUIRED"}, &up)
	return up.Issuer
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
