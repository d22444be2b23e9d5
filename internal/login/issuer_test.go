package login_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"purser"
	"purser/internal/login"
	"purser/internal/login/oidc"
	"purser/internal/store"
)

// issuer is a provider that misbehaves on cue.
type issuer struct {
	t      *testing.T
	server *httptest.Server
	clock  *clock
	key    *ecdsa.PrivateKey
	kid    string
	served *ecdsa.PublicKey // what the keys' address answers with; nil: the key's

	claims   map[string]any // of whoever signs in
	asked    url.Values     // what the browser was last sent with
	nonce    string         // "" means the one that was asked for
	none     bool           // unsigned
	userinfo map[string]any // nil: there is no such address
	codes    map[string]bool
	made     int        // codes
	seen     url.Values // what was last sent to the token address
	hashOf   string     // access token that at_hash is made of; "" means the right one
}

func newIssuer(t *testing.T, c *clock) *issuer {
	t.Helper()
	i := &issuer{t: t, clock: c, codes: map[string]bool{}}
	i.rotate("k1")
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		d := map[string]any{"issuer": i.server.URL, "authorization_endpoint": i.server.URL + "/auth", "token_endpoint": i.server.URL + "/token",
			"jwks_uri": i.server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"ES256", "none"}}
		if i.userinfo != nil {
			d["userinfo_endpoint"] = i.server.URL + "/userinfo"
		}
		i.write(w, d)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		public := i.served
		if public == nil {
			public = &i.key.PublicKey
		}
		i.write(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: public, KeyID: i.kid, Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/userinfo", func(w http.ResponseWriter, _ *http.Request) { i.write(w, i.userinfo) })
	mux.HandleFunc("/token", i.token)
	i.server = httptest.NewServer(mux)
	t.Cleanup(i.server.Close)
	return i
}

func (i *issuer) write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// rotate makes a new key under that name.
func (i *issuer) rotate(kid string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	i.key, i.kid = key, kid
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	i.seen = r.PostForm
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !i.codes[r.PostFormValue("code")] || base64.RawURLEncoding.EncodeToString(challenge[:]) != i.asked.Get("code_challenge") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		i.write(w, map[string]string{"error": "invalid_grant"})
		return
	}
	delete(i.codes, r.PostFormValue("code"))
	claims := map[string]any{"iss": i.server.URL, "aud": "purser", "sub": "s-ada", "exp": i.clock.now.Add(time.Hour).Unix(), "iat": i.clock.now.Unix(),
		"nonce": i.asked.Get("nonce")}
	if i.nonce != "" {
		claims["nonce"] = i.nonce
	}
	access := i.hashOf
	if access == "" {
		access = "access"
	}
	sum := sha256.Sum256([]byte(access))
	claims["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16])
	for name, v := range i.claims {
		if claims[name] = v; v == nil {
			delete(claims, name)
		}
	}
	i.write(w, map[string]any{"access_token": "access", "token_type": "Bearer", "id_token": i.sign(claims)})
}

func (i *issuer) sign(claims map[string]any) string {
	body, err := json.Marshal(claims)
	if err != nil {
		i.t.Fatal(err)
	}
	if i.none {
		b64 := base64.RawURLEncoding
		return b64.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + b64.EncodeToString(body) + "."
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: i.kid}}, nil)
	if err != nil {
		i.t.Fatal(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		i.t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		i.t.Fatal(err)
	}
	return text
}

// signIn plays the browser at the provider: it comes back with a code.
func (i *issuer) signIn(to string) url.Values {
	i.t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		i.t.Fatal(err)
	}
	i.asked = u.Query()
	if i.asked.Get("response_type") != "code" || i.asked.Get("code_challenge_method") != "S256" || i.asked.Get("nonce") == "" {
		i.t.Errorf("asked with %v", i.asked)
	}
	i.made++
	code := fmt.Sprintf("code-%d", i.made)
	i.codes[code] = true
	return url.Values{"code": {code}, "state": {i.asked.Get("state")}}
}

// withProvider is a service whose people sign in at i.
func withProvider(t *testing.T, db *store.DB, c *clock, i *issuer, a login.Admission) *login.Service {
	t.Helper()
	provider, err := oidc.New(oidc.Options{Issuer: i.server.URL, ClientID: "purser", Secret: "secret", Name: "Acme ID", Want: a.Wants(),
		HTTP: &http.Transport{}, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	s, err := login.New(login.Options{DB: db, Now: c.Now, Sealer: box{}, OpenID: &login.OpenID{Provider: provider, Admission: a}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func admission(t *testing.T, require, roles []string) login.Admission {
	t.Helper()
	a, err := login.NewAdmission(require, "", roles)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const back = "http://127.0.0.1:8080/sign-in/callback"

// travel goes to the provider and back with a purpose, as the one of ctx.
func travel(ctx context.Context, t *testing.T, s *login.Service, i *issuer, trip login.Trip) (login.Arrival, error) {
	t.Helper()
	trip.Redirect = back
	to, browser, err := s.Depart(ctx, trip)
	if err != nil {
		t.Fatal(err)
	}
	return s.Arrive(ctx, browser, i.signIn(to), origin)
}

// refusedFor wants a refusal whose words hold what is given.
func refusedFor(t *testing.T, name string, err error, words string) {
	t.Helper()
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok || !strings.Contains(p.What, words) || p.Hint == "" {
		t.Errorf("%s: got %v, want a refusal that says %q and what to do", name, err, words)
	}
}
