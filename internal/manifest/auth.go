package manifest

import "time"

// Auth is one way to authorize: a product of choices. Templates may use
// ${settings.x}, ${secret.x} (${secret.key.part} where the field's format is
// json) and ${token_url}.
type Auth struct {
	Name  string `yaml:",key"`
	Like  string `yaml:"like" json:"-" doc:"name of an earlier way: all that is not said here is as there"`
	Title string `yaml:"title" doc:"name on the screen"`
	Why   string `yaml:"why" doc:"why to choose it, or not"`

	Grant        string            `yaml:"grant" oneof:"static|code|client_credentials|jwt_bearer|password|oauth1|refresh_only|login" later:"hook" doc:"how a token is obtained"`
	ClientAuth   string            `yaml:"client_auth" oneof:"basic|body|none|assertion|bearer" doc:"how the client proves itself at the token endpoint; bearer: the assertion is sent as Authorization, and nothing else"`
	AuthorizeURL string            `yaml:"authorize_url" doc:"where the browser is sent"`
	TokenURL     string            `yaml:"token_url" doc:"where tokens are asked for"`
	RefreshURL   string            `yaml:"refresh_url" doc:"where tokens are refreshed, if elsewhere"`
	RevokeURL    string            `yaml:"revoke_url" doc:"where a token is given back"`
	Fields       []CredentialField `yaml:"fields" doc:"what the admin enters; sealed"`
	Login        *Login            `yaml:"login" doc:"grant: login: what is sent to token_url to sign in"`
	Assertion    *Assertion        `yaml:"assertion" doc:"the signed JWT of client_auth: assertion or grant: jwt_bearer"`
	OAuth1       *OAuth1           `yaml:"oauth1" doc:"grant oauth1: how each request is signed; fields: consumer_key, consumer_secret, token, token_secret"`
	Scope        ScopeRule         `yaml:"scope" doc:"how scopes are asked for"`
	Extra        Extra             `yaml:"extra" doc:"further parameters"`
	PKCE         string            `yaml:"pkce" oneof:"always|never" doc:"proof key for code exchange; always if not said"`
	Send         Send              `yaml:"send" doc:"how the token is sent; Authorization: Bearer if not said"`
	TokenBody    string            `yaml:"token_body" oneof:"form|json" doc:"encoding of the token request; form if not said"`
	Expires      string            `yaml:"expires" doc:"from_response (if not said), on_401, or a duration"`
	Answer       Answer            `yaml:"answer" doc:"paths in the token's answer where they are not the standard ones"`
	Tokens       []NamedToken      `yaml:"tokens" doc:"several tokens in one grant, or keys beside the first one; a stream names the one it needs"`
	ScopesPer    string            `yaml:"scopes_per" oneof:"stream" doc:"one token for each set of scopes, so that a refused scope stops its stream alone"`
	DPoP         string            `yaml:"dpop" oneof:"when_demanded|always" doc:"proof of possession"`

	ExpiresAfter     Duration `yaml:"expires_after" doc:"life of the credential from its making"`
	IdleExpiresAfter Duration `yaml:"idle_expires_after" doc:"life of the credential from its last use"`
	EndsOn           string   `yaml:"ends_on" doc:"day on which the vendor stops accepting this way at all, such as 2028-08-01: a deadline"`
	RevokeAt         string   `yaml:"revoke_at" doc:"where a person takes the credential back at the vendor: an https address or words"`
	KeyScope         string   `yaml:"key_scope" oneof:"shared|own" doc:"advice: may other systems use the same key?"`

	Granted   string      `yaml:"granted" doc:"where the granted scopes are read: answer (if not said), header:<name>, or none"`
	ErrorBody []ErrorBody `yaml:"error_body" doc:"shapes of a refused token request"`
	Errors    []ErrorRule `yaml:"errors" doc:"what a refused token request means; standard OAuth codes need no rule"`
	Success   *Success    `yaml:"success" doc:"what a good answer says, where refusals come with status 200"`
}

// CredentialField is one thing that the admin enters: a name, or a mapping.
type CredentialField struct {
	Name     string `yaml:"name" doc:"${secret.<name>} stands for it"`
	Label    string `yaml:"label" doc:"name in the form"`
	Help     string `yaml:"help" doc:"where to find it"`
	Format   string `yaml:"format" oneof:"text|pem|certificate|json|email" doc:"pem: a private key; certificate: one or several, as PEM; json: a key file whose parts are read by ${secret.<name>.<part>}"`
	Shown    bool   `yaml:"shown" doc:"not confidential: an id or a user name. It is sealed all the same"`
	Optional bool   `yaml:"optional" doc:"may stay empty"`
}

