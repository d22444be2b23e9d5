package sandbox_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"purser/internal/sandbox"
)

const oktaToken = "https://acme.okta.com/oauth2/v1/token"

// oktaGrant asks for a token with a signed assertion; change alters its claims first.
func (c *client) oktaGrant(status int, scopes string, header map[string]string, change func(map[string]any)) reply {
	c.t.Helper()
	now := c.Now()
	claims := map[string]any{"iss": c.creds.Okta.ClientID, "sub": c.creds.Okta.ClientID, "aud": oktaToken, "exp": now.Add(5 * time.Minute).Unix()}
	if change != nil {
		change(claims)
	}
	raw := sign(c.t, privateKey(c.t, c.creds.Okta.PrivateKey), map[jose.HeaderKey]any{"kid": c.creds.Okta.KeyID}, claims)
	return c.form(status, oktaToken, header, q("grant_type", "client_credentials", "scope", scopes,
		"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", raw))
}

func TestAServiceAppReadsWithinItsScopes(t *testing.T) {
	c := start(t, sandbox.Options{TokenLifetime: time.Minute})
	o := c.oktaGrant(200, "okta.users.read", nil, nil).object(t)
	h := bearer(o["access_token"].(string))
	if o["token_type"] != "Bearer" || o["expires_in"] != float64(60) {
		t.Errorf("%v", o)
	}
	c.get(200, oktaAPI+"/users?limit=1", h)
	r := c.get(403, oktaAPI+"/groups", h)
	if w := r.Header.Get("WWW-Authenticate"); !strings.Contains(w, `scope="okta.groups.read"`) || !strings.Contains(w, "insufficient_scope") || len(r.Body) != 0 {
		t.Errorf("%q %s", w, r.Body)
	}
	c.AdvanceClock(2 * time.Minute)
	if w := c.get(401, oktaAPI+"/users", h).Header.Get("WWW-Authenticate"); !strings.Contains(w, `error="invalid_token"`) {
		t.Errorf("expired: %q", w)
	}
	if c.TokensIssued(sandbox.Okta) != 1 || c.TokenCalls(sandbox.Okta, "") != 1 {
		t.Error("the counters are wrong")
	}
}

func TestScopesWithoutAnAdminRoleSeeNobody(t *testing.T) {
	c := start(t, sandbox.Options{})
	c.SetAdminRole(false)
	h := bearer(c.oktaGrant(200, "okta.users.read okta.groups.read", nil, nil).object(t)["access_token"].(string))
	if n := len(c.get(200, oktaAPI+"/users", h).list(t)); n != 0 {
		t.Errorf("%d users", n)
	}
	if code := c.get(403, oktaAPI+"/groups?limit=1", h).object(t)["errorCode"]; code != "E0000006" {
		t.Errorf("%v", code)
	}
}

func TestOktaRefusesAssertionsThatAreNotRight(t *testing.T) {
	c := start(t, sandbox.Options{})
	for name, change := range map[string]func(map[string]any){
		"audience":  func(m map[string]any) { m["aud"] = "https://acme.okta.com" },
		"subject":   func(m map[string]any) { m["sub"] = "other" },
		"expired":   func(m map[string]any) { m["exp"] = today.Add(-time.Minute).Unix() },
		"two hours": func(m map[string]any) { m["exp"] = today.Add(2 * time.Hour).Unix() },
		"no expiry": func(m map[string]any) { delete(m, "exp") },
	} {
		if o := c.oktaGrant(401, "okta.users.read", nil, change).object(t); o["error"] != "invalid_client" {
			t.Errorf("%s: %v", name, o)
		}
	}
	once := func(m map[string]any) { m["jti"] = "one" }
	c.oktaGrant(200, "okta.users.read", nil, once)
	c.oktaGrant(401, "okta.users.read", nil, once)
	if o := c.oktaGrant(400, "okta.users.read okta.clients.manage", nil, nil).object(t); o["error"] != "invalid_scope" {
		t.Errorf("%v", o)
	}
	c.RevokeTokens(sandbox.Okta)
	c.oktaGrant(401, "okta.users.read", nil, nil)
}

func TestDPoPIsDemandedWithANonceAtBothEnds(t *testing.T) {
	c := start(t, sandbox.Options{DPoP: true})
	if o := c.oktaGrant(400, "okta.users.read", nil, nil).object(t); o["error"] != "invalid_dpop_proof" {
		t.Errorf("without a proof: %v", o)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	serial := 0
	proof := func(method, target, nonce, token string) map[string]string {
		serial++
		claims := map[string]any{"htm": method, "htu": target, "iat": today.Unix(), "jti": strings.Repeat("x", serial)}
		if nonce != "" {
			claims["nonce"] = nonce
		}
		h := map[string]string{"Accept": "application/json"}
		if token != "" {
			sum := sha256.Sum256([]byte(token))
			claims["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
			h["Authorization"] = "DPoP " + token
		}
		jwk := jose.JSONWebKey{Key: &key.PublicKey}
		h["DPoP"] = sign(t, key, map[jose.HeaderKey]any{"typ": "dpop+jwt", "jwk": jwk}, claims)
		return h
	}
	r := c.oktaGrant(400, "okta.users.read", proof("POST", oktaToken, "", ""), nil)
	if r.object(t)["error"] != "use_dpop_nonce" || r.Header.Get("dpop-nonce") == "" {
		t.Fatalf("%v %s", r.Header, r.Body)
	}
	o := c.oktaGrant(200, "okta.users.read", proof("POST", oktaToken, r.Header.Get("dpop-nonce"), ""), nil).object(t)
	token := o["access_token"].(string)
	if o["token_type"] != "DPoP" {
		t.Errorf("%v", o)
	}
	c.get(401, oktaAPI+"/users", bearer(token))
	r = c.get(401, oktaAPI+"/users?limit=1", proof("GET", oktaAPI+"/users", "", token))
	nonce := r.Header.Get("DPoP-Nonce")
	if nonce == "" || !strings.Contains(r.Header.Get("WWW-Authenticate"), "use_dpop_nonce") {
		t.Fatalf("%v", r.Header)
	}
	c.get(200, oktaAPI+"/users?limit=1", proof("GET", oktaAPI+"/users", nonce, token))
	c.get(401, oktaAPI+"/users?limit=1", proof("GET", oktaAPI+"/groups", nonce, token))
}
