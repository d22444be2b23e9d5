package web_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser"
	"purser/internal/app"
	"purser/internal/login/oidctest"
	"purser/internal/web/browsertest"
)

// code is what an authenticator app shows for a secret at that time.
func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimSpace(secret))
	if err != nil {
		t.Fatalf("the secret %q: %v", secret, err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/30)
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[19]&15:])&0x7fffffff%1000000)
}

// picture checks a page wide and narrow, light and dark, and writes its screenshots.
func picture(p *browsertest.Page, name string) {
	p.Everywhere(name, true)
}

func TestSigningInInABrowser(t *testing.T) {
	b := chromium.Start(t)
	issuer := oidctest.Start(t, map[string]oidctest.Account{
		"grace":   {"email": "grace@example.com", "email_verified": true, "name": "Grace Example", "groups": []string{"purser-admins"}},
		"mallory": {"email": "mallory@example.com", "email_verified": true, "name": "Mallory Example", "groups": []string{"everybody"}},
	})
	secretFile := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secretFile, []byte(oidctest.Secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	s := serveWith(t, func(o *app.Options) {
		o.Now, o.AllowNetwork = now, []string{"127.0.0.0/8"}
		o.OIDC.Issuer, o.OIDC.ClientID, o.OIDC.ClientSecretFile, o.OIDC.Name = issuer, oidctest.ClientID, secretFile, "Acme ID"
		o.OIDC.GroupsClaim, o.OIDC.Role = "groups", []string{"purser-admins=admin"}
	})
	host := strings.TrimPrefix(issuer, "http://")
	t.Run("by the provider", func(t *testing.T) { signInByProvider(t, s, b, host) })
	t.Run("with a second factor, and again before a token", func(t *testing.T) { signInWithCode(t, s, b, now, &ahead) })
}

func signInByProvider(t *testing.T, s *site, b *browsertest.Browser, host string) {
	p := b.Page(t, 1280, 800)
	p.Light()
	p.Open(s.PublicURL() + "/settings/users")
	heading(p, "Sign in to Purser")
	picture(p, "sign-in")
	there := func(account string) {
		press(p, "Sign in with Acme ID")
		heading(p, "Acme ID")
		fill(p, "login", account)
		fill(p, "password", "anything")
		p.Click("button[type=submit]")
	}
	p.Expect(403)
	there("mallory")
	heading(p, "Sign in to Purser")
	says(p, "None of your groups")
	picture(p, "sign-in-refused")
	other := b.Page(t, 1280, 800) // a browser without Mallory's session at the provider
	other.Light()
	p.Clean(host, strings.TrimPrefix(s.PublicURL(), "http://"))
	p = other
	p.Open(s.PublicURL() + "/settings/users")
	there("grace")
	p.Until(`location.pathname === "/settings/users" && document.readyState === "complete"`)
	says(p, "grace@example.com")
	picture(p, "users")
	p.Open(s.PublicURL() + "/settings/you")
	says(p, "Connected with Acme ID")
	picture(p, "you-connected")
	p.Open(s.PublicURL() + "/settings/sign-in")
	picture(p, "sign-in-policy")
	p.Clean(host, strings.TrimPrefix(s.PublicURL(), "http://"))
}

func signInWithCode(t *testing.T, s *site, b *browsertest.Browser, now func() time.Time, ahead *atomic.Int64) {
	const password = "correct horse battery"
	p := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	p.Open(s.PublicURL() + "/settings/you/second-factor")
	says(p, "This account has no password")
	p.Open(s.PublicURL() + "/settings/you")
	fill(p, "password", password)
	press(p, "Set password")
	p.Until(`location.search === "?done=password" && document.readyState === "complete"`)
	p.Open(s.PublicURL() + "/settings/you/second-factor")
	press(p, "Set up a second factor")
	says(p, "Scan this picture")
	picture(p, "second-factor-setup")
	secret := p.Text(".copy-value")
	p.Expect(422)
	fill(p, "code", "000000")
	press(p, "Turn on")
	says(p, "The code is wrong")
	fill(p, "code", code(t, secret, now()))
	press(p, "Turn on")
	says(p, "Your recovery codes")
	picture(p, "second-factor-codes")
	p.Open(s.PublicURL() + "/settings/you/second-factor")
	says(p, "10 codes")
	picture(p, "second-factor-on")

	q := b.Page(t, 1280, 800)
	q.Light()
	q.Open(s.PublicURL() + "/settings/tokens")
	fill(q, "email", "ada@example.com")
	fill(q, "password", password)
	press(q, "Sign in")
	heading(q, "Your second factor")
	picture(q, "sign-in-code")
	ahead.Add(int64(30 * time.Second))
	fill(q, "code", code(t, secret, now()))
	press(q, "Sign in")
	q.Until(`location.pathname === "/settings/tokens" && document.readyState === "complete"`)

	fill(q, "name", "nightly export")
	q.Click(`input[name="scope"][value="account.read"]`)
	ahead.Add(int64(16 * time.Minute))
	press(q, "Make token")
	heading(q, "Confirm that it is you")
	picture(q, "prove")
	q.Expect(422)
	fill(q, "password", "not the password")
	fill(q, "code", "1")
	press(q, "Confirm")
	says(q, "The password is wrong")
	fill(q, "password", password)
	fill(q, "code", code(t, secret, now()))
	press(q, "Confirm")
	q.Until(`location.pathname === "/settings/tokens" && document.readyState === "complete"`)
	says(q, "nothing was changed yet")
	q.Until(`document.querySelector('input[name="name"]').value === "nightly export" && document.querySelector('input[name="scope"][value="account.read"]').checked`)
	picture(q, "resumed")
	press(q, "Make token")
	says(q, "Shown only now")
	s.clean(p)
	s.clean(q)
}
