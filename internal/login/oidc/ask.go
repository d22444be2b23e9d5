package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"purser"
)

// Ask is one way of a browser to the provider and back.
type Ask struct {
	State    string
	Nonce    string
	Verifier string // PKCE
	Redirect string // where the provider sends the browser back to
	Fresh    bool   // the person must sign in there anew, whatever session there is
}

// Identity is who the provider says that somebody is.
type Identity struct {
	Subject       string
	Email         string // "" if it did not say
	EmailVerified bool
	Name          string
	AuthTime      time.Time // when the person signed in there; zero if it did not say
	Claims        map[string]any
}

// AuthURL returns where to send the browser.
func (p *Provider) AuthURL(ctx context.Context, a Ask) (string, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{gooidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if a.Fresh {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return p.oauth(d, a.Redirect).AuthCodeURL(a.State, options...), nil
}

// SignOutURL returns where the browser ends its session at the provider, "" if
// the provider has no such page.
func (p *Provider) SignOutURL(ctx context.Context, back string) string {
	d, err := p.discover(ctx)
	if err != nil || d.endSession == "" {
		return ""
	}
	u, err := url.Parse(d.endSession)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.options.ClientID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String()
}

// Identify exchanges what the browser brought back for who the person is. State
// was compared by the caller, who looked the ask up by it.
func (p *Provider) Identify(ctx context.Context, a Ask, back url.Values) (Identity, error) {
	if code := back.Get("error"); code != "" {
		return Identity{}, p.refused(code)
	}
	if iss := back.Get("iss"); iss != "" && iss != p.options.Issuer {
		return Identity{}, problem("the answer came from another provider than "+p.Name(), "Sign in again; if it stays, tell your admin")
	}
	if back.Get("code") == "" {
		return Identity{}, problem("the answer of "+p.Name()+" has no code", "Sign in again")
	}
	d, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = gooidc.ClientContext(ctx, p.client)
	tokens, err := p.oauth(d, a.Redirect).Exchange(ctx, back.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Identity{}, p.notExchanged(err)
	}
	id, err := p.verified(ctx, d, a, tokens)
	if err != nil {
		return Identity{}, err
	}
	if err := p.complete(ctx, d, &id, tokens); err != nil {
		return Identity{}, err
	}
	id.read()
	return id, nil
}

// verified checks the ID token: signature by a key of the provider, issuer,
// audience, time, nonce, and that it belongs to this access token.
func (p *Provider) verified(ctx context.Context, d *described, a Ask, tokens *oauth2.Token) (id Identity, err error) {
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return id, problem(p.Name()+" sent no ID token", "The client at the provider must be one for OpenID Connect, with the scope openid")
	}
	token, err := d.provider.VerifierContext(ctx, &gooidc.Config{ClientID: p.options.ClientID, Now: p.options.Now}).Verify(ctx, raw)
	if err != nil {
		return id, p.notVerified(err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(a.Nonce)) != 1 || a.Nonce == "" {
		return id, problem("the ID token of "+p.Name()+" belongs to another sign-in", "Sign in again; if it stays, tell your admin")
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(tokens.AccessToken); err != nil {
			return id, problem("the ID token of "+p.Name()+" belongs to another access token", "Sign in again; if it stays, tell your admin")
		}
	}
	if err := token.Claims(&id.Claims); err != nil {
		return id, p.notVerified(err)
	}
	if azp, ok := id.Claims["azp"].(string); ok && azp != p.options.ClientID || !ok && len(token.Audience) > 1 {
		return id, problem("the ID token of "+p.Name()+" was made for another client", "Check --oidc-client-id")
	}
	if token.Subject == "" {
		return id, problem("the ID token of "+p.Name()+" names nobody", "Ask whoever runs the provider")
	}
	id.Subject = token.Subject
	return id, nil
}

// complete asks the userinfo endpoint for claims that the ID token lacks.
func (p *Provider) complete(ctx context.Context, d *described, id *Identity, tokens *oauth2.Token) error {
	lacks := false
	for _, name := range p.options.Want {
		_, has := id.Claims[name]
		lacks = lacks || !has
	}
	if !lacks || d.provider.UserInfoEndpoint() == "" || secure(d.provider.UserInfoEndpoint()) != nil {
		return nil
	}
	info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return p.unreachable(err)
	}
	if info.Subject != id.Subject {
		return problem("the userinfo of "+p.Name()+" is about another person", "Ask whoever runs the provider")
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return p.unreachable(err)
	}
	for name, value := range more {
		if _, signed := id.Claims[name]; !signed {
			id.Claims[name] = value
		}
	}
	return nil
}

// read takes the claims that every provider writes alike.
func (id *Identity) read() {
	id.Email, _ = id.Claims["email"].(string)
	id.Name, _ = id.Claims["name"].(string)
	switch v := id.Claims["email_verified"].(type) {
	case bool:
		id.EmailVerified = v
	case string: // some write it so
		id.EmailVerified = v == "true"
	}
	if at, ok := id.Claims["auth_time"].(float64); ok {
		id.AuthTime = time.Unix(int64(at), 0)
	}
}

func problem(what, hint string) *purser.Problem {
	return &purser.Problem{Kind: purser.ProblemForbidden, What: what, Hint: hint}
}

// notExchanged puts a refused code into words.
func (p *Provider) notExchanged(err error) error {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return p.unreachable(err)
	}
	switch refused.ErrorCode {
	case "invalid_client", "unauthorized_client":
		return problem(p.Name()+" does not accept Purser's client", "The operator checks --oidc-client-id and --oidc-client-secret-file against the provider's page; a secret may have expired")
	case "invalid_grant":
		return problem("the code of "+p.Name()+" was used already or is too old", "Sign in again")
	}
	return problem(p.Name()+" refused to say who signed in"+named(refused.ErrorCode), "Sign in again; if it stays, the operator looks at the client's settings at the provider")
}
