package credential

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"purser/internal/egress"
	"purser/internal/manifest"
)

// Use is a credential with what its use needs to know.
type Use struct {
	CredentialID string
	Auth         *manifest.Auth
	Settings     map[string]string
	Pins         egress.Pins         // hosts derived from manifest and settings
	Scopes       map[string][]string // by token name ("" for the only one): the scopes of all enabled tasks
	Record       func(TokenRequest)  // for the log of a run; may be nil
	// Apart obtains a token of its own for the scopes of each request, where none
	// needs a person: what reads never holds a token that may write.
	Apart bool
}

// TokenRequest is one request to a token endpoint, for the log of a run.
type TokenRequest struct {
	At       time.Time
	Host     string
	Path     string
	Grant    string // grant_type
	Status   int    // 0 if nothing came
	Duration time.Duration
	Bytes    int64
}

// Session lends one credential to one piece of work (a run, a test). It
// remembers what it was lent, so that most requests cost nothing. It is safe for
// concurrent use.
type Session struct {
	broker *Broker
	use    Use

	mu      sync.Mutex
	last    *opened
	secrets []string          // everything that must never be shown
	nonces  map[string]string // DPoP nonces by host
	proofs  *proofKey
}

// Session begins a piece of work with a credential.
func (b *Broker) Session(u Use) *Session {
	return &Session{broker: b, use: u, nonces: map[string]string{}}
}

// Widen adds scopes to those that are asked for, by token name.
func (s *Session) Widen(scopes map[string][]string) {
	all := map[string][]string{}
	for token, names := range s.use.Scopes {
		all[token] = slices.Clone(names)
	}
	for token, names := range scopes {
		for _, name := range names {
			if !slices.Contains(all[token], name) {
				all[token] = append(all[token], name)
			}
		}
	}
	s.use.Scopes = all
}

// Authorize puts the credential on r and returns a name for what it put there.
// token names the token that a stream wants ("" for the only one), scopes the
// stream's scopes. After a 401, refused is the name that Authorize returned for
// the refused attempt: the token is refreshed once, or read again; if the same
// name comes back there is nothing else to try.
func (s *Session) Authorize(ctx context.Context, r *http.Request, token string, scopes []string, refused string) (string, error) {
	if s.use.Auth.Grant == "static" {
		return s.putStatic(ctx, r, token, refused)
	}
	if s.use.Auth.Grant == "oauth1" {
		return s.sign(ctx, r, refused)
	}
	t, err := s.token(ctx, token, scopes, refused)
	if err != nil {
		return "", err
	}
	return t.grip(), s.putToken(r, t)
}

// Answered looks at an answer before anybody else does. It reports true if the
// vendor asks for the same request with a fresh proof.
func (s *Session) Answered(r *http.Request, answer *http.Response) bool {
	nonce := answer.Header.Get("DPoP-Nonce")
	if nonce == "" || r.Header.Get("DPoP") == "" {
		return false
	}
	s.mu.Lock()
	known := s.nonces[r.URL.Host] == nonce
	s.nonces[r.URL.Host] = nonce
	s.mu.Unlock()
	return !known && answer.StatusCode == http.StatusUnauthorized &&
		strings.Contains(strings.Join(answer.Header.Values("WWW-Authenticate"), ","), "use_dpop_nonce")
}

// Granted returns the scopes that the vendor said it granted to a token; known
// is false if it did not say.
func (s *Session) Granted(ctx context.Context, token string) (scopes []string, known bool, err error) {
	o, err := s.broker.open(ctx, s)
	if err != nil {
		return nil, false, err
	}
	t, ok := o.ring.Tokens[tokenKey(token, nil)]
	return t.Scopes, ok && t.ScopesOK, nil
}

// Answer returns what the vendor said with the grant, without the tokens; nil if
// there was no grant. What needs no person to be granted is obtained first.
func (s *Session) Answer(ctx context.Context) (json.RawMessage, error) {
	o, err := s.broker.open(ctx, s)
	if err != nil {
		return nil, err
	}
	if grant := s.use.Auth.Grant; o.ring.Answer == nil && grant != "code" && grant != "static" && grant != "oauth1" {
		if _, err := s.token(ctx, "", s.use.Scopes[""], ""); err != nil {
			return nil, err
		}
		if o, err = s.broker.open(ctx, s); err != nil {
			return nil, err
		}
	}
	return o.ring.Answer, nil
}

// Redact replaces every secret that this session has seen.
func (s *Session) Redact(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range s.secrets {
		if strings.Contains(text, secret) {
			text = strings.ReplaceAll(text, secret, "[secret]")
		}
	}
	return text
}

func (s *Session) values(o *opened) values {
	return values{settings: s.use.Settings, secret: o.secret}
}

// learn remembers an opened credential and its secrets.
func (s *Session) learn(o *opened) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = o
	for _, f := range s.use.Auth.Fields {
		if f.Shown {
			continue
		}
		s.hide(o.secret[f.Name])
		if f.Format == "json" {
			key, _ := jsonPart(o.secret[f.Name], "private_key")
			s.hide(key)
		}
	}
	for _, t := range o.ring.Tokens {
		s.hide(t.Access)
		s.hide(t.Refresh)
	}
}

// hide adds the forms in which a secret could appear somewhere. The caller holds the lock.
func (s *Session) hide(secret string) {
	if len(secret) < 6 {
		return
	}
	forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))}
	if quoted, err := json.Marshal(secret); err == nil {
		forms = append(forms, strings.Trim(string(quoted), `"`))
	}
	for _, form := range forms {
		if !slices.Contains(s.secrets, form) {
			s.secrets = append(s.secrets, form)
		}
	}
}

func (s *Session) hideAll(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		s.hide(secret)
	}
}
