package credential

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
)

// proofKey is the key of a credential's proofs of possession (RFC 9449), ready for use.
type proofKey struct {
	raw    string // the PKCS#8 that it was read from
	key    *ecdsa.PrivateKey
	public map[string]any // as a JWK
}

// newProofKey makes a key for proofs. It is never the key that signs assertions.
func newProofKey(random io.Reader) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), random)
	if err != nil {
		return nil, fmt.Errorf("make a key for proofs of possession: %w", err)
	}
	return x509.MarshalPKCS8PrivateKey(key)
}

func (s *Session) proofKey(o *opened) (*proofKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proofs != nil && s.proofs.raw == string(o.ring.DPoP) {
		return s.proofs, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(o.ring.DPoP)
	key, ok := parsed.(*ecdsa.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("the stored key for proofs of possession is not readable")
	}
	point, err := key.PublicKey.Bytes()
	if err != nil || len(point) != 65 {
		return nil, errors.New("the stored key for proofs of possession is not readable")
	}
	s.proofs = &proofKey{raw: string(o.ring.DPoP), key: key, public: map[string]any{
		"kty": "EC", "crv": "P-256", "x": encode64(point[1:33]), "y": encode64(point[33:])}}
	return s.proofs, nil
}

// proof signs one proof for one request; access is the token that goes with it, "" at the token endpoint.
func (s *Session) proof(o *opened, method string, u *url.URL, access string) (string, error) {
	key, err := s.proofKey(o)
	if err != nil {
		return "", err
	}
	id := make([]byte, 16)
	if _, err := io.ReadFull(s.broker.Rand, id); err != nil {
		return "", errors.New("no randomness for a proof of possession")
	}
	target := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	claims := map[string]any{"htm": method, "htu": target.String(), "iat": s.broker.Now().Unix(), "jti": hex.EncodeToString(id)}
	if access != "" {
		sum := sha256.Sum256([]byte(access))
		claims["ath"] = encode64(sum[:])
	}
	s.mu.Lock()
	if nonce := s.nonces[nonceKey(u, access)]; nonce != "" {
		claims["nonce"] = nonce
	}
	s.mu.Unlock()
	return signJWT("ES256", key.key, map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": key.public}, claims, rand.Reader)
}

// nonceKey keeps the nonces of a token endpoint apart from those of the interface on the same host.
func nonceKey(u *url.URL, access string) string {
	if access == "" {
		return u.Host + " token"
	}
	return u.Host
}
