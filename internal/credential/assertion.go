package credential

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"time"

	"purser"
)

// assertion signs the JWT of an auth entry with the credential's private key.
func (s *Session) assertion(o *opened, v values, b *Broker) (string, error) {
	rule := s.use.Auth.Assertion
	if rule == nil {
		return "", errors.New("the manifest asks for an assertion without saying what stands in it")
	}
	keyText, err := v.expand(orElse(rule.Key, "${secret.private_key}"))
	if err != nil {
		return "", err
	}
	key, err := ParsePrivateKey(keyText)
	if err != nil {
		return "", &purser.Error{Class: purser.ClassConfig, Code: "private_key", Field: "private_key", What: err.Error(),
			Hint: "Enter the private key in PEM form (BEGIN PRIVATE KEY) or as a JWK."}
	}
	header := map[string]any{"alg": rule.Alg, "typ": "JWT"}
	for _, p := range rule.Header {
		text, err := v.expand(p.Value())
		if err != nil {
			return "", err
		}
		if text != "" {
			header[p.Name] = text
		}
	}
	life := rule.TTL.Std()
	if life <= 0 {
		life = 5 * time.Minute
	}
	now := b.Now()
	id := make([]byte, 16)
	if _, err := io.ReadFull(b.Rand, id); err != nil {
		return "", errors.New("no randomness for an assertion")
	}
	from := now.Add(-rule.Back.Std())
	claims := map[string]any{"iat": from.Unix(), "exp": from.Add(life).Unix(), "jti": hex.EncodeToString(id)}
	for _, p := range rule.Claims {
		text, err := v.expand(p.Value())
		if err != nil {
			return "", err
		}
		claims[p.Name] = text
		if len(p.Values) > 1 {
			list := make([]string, 0, len(p.Values))
			for _, one := range p.Values {
				text, err := v.expand(one)
				if err != nil {
					return "", err
				}
				list = append(list, text)
			}
			claims[p.Name] = list
		}
	}
	for _, name := range []string{"iat", "exp", "nbf"} {
		if text, ok := claims[name].(string); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				claims[name] = n
			}
		}
	}
	return signJWT(rule.Alg, key, header, claims, rand.Reader)
}

func encode64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
