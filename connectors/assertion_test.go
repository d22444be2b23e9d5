package connectors_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"purser/connectors"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/manifest"
	"purser/internal/trial"
)

// claimed is what the vendor's documentation wants in a signed assertion, beside
// the time: of the entered values, x-<field> stands for one.
func claimed() map[string]map[string]any {
	const netsuite = "https://123456-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
	return map[string]map[string]any{
		"auth0 private_key": {"kid": "x-key_id", "iss": "x-client_id", "sub": "x-client_id", "aud": "https://acme.eu.auth0.com/"},
		"microsoft-entra certificate": {"iss": "x-client_id", "sub": "x-client_id",
			"aud": "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token"},
		"docusign service": {"iss": "x-client_id", "sub": "x-user_id", "aud": "account.docusign.com", "scope": "impersonation"},
		"github app":       {"iss": "x-app_id"},
		"netsuite m2m":     {"kid": "x-key_id", "iss": "x-client_id", "scope": "rest_webservices", "aud": netsuite},
		"salesforce jwt":   {"iss": "x-client_id", "sub": "x-user", "aud": "https://acme.my.salesforce.com"},
		"servicenow jwt":   {"kid": "x-key_id", "iss": "x-client_id", "aud": "x-client_id", "sub": "x-user"},
		"okta service_app": {"kid": "x-key_id", "iss": "x-client_id", "sub": "x-client_id", "aud": "https://acme.okta.com/oauth2/v1/token"},
	}
}

// Each assertion that a connector signs is verified by another implementation,
// has the signature that the manifest names, and lives as long as it says.
func TestEachSignedAssertionIsVerifiedByAnotherImplementation(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range connectors.Names() {
		m := decoded(t, name)
		for i := range m.Auth {
			auth := &m.Auth[i]
			if auth.Assertion == nil {
				continue
			}
			t.Run(name+" "+auth.Name, func(t *testing.T) {
				seen[name+" "+auth.Name] = true
				key, text := signingKey(t, auth.Assertion.Alg)
				form, bearer := tokenRequest(t, m, auth, text)
				token := form.Get("client_assertion") + form.Get("assertion")
				if token == "" {
					token = bearer
				}
				signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(auth.Assertion.Alg)})
				if err != nil {
					t.Fatal(err)
				}
				payload, err := signed.Verify(key)
				if err != nil {
					t.Fatal(err)
				}
				said := map[string]any{"kid": signed.Signatures[0].Header.KeyID}
				if err := json.Unmarshal(payload, &said); err != nil {
					t.Fatal(err)
				}
				life, _ := said["exp"].(float64)
				from, _ := said["iat"].(float64)
				if life <= from || life-from > time.Hour.Seconds() || said["jti"] == "" {
					t.Errorf("it lives from %v to %v, named %v", said["iat"], said["exp"], said["jti"])
				}
				for claim, want := range claimed()[name+" "+auth.Name] {
					if said[claim] != want {
						t.Errorf("%s is %v, want %v", claim, said[claim], want)
					}
				}
				if name == "salesforce" && life-from > 180 {
					t.Error("Salesforce takes three minutes at most")
				}
			})
		}
	}
	for way := range claimed() {
		if !seen[way] {
			t.Errorf("no connector signs as %s any more", way)
		}
	}
}

func signingKey(t *testing.T, alg string) (public any, text string) {
	t.Helper()
	var key any
	curve := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}[alg]
	if curve != nil {
		k, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, public = k, k.Public()
	} else {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		key, public = k, k.Public()
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return public, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
}

// tokenRequest has a token asked for with made-up values, and returns what was sent.
func tokenRequest(t *testing.T, m *manifest.Manifest, auth *manifest.Auth, key string) (form url.Values, bearer string) {
	t.Helper()
	given := map[string]string{}
	for _, s := range m.Settings {
		given[s.Name] = s.Default
		if s.Default == "" {
			given[s.Name] = s.Example
		}
	}
	settings, _, err := m.CheckSettings(given)
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := m.HostsFor(settings)
	if err != nil {
		t.Fatal(err)
	}
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		if r.PostForm != nil && form == nil {
			form, bearer = r.PostForm, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"canary-access","token":"canary-access","token_type":"Bearer","expires_in":3600}`))
	}))
	t.Cleanup(vendor.Close)
	to, err := egress.ParseVendorMap(vendorMap(hosts, vendor.URL, vendor.URL))
	if err != nil {
		t.Fatal(err)
	}
	sealer, _, err := credential.OpenKeyFile(filepath.Join(t.TempDir(), "key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	at := &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	store := trial.NewVault()
	broker := credential.NewBroker(credential.Options{Store: store, Flows: store, Sealer: sealer, HTTP: egress.New(egress.Options{VendorMap: to}).Transport(),
		UserAgent: "Purser/test", Holder: "test", Now: at.Now, Sleep: at.Sleep, Rand: rand.Reader})
	values := map[string]string{}
	for _, f := range auth.Fields {
		switch values[f.Name] = "x-" + f.Name; f.Format {
		case "pem":
			values[f.Name] = key
		case "email":
			values[f.Name] = "admin@example.com"
		case "json":
			file, _ := json.Marshal(map[string]string{"private_key": key, "private_key_id": "x-kid", "client_email": "robot@example.com"})
			values[f.Name] = string(file)
		}
	}
	entry := credential.Entry{CredentialID: "crd_1", InstanceID: "ins_1", Connector: m.Name, Auth: auth, Pins: hosts, Values: values}
	if err := broker.Enter(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
	s := broker.Session(credential.Use{CredentialID: "crd_1", Auth: auth, Settings: settings, Pins: hosts})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+strings.TrimPrefix(hosts[0], "*.")+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authorize(t.Context(), r, "", nil, ""); err != nil {
		t.Fatal(err)
	}
	if r.Header.Get("Authorization") != "Bearer canary-access" {
		t.Errorf("the token is sent as %q", r.Header.Get("Authorization"))
	}
	return form, bearer
}
