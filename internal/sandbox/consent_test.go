package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"purser/internal/sandbox"
)

func TestAConsentPageIsServedToABrowserOnLoopbackAndHasNoScript(t *testing.T) {
	c := start(t, sandbox.Options{})
	for host, target := range map[string]string{
		"slack.com": "/oauth/v2/authorize?" + q("client_id", c.creds.Slack.ClientID, "scope", "users:read", "redirect_uri", callback, "state", `"><script>`).Encode(),
		"login.xero.com": "/identity/connect/authorize?" + q("client_id", c.creds.Xero.ClientID, "response_type", "code", "scope", "offline_access",
			"redirect_uri", callback, "state", "s").Encode(),
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", c.Map()[host]+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req) // under the loopback address, as a browser that was redirected to it
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 1<<16)
		n, _ := res.Body.Read(body)
		_ = res.Body.Close()
		page := string(body[:n])
		if res.StatusCode != 200 || !strings.Contains(page, `value="allow"`) || strings.Contains(strings.ToLower(page), "<script") {
			t.Errorf("%s: %d %s", host, res.StatusCode, page)
		}
		if !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", host, res.Header)
		}
	}
}

func TestACodeIsTakenOnceAndWithItsVerifierOnly(t *testing.T) {
	c := start(t, sandbox.Options{})
	auth := basic(c.creds.Xero.ClientID, c.creds.Xero.ClientSecret)
	redeem := func(status int, verify string, twice bool) {
		back, err := c.xeroConsent("offline_access accounting.settings.read")
		if err != nil {
			t.Fatal(err)
		}
		_, query, _ := strings.Cut(back, "code=")
		word, _, _ := strings.Cut(query, "&")
		f := q("grant_type", "authorization_code", "code", word, "redirect_uri", callback, "code_verifier", verify)
		c.form(status, xeroToken, auth, f)
		if twice {
			c.form(400, xeroToken, auth, f)
		}
	}
	redeem(400, "another-verifier", true)
	redeem(200, verifier, true)
}

func TestRegisteredRedirectsAreTheOnlyOnesTaken(t *testing.T) {
	c := start(t, sandbox.Options{})
	c.RegisterRedirect("https://other.example.com/callback")
	if _, err := c.xeroConsent("offline_access"); err == nil {
		t.Error("an address that is not registered was taken")
	}
	c.RegisterRedirect(callback)
	if back, err := c.xeroConsent("offline_access"); err != nil || !strings.HasPrefix(back, callback) {
		t.Errorf("%s, %v", back, err)
	}
}
