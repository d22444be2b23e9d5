package login

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
)

// newSecret returns 256 bits of randomness as text that fits a cookie and a link.
func newSecret(rand io.Reader) (string, error) {
	var raw [32]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", fmt.Errorf("no randomness for a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

// digest is how a secret is kept. It is looked up by digest: what a comparison of
// digests could tell by its time is of no use without the secret.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// csrfOf derives the token that forms of a session carry: whoever can compute it
// has the cookie, and it does not give the cookie away.
func csrfOf(cookie string) string {
	sum := sha256.Sum256([]byte("purser csrf\x00" + cookie))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
