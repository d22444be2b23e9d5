package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // for RS256, PS256, ES256
	_ "crypto/sha512" // for the longer ones
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// ParsePrivateKey reads a private key in PEM form (PKCS#8, PKCS#1, SEC 1) or as
// a JWK. Line ends that were pasted as \n are understood. The error never quotes the text.
func ParsePrivateKey(text string) (crypto.Signer, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		var jwk jose.JSONWebKey
		if jwk.UnmarshalJSON([]byte(text)) != nil || jwk.IsPublic() || !jwk.Valid() {
			return nil, errors.New("the JWK is not a private key")
		}
		signer, ok := jwk.Key.(crypto.Signer)
		if !ok {
			return nil, errors.New("the JWK is of a kind that cannot sign")
		}
		return signer, nil
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, `\n`, "\n")
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the private key is not in PEM form")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		if strings.Contains(block.Type, "ENCRYPTED") {
			return nil, errors.New("the private key is encrypted with a passphrase; remove it first")
		}
		return nil, fmt.Errorf("the PEM block %q is not a private key that can be read", block.Type)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the private key is of a kind that cannot sign")
	}
	return signer, nil
}

// signJWT returns the compact form of a JWT.
func signJWT(alg string, key crypto.Signer, header, claims map[string]any, random io.Reader) (string, error) {
	h, err := json.Marshal(header)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	c, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	input := encode64(h) + "." + encode64(c)
	signature, err := sign(alg, key, []byte(input), random)
	if err != nil {
		return "", err
	}
	return input + "." + encode64(signature), nil
}

func sign(alg string, key crypto.Signer, input []byte, random io.Reader) ([]byte, error) {
	if len(alg) != 5 {
		return nil, fmt.Errorf("unknown signature %q", alg)
	}
	hash, ok := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[alg[2:]]
	if !ok {
		return nil, fmt.Errorf("unknown signature %q", alg)
	}
	digest := hash.New()
	digest.Write(input)
	sum := digest.Sum(nil)
	switch k := key.(type) {
	case *rsa.PrivateKey:
		switch alg[:2] {
		case "RS":
			return rsa.SignPKCS1v15(random, k, hash, sum)
		case "PS":
			return rsa.SignPSS(random, k, hash, sum, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
	case *ecdsa.PrivateKey:
		curve := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}[alg]
		if curve != k.Curve {
			break
		}
		r, s, err := ecdsa.Sign(random, k, sum)
		if err != nil {
			return nil, fmt.Errorf("sign a token: %w", err)
		}
		size := (k.Curve.Params().BitSize + 7) / 8
		out := make([]byte, 2*size)
		r.FillBytes(out[:size])
		s.FillBytes(out[size:])
		return out, nil
	}
	return nil, fmt.Errorf("the private key does not fit the signature %s", alg)
}
