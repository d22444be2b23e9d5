package credential

import (
	"context"
	"errors"
	"net/url"

	"purser/internal/manifest"
)

// obtain asks the token endpoint for the wanted token.
func (b *Broker) obtain(ctx context.Context, s *Session, o *opened, w want, old held) (held, error) {
	auth := s.use.Auth
	scope := s.scopeRule(w.name)
	text := scopeText(scope.Prefix, scope.Separator, w.scopes, scope.Default)
	form := url.Values{}
	switch {
	case auth.Grant == "code":
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", old.Refresh)
	case auth.Grant == "password" && old.Refresh != "":
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", old.Refresh)
		sendScope(form, scope, text)
	case auth.Grant == "password":
		if err := s.signIn(form, o); err != nil {
			return held{}, err
		}
		sendScope(form, scope, text)
	case auth.Grant == "login": // what is sent stands in the manifest
	case auth.Grant == "refresh_only":
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", orElse(old.Refresh, o.secret["refresh_token"]))
		sendScope(form, scope, text)
	case auth.Grant == "jwt_bearer":
		form.Set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
		sendScope(form, scope, text)
	default:
		form.Set("grant_type", "client_credentials")
		sendScope(form, scope, text)
	}
	answer, err := b.ask(ctx, s, o, form, text)
	if auth.Grant == "password" && form.Get("grant_type") == "refresh_token" && errors.Is(err, errRefusedOnce) {
		form = url.Values{} // the refresh token has ended; what was entered may still be good
		sendScope(form, scope, text)
		if err := s.signIn(form, o); err != nil {
			return held{}, err
		}
		answer, err = b.ask(ctx, s, o, form, text)
	}
	if err != nil {
		return held{}, err
	}
	if auth.Grant != "code" { // of a consent, the first answer tells most
		o.ring.Answer = withoutTokens(answer)
	}
	fresh, err := s.read(answer, w.name, b.Now())
	if err != nil {
		return held{}, err
	}
	if fresh.Refresh == "" {
		fresh.Refresh, fresh.EndsAt = old.Refresh, old.EndsAt // not rotated
	}
	if !fresh.ScopesOK {
		fresh.Scopes, fresh.ScopesOK = old.Scopes, old.ScopesOK
	}
	s.hideAll(fresh.Access, fresh.Refresh)
	return fresh, nil
}

// signIn asks for a token with user name and password.
func (s *Session) signIn(form url.Values, o *opened) error {
	form.Set("grant_type", "password")
	form.Set("username", o.secret["username"])
	form.Set("password", o.secret["password"])
	v := s.values(o)
	for _, p := range s.use.Auth.Extra.Password {
		text, err := v.expand(p.Value())
		if err != nil {
			return err
		}
		form.Set(p.Name, text)
	}
	return nil
}

func sendScope(form url.Values, rule manifest.ScopeRule, text string) {
	if text == "" || rule.Send == "never" || rule.Send == "authorize" {
		return
	}
	form.Set(orElse(rule.Param, "scope"), text)
}

// scopeRule is how the scopes of a named token are asked for: its own rule, completed by the entry's.
func (s *Session) scopeRule(name string) manifest.ScopeRule {
	rule := s.use.Auth.Scope
	for _, t := range s.use.Auth.Tokens {
		if t.Name != name {
			continue
		}
		own := t.Scope
		own.Param, own.Separator = orElse(own.Param, rule.Param), orElse(own.Separator, rule.Separator)
		own.Send, own.Prefix = orElse(own.Send, rule.Send), orElse(own.Prefix, rule.Prefix)
		if own.Default == nil {
			own.Default = rule.Default
		}
		return own
	}
	return rule
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
