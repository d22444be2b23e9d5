package credential

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"purser"
)

// flowTime is how long a person may take at the vendor.
const flowTime = 10 * time.Minute

// Consent is the beginning of a person's way through a vendor's consent page.
type Consent struct {
	InstanceID string
	Connector  string
	UserID     string
	Browser    string // the browser session that begins it and must end it
	Redirect   string // redirect address, below the public URL
}

// Begin returns the vendor's address to send the browser to. The state in it
// counts once, for ten minutes, for this browser session and instance.
func (b *Broker) Begin(ctx context.Context, s *Session, c Consent) (*url.URL, error) {
	auth := s.use.Auth
	if auth.Grant != "code" {
		return nil, purser.Invalid("auth", "%s does not go through the vendor's consent page", auth.Name)
	}
	o, err := b.open(ctx, s)
	if err != nil {
		return nil, err
	}
	v := s.values(o)
	text, err := v.expand(auth.AuthorizeURL)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "authorize_url", What: "the address of the consent page is not a URL", Hint: "Check the instance's settings."}
	}
	state, err := b.random()
	if err != nil {
		return nil, err
	}
	flow := Flow{State: digest(state), Session: digest(c.Browser), UserID: c.UserID, InstanceID: c.InstanceID, Connector: c.Connector,
		Auth: auth.Name, Hosts: s.use.Pins.Digest(), Redirect: c.Redirect, CreatedAt: b.Now(), ExpiresAt: b.Now().Add(flowTime)}
	query := u.Query()
	query.Set("response_type", "code")
	query.Set("client_id", o.secret["client_id"])
	query.Set("redirect_uri", c.Redirect)
	query.Set("state", state)
	flow.Scopes = s.askScopes(query)
	if auth.PKCE != "never" {
		verifier, err := b.random()
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256([]byte(verifier))
		query.Set("code_challenge", encode64(sum[:]))
		query.Set("code_challenge_method", "S256")
		if flow.Sealed, err = b.Sealer.Seal([]byte(verifier), flow.Binding()); err != nil {
			return nil, err
		}
	}
	for _, p := range auth.Extra.Authorize {
		text, err := v.expand(p.Value())
		if err != nil {
			return nil, err
		}
		query.Set(p.Name, text)
	}
	u.RawQuery = query.Encode()
	if err := b.Flows.PutFlow(ctx, flow, b.Now()); err != nil {
		return nil, fmt.Errorf("remember the authorization that begins: %w", err)
	}
	return u, nil
}

// askScopes writes the scopes of each token into the query and returns them all.
func (s *Session) askScopes(query url.Values) []string {
	names := []string{""}
	if len(s.use.Auth.Tokens) > 0 {
		names = nil
		for _, t := range s.use.Auth.Tokens {
			names = append(names, t.Name)
		}
	}
	var all []string
	for _, name := range names {
		rule := s.scopeRule(name)
		scopes := s.use.Scopes[name]
		text := scopeText(rule.Prefix, rule.Separator, scopes, rule.Default)
		if text != "" && rule.Send != "never" && rule.Send != "token" {
			query.Set(orElse(rule.Param, "scope"), text)
		}
		for _, scope := range slices.Concat(rule.Default, scopes) {
			if !slices.Contains(all, scope) {
				all = append(all, scope)
			}
		}
	}
	return all
}

// Binding is what the sealed part of the flow belongs to.
func (f Flow) Binding() Binding {
	return Binding{Connector: f.Connector, Instance: f.InstanceID, Field: "flow." + f.State}
}

