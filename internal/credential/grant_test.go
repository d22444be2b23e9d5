package credential_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"purser"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/manifest"
)

func pemOf(t *testing.T, key crypto.Signer) string {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
}

// claims verifies a JWT with another implementation and returns header and claims.
func claims(t *testing.T, token string, alg jose.SignatureAlgorithm, key any) (jose.Header, map[string]any) {
	t.Helper()
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{alg})
	if err != nil {
		t.Fatalf("%s: %v", alg, err)
	}
	payload, err := signed.Verify(key)
	if err != nil {
		t.Fatalf("%s: %v", alg, err)
	}
	var out map[string]any
	if err := json.Unmarshal(payload, &out); err != nil {
		t.Fatal(err)
	}
	return signed.Signatures[0].Header, out
}

func goodToken(_ int, _ tokenCall, w http.ResponseWriter) {
	say(w, 200, map[string]any{"access_token": "canary-access", "expires_in": 3600, "token_type": "Bearer"})
}

func TestAnAssertionOfEachKindIsVerifiedByAnotherImplementation(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]crypto.Signer{"RS256": rsaKey, "RS384": rsaKey, "PS256": rsaKey, "PS512": rsaKey}
	for alg, curve := range map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()} {
		if keys[alg], err = ecdsa.GenerateKey(curve, rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	for alg, key := range keys {
		h := newHouse(t, goodToken)
		auth := &manifest.Auth{Name: "service", Grant: "client_credentials", ClientAuth: "assertion", TokenURL: "https://${settings.domain}/oauth2/v1/token",
			Fields: []manifest.CredentialField{{Name: "client_id", Shown: true}, {Name: "key_id", Shown: true}, {Name: "private_key", Format: "pem"}},
			Assertion: &manifest.Assertion{Alg: alg, Header: []manifest.Pair{{Name: "kid", Values: []string{"${secret.key_id}"}}}, TTL: manifest.Duration(5 * time.Minute),
				Claims: []manifest.Pair{{Name: "iss", Values: []string{"${secret.client_id}"}}, {Name: "aud", Values: []string{"${token_url}"}}}}}
		h.enter(auth, map[string]string{"client_id": "client-1", "key_id": "key-1", "private_key": pemOf(t, key)})
		r, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, "")
		if err != nil || r.Header.Get("Authorization") != "Bearer canary-access" {
			t.Fatalf("%s: %v", alg, err)
		}
		form := h.called()[0].form
		if form.Get("grant_type") != "client_credentials" || form.Get("scope") != "users.read groups.read" ||
			form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
			t.Errorf("%s: %v", alg, form)
		}
		header, said := claims(t, form.Get("client_assertion"), jose.SignatureAlgorithm(alg), key.Public())
		now := float64(h.clock.Now().Unix())
		if header.KeyID != "key-1" || said["iss"] != "client-1" || said["aud"] != "https://"+vendorHost+"/oauth2/v1/token" ||
			said["iat"] != now || said["exp"] != now+300 || said["jti"] == "" {
			t.Errorf("%s: %v %v", alg, header, said)
		}
	}
}

func TestAServiceAccountsKeyFileSignsForTheAdminWithTheScopesOfEachStream(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, goodToken)
	auth := &manifest.Auth{Name: "service_account", Grant: "jwt_bearer", TokenURL: "https://" + vendorHost + "/token", ScopesPer: "stream",
		Scope:  manifest.ScopeRule{Send: "never", Prefix: "https://scopes.example.com/auth/"},
		Fields: []manifest.CredentialField{{Name: "key", Format: "json"}, {Name: "admin", Format: "email", Shown: true}},
		Assertion: &manifest.Assertion{Alg: "RS256", Key: "${secret.key.private_key}", Header: []manifest.Pair{{Name: "kid", Values: []string{"${secret.key.private_key_id}"}}},
			Claims: []manifest.Pair{{Name: "iss", Values: []string{"${secret.key.client_email}"}}, {Name: "sub", Values: []string{"${secret.admin}"}},
				{Name: "scope", Values: []string{"${scope}"}}, {Name: "aud", Values: []string{"${token_url}"}}}}}
	file, _ := json.Marshal(map[string]string{"type": "service_account", "private_key_id": "kid-1", "private_key": pemOf(t, key), "client_email": "robot@example.com"})
	h.enter(auth, map[string]string{"key": string(file), "admin": "admin@example.com"})
	s := h.broker("node").Session(h.use(auth))
	for _, scopes := range [][]string{{"users"}, {"logs"}, {"users"}} {
		if _, _, err := authorize(t.Context(), s, "", scopes, ""); err != nil {
			t.Fatal(err)
		}
	}
	calls := h.called()
	if len(calls) != 2 {
		t.Fatalf("%d token requests for two sets of scopes", len(calls))
	}
	header, said := claims(t, calls[1].form.Get("assertion"), jose.RS256, key.Public())
	if header.KeyID != "kid-1" || said["iss"] != "robot@example.com" || said["sub"] != "admin@example.com" || said["scope"] != "https://scopes.example.com/auth/logs" ||
		calls[1].form.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || calls[1].form.Has("scope") {
		t.Errorf("%v %v %v", header, said, calls[1].form)
	}
}

