package credential_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"purser/internal/manifest"
)

// Some vendors give a token for a signed assertion at an endpoint that is none of
// OAuth's: the assertion stands in the header, and the body says nothing.
func TestAnAssertionIsSentAsBearerWithATimeThatTheVendorsClockHasReached(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(_ int, _ tokenCall, w http.ResponseWriter) {
		say(w, 201, map[string]any{"token": "canary-access", "expires_at": "2026-11-22T13:00:00Z"})
	})
	auth := &manifest.Auth{Name: "app", Grant: "jwt_bearer", ClientAuth: "bearer", TokenBody: "json", Expires: "1h",
		TokenURL: "https://" + vendorHost + "/app/installations/7/access_tokens", Answer: manifest.Answer{AccessToken: "token"},
		Scope:  manifest.ScopeRule{Send: "never"},
		Fields: []manifest.CredentialField{{Name: "app_id", Shown: true}, {Name: "private_key", Format: "pem"}},
		Assertion: &manifest.Assertion{Alg: "RS256", TTL: manifest.Duration(9 * time.Minute), Back: manifest.Duration(time.Minute),
			Claims: []manifest.Pair{{Name: "iss", Values: []string{"${secret.app_id}"}}}}}
	h.enter(auth, map[string]string{"app_id": "12", "private_key": pemOf(t, key)})
	r, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, "")
	if err != nil || r.Header.Get("Authorization") != "Bearer canary-access" {
		t.Fatalf("%v, sent %q", err, r.Header.Get("Authorization"))
	}
	call := h.called()[0]
	sent, ok := strings.CutPrefix(call.header.Get("Authorization"), "Bearer ")
	if !ok || len(call.form) != 0 {
		t.Fatalf("asked with %q and %v", call.header.Get("Authorization"), call.form)
	}
	_, said := claims(t, sent, jose.RS256, key.Public())
	if now := float64(h.clock.Now().Unix()); said["iss"] != "12" || said["iat"] != now-60 || said["exp"] != now+480 {
		t.Errorf("the assertion says %v", said)
	}
}
