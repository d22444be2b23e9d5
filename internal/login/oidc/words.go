package oidc

import (
	"errors"
	"regexp"
	"strings"

	gooidc "github.com/coreos/go-oidc/v3/oidc"

	"purser"
)

// refused puts the provider's refusal into words. Its own text is not shown: it
// comes through the browser, where anybody could have written it.
func (p *Provider) refused(code string) error {
	switch code {
	case "access_denied":
		return problem(p.Name()+" did not let you sign in to Purser", "Sign in again; if it stays, ask whoever runs "+p.Name()+" to assign Purser to you")
	case "login_required", "interaction_required", "account_selection_required", "consent_required":
		return problem("the sign-in at "+p.Name()+" was not finished", "Sign in again")
	case "invalid_scope":
		return problem(p.Name()+" does not know a scope that Purser asks for", "The operator sets --oidc-scope to scopes that the provider knows")
	case "unauthorized_client", "unsupported_response_type":
		return problem(p.Name()+" does not let Purser's client sign people in", "The client at the provider must be allowed the authorization code flow")
	case "server_error", "temporarily_unavailable":
		return problem(p.Name()+" has a failure of its own", "Try again in some minutes")
	}
	return problem(p.Name()+" did not sign you in"+named(code), "Sign in again; if it stays, tell your admin")
}

// named adds a code of an error, if it is one.
func named(code string) string {
	if !regexp.MustCompile(`^[a-z_]{1,40}$`).MatchString(code) {
		return ""
	}
	return " (" + code + ")"
}

// notVerified puts a refused ID token into words.
func (p *Provider) notVerified(err error) error {
	if _, ok := errors.AsType[*gooidc.TokenExpiredError](err); ok {
		return problem("the ID token of "+p.Name()+" is too old", "See that the clocks of the provider and of this server are right, then sign in again")
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "different provider"):
		return problem("the ID token comes from another issuer than "+p.options.Issuer, "The operator sets --oidc-issuer to what the provider calls itself")
	case strings.Contains(text, "expected audience"):
		return problem("the ID token of "+p.Name()+" was made for another client", "The operator checks --oidc-client-id")
	case strings.Contains(text, "signature"), strings.Contains(text, "algorithm"), strings.Contains(text, "malformed jwt"):
		return problem("the ID token of "+p.Name()+" is not signed by a key of the provider", "Sign in again; if it stays, ask whoever runs the provider")
	}
	return problem("the ID token of "+p.Name()+" could not be checked", "Sign in again; if it stays, tell your admin")
}

// unreachable puts a failed call to the provider into words.
func (p *Provider) unreachable(err error) error {
	if other, ok := errors.AsType[*gooidc.IssuerMismatchError](err); ok {
		return problem("the provider at "+other.Provided+" calls itself "+other.Discovered, "The operator sets --oidc-issuer to exactly that")
	}
	if told, ok := errors.AsType[*purser.Error](err); ok { // by the one way out
		return problem(p.Name()+" could not be reached: "+told.What, told.Hint)
	}
	return problem(p.Name()+" could not be reached, or its answer could not be read", "Try again in some minutes. If it stays, the operator sees whether "+
		strings.TrimRight(p.options.Issuer, "/")+"/.well-known/openid-configuration opens from the server")
}
