package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// grant is what one made-up token stands for.
type grant struct {
	vendor  string
	kind    string // "bot", "user" …
	subject string
	scopes  []string
	expires time.Time // zero: never
	jkt     string    // the proof key that the token is bound to
	tenants []string
	session string // tokens of one consent
}

// code is an authorization code that waits to be redeemed.
type code struct {
	vendor, client, redirect, challenge, method string
	scopes, userScopes, tenants                 []string
	expires                                     time.Time
}

type tokenBook struct {
	access  map[string]*grant
	refresh map[string]*grant
	spent   map[string]bool // refresh tokens that were rotated away
	codes   map[string]*code
	dead    map[string]bool // access tokens that were revoked rather than unknown
	seen    map[string]bool // ids of assertions and proofs
	calls   map[string]int  // requests to token endpoints, by vendor and grant type
	issued  map[string]int
}

func newTokenBook() tokenBook {
	return tokenBook{access: map[string]*grant{}, refresh: map[string]*grant{}, spent: map[string]bool{}, codes: map[string]*code{},
		dead: map[string]bool{}, seen: map[string]bool{}, calls: map[string]int{}, issued: map[string]int{}}
}

// secret makes an unguessable text with a prefix that says what it is.
func (s *Sandbox) secret(prefix string) string {
	raw := make([]byte, 24)
	if _, err := io.ReadFull(s.opts.Rand, raw); err != nil {
		panic(fmt.Sprintf("sandbox: no randomness for a token: %v", err))
	}
	return prefix + base64.RawURLEncoding.EncodeToString(raw)
}

// issue books an access token.
func (s *Sandbox) issue(prefix string, g grant) string {
	t := s.secret(prefix)
	s.book.access[t] = &g
	s.book.issued[g.vendor]++
	return t
}

// bearer finds the grant of a request's bearer token. Dead and expired tokens
// come back as nil with a word for why.
func (x *exchange) bearer(vendor, scheme string) (token string, g *grant, why string) {
	got, rest, ok := strings.Cut(x.r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(got, scheme) || rest == "" {
		return "", nil, "missing"
	}
	return x.lookup(vendor, rest)
}

func (x *exchange) lookup(vendor, token string) (string, *grant, string) {
	g := x.s.book.access[token]
	switch {
	case x.s.book.dead[token]:
		return token, nil, "revoked"
	case g == nil || g.vendor != vendor:
		return token, nil, "unknown"
	case !g.expires.IsZero() && !x.now.Before(g.expires):
		return token, nil, "expired"
	}
	return token, g, ""
}

func (g *grant) has(scopes ...string) bool {
	return slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(g.scopes, s) })
}

// client reads the client's id and secret from the basic header or the form, as
// both vendors with browser consent accept them.
func (x *exchange) client() (id, secret string) {
	if u, p, ok := x.r.BasicAuth(); ok {
		return u, p
	}
	f := x.form()
	return f.Get("client_id"), f.Get("client_secret")
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// proves checks a code verifier against the challenge of the authorize request.
func (c *code) proves(verifier string) bool {
	switch {
	case c.challenge == "":
		return verifier == ""
	case c.method == "plain":
		return same(verifier, c.challenge)
	default:
		sum := sha256.Sum256([]byte(verifier))
		return same(base64.RawURLEncoding.EncodeToString(sum[:]), c.challenge)
	}
}

// registered says whether a redirect address is one of the app's.
func (s *Sandbox) registered(uri string) bool {
	return uri != "" && (len(s.opts.RedirectURIs) == 0 || slices.Contains(s.opts.RedirectURIs, uri))
}

// noStore marks a token answer as RFC 6749 asks.
func noStore(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
}
