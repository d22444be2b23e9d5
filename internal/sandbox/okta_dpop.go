package sandbox

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// proof is a DPoP proof as RFC 9449 describes it (read 2026-11).
type proof struct {
	ID     string           `json:"jti"`
	Method string           `json:"htm"`
	URL    string           `json:"htu"`
	Issued *jwt.NumericDate `json:"iat"`
	Nonce  string           `json:"nonce"`
	Ath    string           `json:"ath"`
}

// readProof checks a proof against the request and returns the thumbprint of its key.
func (o *okta) readProof(x *exchange) (p proof, jkt, problem string) {
	values := x.r.Header.Values("DPoP")
	if len(values) != 1 {
		return p, "", "The DPoP proof JWT header is missing."
	}
	tok, err := jwt.ParseSigned(values[0], []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512})
	if err != nil || len(tok.Headers) != 1 {
		return p, "", "The proof is not a signed token."
	}
	h := tok.Headers[0]
	if h.JSONWebKey == nil || !h.JSONWebKey.IsPublic() || h.ExtraHeaders[jose.HeaderType] != "dpop+jwt" {
		return p, "", "The proof's header needs typ dpop+jwt and a public jwk."
	}
	if err := tok.Claims(h.JSONWebKey, &p); err != nil {
		return p, "", "The proof's signature is not valid."
	}
	sum, err := h.JSONWebKey.Thumbprint(crypto.SHA256)
	if err != nil {
		return p, "", "The proof's key is not valid."
	}
	switch {
	case p.Method != x.r.Method || p.URL != "https://"+oktaHost+x.r.URL.Path:
		return p, "", "The proof's htm or htu is not this request's."
	case p.Issued == nil || x.now.Sub(p.Issued.Time()).Abs() > 5*time.Minute:
		return p, "", "The proof's iat is missing or too old."
	case p.ID == "" || o.s.book.seen["okta proof "+p.ID]:
		return p, "", "The proof's jti is missing or was used before."
	}
	o.s.book.seen["okta proof "+p.ID] = true
	return p, base64.RawURLEncoding.EncodeToString(sum), ""
}

// nonce makes a nonce of one of the two stores.
func (o *okta) nonce(store string) string {
	n := o.s.secret("")
	o.nonces[store+n] = true
	return n
}

func (o *okta) tokenProof(x *exchange, oauth func(int, string, string)) (string, bool) {
	p, jkt, problem := o.readProof(x)
	if problem != "" {
		oauth(http.StatusBadRequest, "invalid_dpop_proof", problem)
		return "", false
	}
	if !o.nonces["token "+p.Nonce] {
		x.w.Header().Set("dpop-nonce", o.nonce("token "))
		oauth(http.StatusBadRequest, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.")
		return "", false
	}
	own := jose.JSONWebKey{Key: &o.key().private.PublicKey}
	if sum, err := own.Thumbprint(crypto.SHA256); err == nil && base64.RawURLEncoding.EncodeToString(sum) == jkt {
		oauth(http.StatusBadRequest, "invalid_dpop_proof", "The proof's key must not be the client's key.")
		return "", false
	}
	return jkt, true
}

func (o *okta) resourceProof(x *exchange, token string, g *grant) bool {
	refuse := func(code, text string) bool {
		x.w.Header().Set("WWW-Authenticate", `DPoP realm="https://`+oktaHost+`", error="`+code+`", error_description="`+text+`"`)
		x.w.WriteHeader(http.StatusUnauthorized)
		return false
	}
	p, jkt, problem := o.readProof(x)
	if problem != "" {
		return refuse("invalid_dpop_proof", problem)
	}
	sum := sha256.Sum256([]byte(token))
	if jkt != g.jkt || p.Ath != base64.RawURLEncoding.EncodeToString(sum[:]) {
		return refuse("invalid_dpop_proof", "The proof is not of this token.")
	}
	if !o.nonces["resource "+p.Nonce] {
		x.w.Header().Set("DPoP-Nonce", o.nonce("resource "))
		return refuse("use_dpop_nonce", "Resource server requires nonce in DPoP proof.")
	}
	return true
}