func TestTheClientShowsWhoItIsInEachWayTheManifestKnows(t *testing.T) {
	for method, check := range map[string]func(tokenCall) bool{
		"basic": func(c tokenCall) bool {
			return c.user == "client-1" && c.secret == "canary-client-secret" && !c.form.Has("client_secret")
		},
		"body": func(c tokenCall) bool {
			return c.form.Get("client_id") == "client-1" && c.form.Get("client_secret") == "canary-client-secret" && c.user == ""
		},
		"none": func(c tokenCall) bool {
			return c.form.Get("client_id") == "client-1" && !c.form.Has("client_secret") && c.user == ""
		},
	} {
		for _, body := range []string{"form", "json"} {
			h := newHouse(t, goodToken)
			auth := codeAuth()
			auth.Grant, auth.ClientAuth, auth.TokenBody = "client_credentials", method, body
			auth.Extra.Token = []manifest.Pair{{Name: "audience", Values: []string{"https://${settings.domain}/"}}}
			h.enter(auth, clientValues())
			if _, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, ""); err != nil {
				t.Fatal(err)
			}
			if c := h.called()[0]; !check(c) || c.form.Get("audience") != "https://"+vendorHost+"/" {
				t.Errorf("%s, %s: %+v", method, body, c)
			}
		}
	}
}

func TestAnEnteredKeyIsSentAsTheManifestSays(t *testing.T) {
	for name, c := range map[string]struct {
		send manifest.Send
		want func(*http.Request) string
		text string
	}{
		"header":  {manifest.Send{Header: []manifest.Pair{{Name: "Authorization", Values: []string{"SSWS ${secret.token}"}}}}, func(r *http.Request) string { return r.Header.Get("Authorization") }, "SSWS canary-key"},
		"query":   {manifest.Send{Query: []manifest.Pair{{Name: "key", Values: []string{"${secret.token}"}}}}, func(r *http.Request) string { return r.URL.RawQuery }, "key=canary-key&limit=1"},
		"basic":   {manifest.Send{Basic: &manifest.Basic{User: "${secret.token}", Password: "x"}}, func(r *http.Request) string { u, p, _ := r.BasicAuth(); return u + ":" + p }, "canary-key:x"},
		"nothing": {manifest.Send{}, func(r *http.Request) string { return r.Header.Get("Authorization") }, "Bearer canary-key"},
	} {
		h := newHouse(t, goodToken)
		auth := &manifest.Auth{Name: "api_token", Grant: "static", Send: c.send, Fields: []manifest.CredentialField{{Name: "token"}}}
		h.enter(auth, map[string]string{"token": " canary-key\n"})
		s := h.broker("node").Session(h.use(auth))
		r, grip, err := authorize(t.Context(), s, "", nil, "")
		if err != nil || c.want(r) != c.text {
			t.Errorf("%s: %q, %v", name, c.want(r), err)
		}
		if strings.Contains(grip, "canary") || s.Redact("x canary-key x") != "x [secret] x" {
			t.Errorf("%s: shown in %q or %q", name, grip, s.Redact("x canary-key x"))
		}
		if _, again, _ := authorize(t.Context(), s, "", nil, grip); again != grip {
			t.Errorf("%s: the same key has another name after a refusal", name)
		}
		h.enter(auth, map[string]string{"token": "canary-replaced"})
		if r, again, _ := authorize(t.Context(), s, "", nil, grip); again == grip || !strings.Contains(s.Redact(c.want(r)), "[secret]") {
			t.Errorf("%s: a key that was replaced meanwhile is not found", name)
		}
	}
}

func TestACredentialIsUnusableOnOtherHostsUntilItIsEnteredAgain(t *testing.T) {
	h := newHouse(t, goodToken)
	auth := &manifest.Auth{Name: "api_token", Grant: "static", Fields: []manifest.CredentialField{{Name: "token"}}}
	h.enter(auth, map[string]string{"token": "canary-key"})
	use := h.use(auth)
	use.Pins = egress.Pins{"evil.example.com"}
	_, _, err := authorize(t.Context(), h.broker("node").Session(use), "", nil, "")
	if told, ok := errors.AsType[*purser.Error](err); !ok || told.Code != "hosts_changed" {
		t.Errorf("got %v", err)
	}
	again := credential.Entry{CredentialID: "crd_1", InstanceID: "ins_1", Connector: "vendor", Auth: auth, Pins: use.Pins}
	if _, ok := errors.AsType[*purser.Problem](h.broker("node").Enter(t.Context(), again)); !ok {
		t.Error("the earlier value was kept for other hosts")
	}
	again.Pins = h.pins
	if err := h.broker("node").Enter(t.Context(), again); err != nil {
		t.Errorf("the earlier value was not kept for the same hosts: %v", err)
	}
}

func TestWhatCannotWorkIsRefusedWhenItIsEnteredWithoutBeingQuoted(t *testing.T) {
	h := newHouse(t, goodToken)
	for format, value := range map[string]string{"pem": "canary not a key", "certificate": "canary no certificate", "json": "canary{", "email": "canary", "text": "canary\nX-Evil: 1"} {
		auth := &manifest.Auth{Name: "a", Grant: "static", Fields: []manifest.CredentialField{{Name: "field", Format: format}}}
		err := h.broker("node").Enter(t.Context(), credential.Entry{CredentialID: "crd_9", InstanceID: "ins_1", Connector: "vendor", Auth: auth, Pins: h.pins, Values: map[string]string{"field": value}})
		p, ok := errors.AsType[*purser.Problem](err)
		if !ok || p.Field != "field" || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", format, err)
		}
	}
	if _, ok := h.store.records["crd_9"]; ok {
		t.Error("something was stored")
	}
	// An authority's certificate is no key, and is taken as it is.
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	own := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	auth := &manifest.Auth{Name: "a", Grant: "static", Fields: []manifest.CredentialField{{Name: "ca", Format: "certificate"}}}
	if err := h.broker("node").Enter(t.Context(), credential.Entry{CredentialID: "crd_9", InstanceID: "ins_1", Connector: "vendor", Auth: auth, Pins: h.pins, Values: map[string]string{"ca": own}}); err != nil {
		t.Errorf("a certificate: %v", err)
	}
}
