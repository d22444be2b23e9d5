package httpd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"purser"
)

// Authenticator knows who asks; package login is one.
type Authenticator interface {
	Allow(ctx context.Context, op purser.Operation) error
	Session(ctx context.Context, cookie, origin string) (actor purser.Actor, csrf string, err error)
	Authenticate(ctx context.Context, bearer, origin string) (purser.Actor, error)
	// Proven returns a prove problem if a browser's session must prove itself again
	// before op; change says whether the request changes anything, marked what
	// the route says.
	Proven(ctx context.Context, op purser.Operation, change, marked bool) error
}

// Meter counts answers; package metric has one.
type Meter interface {
	Request(route, method string, status int, took time.Duration)
}

// Options says where to listen and whom to trust.
type Options struct {
	Listen         string         // host:port; port 0 takes a free one
	PublicURL      string         // the only source of absolute addresses; needed off loopback
	TLSCert        string         // PEM files; both or none
	TLSKey         string         //
	TrustedProxies []netip.Prefix // who may speak plain HTTP to us and say for whom
	Socket         string         // path of the command line's socket, "" for none
	Log            *slog.Logger
	Now            func() time.Time
	Rand           io.Reader // nil: the operating system's
}

// PublicAddress checks the options and returns the public address; port is the
// one that is really listened on.
func (o Options) publicAddress(port string) (*url.URL, error) {
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, purser.Invalid("listen", "%q is not host:port", o.Listen)
	}
	if (o.TLSCert == "") != (o.TLSKey == "") {
		return nil, purser.Invalid("tls-cert", "--tls-cert and --tls-key come together")
	}
	local := isLoopback(host)
	if !local && o.TLSCert == "" && len(o.TrustedProxies) == 0 {
		p := purser.Invalid("listen", "%s is reachable from other machines, and plain HTTP would show passwords to the network", o.Listen)
		p.Hint = "Give --tls-cert and --tls-key, or name the proxy that does TLS with --trusted-proxy, or listen on 127.0.0.1"
		return nil, p
	}
	if o.PublicURL == "" {
		if !local {
			p := purser.Invalid("public-url", "the address that people use is not known")
			p.Hint = "Give it as --public-url https://purser.example.com"
			return nil, p
		}
		scheme := "http"
		if o.TLSCert != "" {
			scheme = "https"
		}
		return &url.URL{Scheme: scheme, Host: net.JoinHostPort(host, port)}, nil
	}
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, purser.Invalid("public-url", "%q is not an address like https://purser.example.com", o.PublicURL)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return nil, purser.Invalid("public-url", "%q must begin with https://: plain HTTP is for loopback only", o.PublicURL)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func (o *Options) fill() error {
	if o.Log == nil || o.Now == nil {
		return errors.New("httpd: Options.Log and Options.Now must be set")
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return nil
}

// ParseProxies reads addresses and networks: "10.0.0.5", "10.0.0.0/8".
func ParseProxies(texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range texts {
		if p, err := netip.ParsePrefix(text); err == nil {
			all = append(all, p.Masked())
			continue
		}
		a, err := netip.ParseAddr(text)
		if err != nil {
			return nil, purser.Invalid("trusted-proxy", "%q is neither an address nor a network like 10.0.0.0/8", text)
		}
		all = append(all, netip.PrefixFrom(a, a.BitLen()))
	}
	return all, nil
}

// Site is what the routes stand on beside themselves.
type Site struct {
	Login  Authenticator
	Meter  Meter        // nil: nothing is counted
	Routes []Route      //
	Meters http.Handler // answers /metrics, nil for none
	// Healthy says whether the database can be written to, Ready whether work is
	// being done; nil means always.
	Healthy func(ctx context.Context) error
	Ready   func(ctx context.Context) error
	// ErrorPage shows an error outside of /api as a page; nil: plain text.
	ErrorPage func(w http.ResponseWriter, r *http.Request, status int, err error)

	log *slog.Logger
}

func (s Site) validate(table map[purser.Operation][]purser.Role) error {
	if s.Login == nil {
		return fmt.Errorf("httpd: Site.Login must be set")
	}
	return Check(s.Routes, table)
}
