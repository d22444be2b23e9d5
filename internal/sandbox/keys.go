package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// rsaKey is a client's key pair; the vendors hold the public half only.
type rsaKey struct {
	private *rsa.PrivateKey
	pem     string
}

// keyPair makes a key pair when it is first needed, for it takes a while, unless one is given.
func keyPair(k *rsa.PrivateKey) func() rsaKey {
	return sync.OnceValue(func() rsaKey {
		if k == nil {
			var err error
			if k, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
				panic(fmt.Sprintf("sandbox: no key: %v", err))
			}
		}
		der, err := x509.MarshalPKCS8PrivateKey(k)
		if err != nil {
			panic(fmt.Sprintf("sandbox: no key: %v", err))
		}
		return rsaKey{private: k, pem: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}
	})
}

// assertion is a client's signed statement about itself.
type assertion struct {
	jwt.Claims
	Scope string `json:"scope"`
	keyID string
}

// verify checks an assertion's signature and times; problem is empty where it is good.
func (k rsaKey) verify(raw string, audience string, now time.Time, longest time.Duration) (a assertion, problem string) {
	tok, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.PS256})
	if err != nil {
		return a, "it is not a signed token of an accepted algorithm"
	}
	if err := tok.Claims(&k.private.PublicKey, &a); err != nil {
		return a, "its signature is not valid"
	}
	a.keyID = tok.Headers[0].KeyID
	switch {
	case a.Expiry == nil:
		return a, "it has no exp"
	case !a.Expiry.Time().After(now):
		return a, "it has expired"
	case a.Expiry.Time().After(now.Add(longest + time.Minute)):
		return a, "it expires too far in the future"
	case a.IssuedAt != nil && a.IssuedAt.Time().After(now.Add(5*time.Minute)):
		return a, "it was issued in the future"
	case !a.Audience.Contains(audience):
		return a, "its aud is not this endpoint"
	}
	return a, ""
}
