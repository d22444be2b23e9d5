package oidc

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"purser"
)

// Limits of what a provider may answer.
const (
	longestAnswer = 1 << 20
	longestCall   = 15 * time.Second
	discoverAgain = time.Hour // so old, the provider's description is read anew
)

// Options say which provider, and as whom Purser is registered there.
type Options struct {
	Issuer   string // exactly as the provider calls itself
	ClientID string
	Secret   string // "" for a client without one
	Name     string // shown: "Acme ID"
	Scopes   []string
	Want     []string // claims that the provider's userinfo endpoint is asked for where the ID token lacks them
	HTTP     http.RoundTripper
	Now      func() time.Time
}

// Provider is one OpenID Connect provider. It is safe for concurrent use.
type Provider struct {
	options Options
	client  *http.Client

	mu         sync.Mutex
	found      *described
	discovered time.Time
}

// described is what the provider says of itself.
type described struct {
	provider   *gooidc.Provider
	style      oauth2.AuthStyle
	endSession string
}

// New returns the provider. Nothing is called yet: a provider that is away must
// not keep Purser from starting.
func New(o Options) (*Provider, error) {
	if err := secure(o.Issuer); err != nil {
		return nil, err
	}
	if o.ClientID == "" {
		p := purser.Invalid("oidc-client-id", "the client's identifier is missing")
		p.Hint = "Register Purser at the provider and give what it shows as --oidc-client-id"
		return nil, p
	}
	if o.HTTP == nil || o.Now == nil {
		return nil, errors.New("oidc: Options.HTTP and Options.Now must be set")
	}
	if len(o.Scopes) == 0 {
		o.Scopes = []string{gooidc.ScopeOpenID, "email", "profile"}
	}
	if !slices.Contains(o.Scopes, gooidc.ScopeOpenID) {
		o.Scopes = append([]string{gooidc.ScopeOpenID}, o.Scopes...)
	}
	if o.Name == "" {
		u, _ := url.Parse(o.Issuer) //nolint:errcheck // secure has parsed it
		o.Name = u.Hostname()
	}
	client := &http.Client{Transport: capped{o.HTTP}, Timeout: longestCall,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Provider{options: o, client: client}, nil
}

// secure refuses an issuer that is not https; loopback may be plain.
func secure(issuer string) error {
	u, err := url.Parse(issuer)
	if err == nil && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" && (u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())) {
		return nil
	}
	p := purser.Invalid("oidc-issuer", "%q is not an issuer like https://id.example.com", issuer)
	p.Hint = "Take it from the provider's page: <issuer>/.well-known/openid-configuration must open"
	return p
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Name is what people call the provider.
func (p *Provider) Name() string { return p.options.Name }

// Issuer is what the provider calls itself.
func (p *Provider) Issuer() string { return p.options.Issuer }

// discover reads the provider's description, at most once an hour. One that
// cannot be read anew stays in use.
func (p *Provider) discover(ctx context.Context) (*described, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil && p.options.Now().Sub(p.discovered) < discoverAgain {
		return p.found, nil
	}
	provider, err := gooidc.NewProvider(gooidc.ClientContext(ctx, p.client), p.options.Issuer)
	if err != nil {
		if p.found != nil {
			return p.found, nil
		}
		return nil, p.unreachable(err)
	}
	var more struct {
		Methods    []string `json:"token_endpoint_auth_methods_supported"`
		EndSession string   `json:"end_session_endpoint"`
		Keys       string   `json:"jwks_uri"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, p.unreachable(err)
	}
	for _, address := range []string{provider.Endpoint().AuthURL, provider.Endpoint().TokenURL, more.Keys} {
		if secure(strings.SplitN(address, "?", 2)[0]) != nil {
			return nil, problem("the description of "+p.Name()+" names an address that is not https", "Ask whoever runs the provider")
		}
	}
	d := &described{provider: provider, style: oauth2.AuthStyleInHeader}
	if p.options.Secret == "" || len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		d.style = oauth2.AuthStyleInParams
	}
	if secure(more.EndSession) == nil {
		d.endSession = more.EndSession
	}
	p.found, p.discovered = d, p.options.Now()
	return d, nil
}

// oauth is the client's side of the code flow.
func (p *Provider) oauth(d *described, redirect string) *oauth2.Config {
	endpoint := d.provider.Endpoint()
	endpoint.AuthStyle = d.style // never tried out: a code that was sent once is used up
	return &oauth2.Config{ClientID: p.options.ClientID, ClientSecret: p.options.Secret, Endpoint: endpoint, RedirectURL: redirect,
		Scopes: p.options.Scopes}
}

// capped cuts answers that are longer than any good one.
type capped struct{ next http.RoundTripper }

// RoundTrip sends one request.
func (c capped) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, longestAnswer), answer.Body}
	return answer, nil
}
