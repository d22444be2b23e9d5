package credential_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"purser/internal/manifest"
)

// proofOf verifies a proof by the key that it carries.
func proofOf(t *testing.T, token string) (thumb string, said map[string]any) {
	t.Helper()
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	h := signed.Signatures[0].Header
	if h.ExtraHeaders["typ"] != "dpop+jwt" || h.JSONWebKey == nil || !h.JSONWebKey.IsPublic() {
		t.Fatalf("header %+v", h)
	}
	payload, err := signed.Verify(h.JSONWebKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(payload, &said); err != nil {
		t.Fatal(err)
	}
	sum, err := h.JSONWebKey.Thumbprint(5) // crypto.SHA256
	if err != nil {
		t.Fatal(err)
	}
	return string(sum), said
}

func TestAProofOfPossessionIsGivenWhenDemandedWithTheVendorsNonce(t *testing.T) {
	var proofs []string
	h := newHouse(t, func(n int, c tokenCall, w http.ResponseWriter) {
		proofs = append(proofs, c.header.Get("DPoP"))
		switch n {
		case 1:
			say(w, 400, map[string]any{"error": "invalid_dpop_proof", "error_description": "The DPoP proof JWT header is missing."})
		case 2:
			w.Header().Set("DPoP-Nonce", "nonce-1")
			say(w, 400, map[string]any{"error": "use_dpop_nonce"})
		default:
			say(w, 200, map[string]any{"access_token": "bound", "token_type": "DPoP", "expires_in": 3600})
		}
	})
	auth := codeAuth()
	auth.Grant, auth.DPoP = "client_credentials", "when_demanded"
	auth.Send = manifest.Send{Header: []manifest.Pair{{Name: "Authorization", Values: []string{"Bearer ${token}"}}}}
	h.enter(auth, clientValues())
	s := h.broker("node").Session(h.use(auth))
	r, _, err := authorize(t.Context(), s, "", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(proofs) != 3 || proofs[0] != "" {
		t.Fatalf("%d token requests, first proof %q", len(proofs), proofs[0])
	}
	thumb, said := proofOf(t, proofs[2])
	if said["nonce"] != "nonce-1" || said["htm"] != "POST" || said["htu"] != "https://"+vendorHost+"/token" || said["ath"] != nil || said["jti"] == "" {
		t.Errorf("%v", said)
	}
	sum := sha256.Sum256([]byte("bound"))
	again, at := proofOf(t, r.Header.Get("DPoP"))
	if r.Header.Get("Authorization") != "DPoP bound" || again != thumb || at["ath"] != base64.RawURLEncoding.EncodeToString(sum[:]) ||
		at["htm"] != "GET" || at["htu"] != "https://"+vendorHost+"/api/users" || at["nonce"] != nil {
		t.Errorf("%s %v", r.Header.Get("Authorization"), at)
	}
	// The interface asks for its own nonce: once the same request with it, then it is known.
	answer := &http.Response{StatusCode: 401, Header: http.Header{"Dpop-Nonce": {"nonce-2"}, "Www-Authenticate": {`DPoP error="use_dpop_nonce"`}}}
	if !s.Answered(r, answer) || s.Answered(r, answer) {
		t.Error("a new nonce is worth one repetition, a known one none")
	}
	r, _, err = authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if later, _ := proofOf(t, r.Header.Get("DPoP")); later != thumb {
		t.Error("a bound token is used with another key")
	}
	r, _, _ = authorize(t.Context(), s, "", nil, "")
	if _, at := proofOf(t, r.Header.Get("DPoP")); at["nonce"] != "nonce-2" {
		t.Errorf("%v", at)
	}
}