// Take ends a flow at the callback: it is gone for every later call. The state
// must be one that this browser session began within the last ten minutes.
func (b *Broker) Take(ctx context.Context, state, browser string) (Flow, error) {
	refused := &purser.Problem{Kind: purser.ProblemForbidden, Field: "state", What: "this answer of the vendor belongs to no authorization that was begun here",
		Hint: "It was used already, took longer than ten minutes, or was begun in another browser. Begin again from the instance's page"}
	if state == "" {
		return Flow{}, refused
	}
	flow, err := b.Flows.TakeFlow(ctx, digest(state))
	if errors.Is(err, ErrNoFlow) {
		return Flow{}, refused
	}
	if err != nil {
		return Flow{}, fmt.Errorf("find the authorization: %w", err)
	}
	if !b.Now().Before(flow.ExpiresAt) || subtle.ConstantTimeCompare([]byte(flow.Session), []byte(digest(browser))) != 1 {
		return Flow{}, refused
	}
	return flow, nil
}

// Exchange turns the code of a taken flow into tokens and stores them in the
// session's credential. It returns what the vendor said with them, without the tokens.
func (b *Broker) Exchange(ctx context.Context, s *Session, flow Flow, code string) (json.RawMessage, error) {
	if flow.Hosts != s.use.Pins.Digest() || flow.Auth != s.use.Auth.Name {
		return nil, purser.Invalid("settings", "the instance was changed while the vendor was asked; begin again")
	}
	release, err := b.acquire(ctx, s.use.CredentialID)
	if err != nil {
		return nil, err
	}
	defer release()
	o, err := b.open(ctx, s)
	if err != nil {
		return nil, err
	}
	if o.record.InstanceID != flow.InstanceID || o.record.Connector != flow.Connector {
		return nil, purser.Invalid("state", "this authorization was begun for another instance")
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {flow.Redirect}}
	if flow.Sealed != nil {
		verifier, err := b.Sealer.Open(flow.Sealed, flow.Binding())
		if err != nil {
			return nil, err
		}
		form.Set("code_verifier", string(verifier))
	}
	s.hideAll(code)
	o.ring = keyring{DPoP: o.ring.DPoP, Tokens: map[string]held{}}
	answer, err := b.ask(ctx, s, o, form, "")
	if err != nil {
		return nil, exchangeRefused(err)
	}
	if err := s.readAll(answer, o, b.Now()); err != nil {
		return nil, err
	}
	o.ring.Answer = withoutTokens(answer)
	// A code counts once: what it gave is stored even if the person has closed the page.
	if err := b.keep(context.WithoutCancel(ctx), o); err != nil {
		return nil, fmt.Errorf("store the tokens: %w", err)
	}
	s.learn(o)
	return o.ring.Answer, nil
}

// readAll takes every token that the entry names out of a grant's answer. One
// that was not asked for may be missing.
func (s *Session) readAll(answer []byte, o *opened, now time.Time) error {
	if len(s.use.Auth.Tokens) == 0 {
		t, err := s.read(answer, "", now)
		if err != nil {
			return err
		}
		o.ring.Tokens[tokenKey("", nil)] = t
		return nil
	}
	for _, named := range s.use.Auth.Tokens {
		if t, ok := s.readAt(answer, named.Answer.WithDefaults(), now); ok {
			o.ring.Tokens[tokenKey(named.Name, nil)] = t
		} else if len(s.use.Scopes[named.Name]) > 0 {
			return &purser.Error{Class: purser.ClassPermission, Code: "no_token", What: "the vendor gave no " + named.Name + " token",
				Hint: "Check that the client at the vendor lists the scopes of the " + named.Name + " token, then authorize anew."}
		}
	}
	return nil
}

// exchangeRefused: a refused code says nothing about a credential that is in use.
func exchangeRefused(err error) error {
	told, ok := errors.AsType[*purser.Error](err)
	if !ok || !errors.Is(told.Err, errRefusedOnce) {
		return err
	}
	again := *told
	again.Err = nil
	if again.Code == "invalid_grant" {
		again.Hint = "The vendor did not accept the code: it ends after a short time and counts once. Begin again, and check that the redirect address is registered exactly as shown."
	}
	return &again
}

func (b *Broker) random() (string, error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(b.Rand, raw); err != nil {
		return "", errors.New("no randomness for an authorization")
	}
	return encode64(raw), nil
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
