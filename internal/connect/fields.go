package connect

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/mail"
	"sort"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"purser"
	"purser/internal/manifest"
)

// maxField is the longest field of a credential: key files are about 3 KB.
const maxField = 64 << 10

// CheckFields returns the fields of a credential as they are sealed. A refusal
// names the field and never repeats any of its value.
func CheckFields(auth *manifest.Auth, given map[string]string) (map[string]string, error) {
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if fieldOf(auth, name) == nil {
			return nil, purser.Invalid(name, "this way to authorize has no field %q", name)
		}
	}
	kept := make(map[string]string, len(auth.Fields))
	for i := range auth.Fields {
		f := &auth.Fields[i]
		v := strings.TrimSpace(given[f.Name])
		if v == "" {
			if f.Optional {
				continue
			}
			p := purser.Invalid(f.Name, "%s is missing", labelOf(f.Label, f.Name))
			p.Hint = f.Help
			return nil, p
		}
		if err := checkField(f, v); err != nil {
			return nil, err
		}
		kept[f.Name] = v
	}
	return kept, nil
}

func fieldOf(auth *manifest.Auth, name string) *manifest.CredentialField {
	for i := range auth.Fields {
		if auth.Fields[i].Name == name {
			return &auth.Fields[i]
		}
	}
	return nil
}

func checkField(f *manifest.CredentialField, v string) error {
	label := labelOf(f.Label, f.Name)
	if len(v) > maxField {
		return purser.Invalid(f.Name, "%s is longer than 64 KB", label)
	}
	switch f.Format {
	case "pem":
		return checkKey(f.Name, label, v)
	case "json":
		return checkKeyFile(f.Name, label, v)
	case "email":
		if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
			return purser.Invalid(f.Name, "%s must be an e-mail address", label)
		}
	default:
		if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			p := purser.Invalid(f.Name, "%s holds a line break or another control character", label)
			p.Hint = "Copy it again, in one line"
			return p
		}
	}
	return nil
}

// checkKey accepts a private key as PEM or as JWK, and says what was pasted
// where it is the wrong half or sealed with a pass phrase.
func checkKey(name, label, v string) error {
	if strings.HasPrefix(v, "{") {
		return checkJWK(name, label, v)
	}
	block, _ := pem.Decode([]byte(v))
	if block == nil {
		p := purser.Invalid(name, "%s is neither a PEM block nor a JWK", label)
		p.Hint = "Paste the whole file, from -----BEGIN to -----END"
		return p
	}
	switch {
	case strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "":
		p := purser.Invalid(name, "%s is protected by a pass phrase", label)
		p.Hint = "Make a key without one: it is sealed here under your own key"
		return p
	case strings.Contains(block.Type, "PUBLIC") || strings.Contains(block.Type, "CERTIFICATE"):
		p := purser.Invalid(name, "%s must be the private half; this is the public one", label)
		p.Hint = "Choose the file that starts with -----BEGIN PRIVATE KEY-----"
		return p
	}
	if !privateKeyDER(block.Bytes) {
		return purser.Invalid(name, "%s is not a private key that can be read (RSA, EC or Ed25519)", label)
	}
	return nil
}

func privateKeyDER(der []byte) bool {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		switch key.(type) {
		case *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey:
			return true
		}
		return false
	}
	if _, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return true
	}
	_, err := x509.ParseECPrivateKey(der)
	return err == nil
}

func checkJWK(name, label, v string) error {
	var key jose.JSONWebKey
	if err := json.Unmarshal([]byte(v), &key); err != nil || !key.Valid() {
		return purser.Invalid(name, "%s is not a JWK that can be read", label)
	}
	if key.IsPublic() {
		p := purser.Invalid(name, "%s must be the private half; this JWK is the public one", label)
		p.Hint = "Copy the key pair as the vendor's console shows it once, with its member d"
		return p
	}
	return nil
}

// checkKeyFile accepts a JSON key file. Where it holds a private key, the key
// must be readable, so that a cut copy is found here and not at the first sync.
func checkKeyFile(name, label, v string) error {
	var parts map[string]any
	if err := json.Unmarshal([]byte(v), &parts); err != nil {
		p := purser.Invalid(name, "%s is not a JSON file", label)
		p.Hint = "Paste the whole file, from { to }"
		return p
	}
	raw, has := parts["private_key"]
	if !has {
		p := purser.Invalid(name, "%s holds no private_key", label)
		p.Hint = "Download the key of the service account as JSON; the client's file (client_secret_….json) is another one"
		return p
	}
	key, _ := raw.(string)
	if err := checkKey(name, label+" (private_key)", strings.TrimSpace(key)); err != nil {
		return err
	}
	return nil
}
