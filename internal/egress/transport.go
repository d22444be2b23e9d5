package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"purser"
)

// Transport returns a round tripper whose every connection goes through the
// Gate. Connections are kept and shared by all that use it, so one is enough for
// a process. It does not decompress: who reads a body also caps it.
func (g *Gate) Transport() http.RoundTripper {
	inner := &http.Transport{
		Proxy:                  g.proxyFor,
		DialContext:            g.Dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: g.roots},
		TLSHandshakeTimeout:    15 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		DisableCompression:     true,
		ReadBufferSize:         64 << 10,
	}
	return &transport{gate: g, inner: inner}
}

// transport refuses while frozen and speaks plain HTTP to mapped hosts.
type transport struct {
	gate  *Gate
	inner *http.Transport
}

// RoundTrip sends one request.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.gate.thawed(r.Context()); err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	if r.URL.Scheme != "https" || !t.gate.vendorMap.Maps(r.URL.Hostname()) {
		return t.inner.RoundTrip(r)
	}
	plain := *r
	address := *r.URL
	address.Scheme = "http"
	plain.URL = &address
	answer, err := t.inner.RoundTrip(&plain)
	if answer != nil {
		answer.Request = r
	}
	return answer, err
}

// CloseIdleConnections closes what is kept open and not in use.
func (t *transport) CloseIdleConnections() { t.inner.CloseIdleConnections() }

// proxyFor returns the configured proxy. The proxy resolves names itself; what
// this machine can say about the target is checked first all the same.
func (g *Gate) proxyFor(r *http.Request) (*url.URL, error) {
	host := r.URL.Hostname()
	if g.proxy == nil || g.vendorMap.Maps(host) {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), g.timeout)
	defer cancel()
	if _, err := g.resolve(ctx, host); err != nil {
		// Behind a proxy this machine often cannot resolve public names: that alone is no reason to refuse.
		told, ok := errors.AsType[*purser.Error](err)
		if !ok || told.Code != "unknown_host" && told.Code != "dns" {
			return nil, err
		}
	}
	return g.proxy, nil
}

// isProxy reports whether address is the operator's proxy, which may be private.
func (g *Gate) isProxy(address string) bool {
	if g.proxy == nil {
		return false
	}
	port := g.proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[g.proxy.Scheme]
	}
	return strings.EqualFold(address, net.JoinHostPort(g.proxy.Hostname(), port))
}