// Assertion is a JWT that is signed with the credential's private key.
type Assertion struct {
	Alg    string   `yaml:"alg" oneof:"RS256|RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512" doc:"signature"`
	Key    string   `yaml:"key" doc:"template of the private key; ${secret.private_key} if not said"`
	Header []Pair   `yaml:"header" doc:"members of the header beside alg and typ"`
	Claims []Pair   `yaml:"claims" doc:"claims beside iat, exp and jti; ${scope} stands for the scopes asked"`
	TTL    Duration `yaml:"ttl" doc:"from iat to exp; 5m if not said"`
	Back   Duration `yaml:"back" doc:"iat is so long ago, for vendors who refuse one that their clock has not reached"`
}

// OAuth1 is how requests are signed with OAuth 1.0a (RFC 5849).
type OAuth1 struct {
	Method string `yaml:"method" oneof:"HMAC-SHA256|HMAC-SHA1" doc:"signature; HMAC-SHA256 if not said"`
	Realm  string `yaml:"realm" doc:"template of the realm; ${constant(settings.x)} writes a value in upper case, dashes as underscores"`
}

// ScopeRule says how scopes are asked for.
type ScopeRule struct {
	Param     string   `yaml:"param" doc:"name of the parameter; scope if not said"`
	Separator string   `yaml:"separator" doc:"between two scopes; a space if not said"`
	Send      string   `yaml:"send" oneof:"always|authorize|token|never" doc:"with which requests; always if not said"`
	Default   []string `yaml:"default" doc:"scopes that are always asked for"`
	Prefix    string   `yaml:"prefix" doc:"written before each scope in requests, left out in the manifest"`
}

// Extra is further parameters of the two requests.
type Extra struct {
	Authorize []Pair `yaml:"authorize" doc:"parameters of the authorize URL"`
	Token     []Pair `yaml:"token" doc:"parameters of the token request"`
	Password  []Pair `yaml:"password" doc:"parameters of the request with user name and password alone, not of those that refresh"`
}

// Send says how a token or key is sent; ${token} is the access token.
type Send struct {
	Header []Pair `yaml:"header" doc:"header: template"`
	Query  []Pair `yaml:"query" doc:"parameter: template (it is redacted in logs)"`
	Basic  *Basic `yaml:"basic" doc:"HTTP Basic"`
}

// Login is a request that signs in with what was entered, where the vendor has no
// standard grant. Its answer has the token, as auth.answer says; token_body says
// how the body is written.
type Login struct {
	Basic   *Basic `yaml:"basic" doc:"HTTP Basic"`
	Headers []Pair `yaml:"headers" doc:"header: template"`
	Body    []Pair `yaml:"body" doc:"member of the body: template"`
}

// Basic is HTTP Basic authorization.
type Basic struct {
	User     string `yaml:"user" doc:"template"`
	Password string `yaml:"password" doc:"template"`
}

// Answer is where things stand in a token's answer (dotted paths).
type Answer struct {
	AccessToken  string `yaml:"access_token" doc:"access_token if not said"`
	RefreshToken string `yaml:"refresh_token" doc:"refresh_token if not said"`
	ExpiresIn    string `yaml:"expires_in" doc:"expires_in if not said"`
	Scope        string `yaml:"scope" doc:"scope if not said"`
	TokenType    string `yaml:"token_type" doc:"token_type if not said"`
	RefreshEnds  string `yaml:"refresh_expires_in" doc:"seconds until the refresh token ends, or the second at which it does; refresh_token_expires_in if not said"`
}

// WithDefaults returns a with the standard names where it says nothing.
func (a Answer) WithDefaults() Answer {
	for _, d := range []struct {
		at   *string
		name string
	}{{&a.AccessToken, "access_token"}, {&a.RefreshToken, "refresh_token"}, {&a.ExpiresIn, "expires_in"},
		{&a.Scope, "scope"}, {&a.TokenType, "token_type"}, {&a.RefreshEnds, "refresh_token_expires_in"}} {
		if *d.at == "" {
			*d.at = d.name
		}
	}
	return a
}

// NamedToken is one of several tokens that a grant gives.
type NamedToken struct {
	Name   string    `yaml:",key"`
	Scope  ScopeRule `yaml:"scope" doc:"how the scopes of this token are asked for"`
	Answer Answer    `yaml:"answer" doc:"where this token stands in the answer"`
	Send   Send      `yaml:"send" doc:"grant: static: how this one of several keys is sent; what it needs may be optional fields"`
}

// Duration is a length of time as people write it: 90s, 5m, 24h, 30d, 2w. A
// leading minus is for looking back.
type Duration time.Duration

// Std returns d as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }
