package egress

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"purser"
)

// Resolver turns a name into addresses; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// DialFunc dials; network is "tcp", address is host:port.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Options make a Gate. All of it is the operator's configuration, never a screen's.
type Options struct {
	Allowed   []netip.Prefix // networks that may be dialed although they are private
	Proxy     *url.URL       // outbound proxy for HTTP: http, https or socks5; nil for none
	VendorMap VendorMap      // vendors' hosts that are dialed on loopback instead
	Resolver  Resolver       // nil: the system's
	Dial      DialFunc       // dials a checked address; nil: the system's
	Timeout   time.Duration  // of one dial, names and all; 0: 15 s
	RootCAs   *x509.CertPool // nil: the system's
}

// Gate dials what may be dialed. It is safe for concurrent use.
type Gate struct {
	rules     addressRules
	proxy     *url.URL
	vendorMap VendorMap
	resolver  Resolver
	dial      DialFunc
	timeout   time.Duration
	roots     *x509.CertPool

	mu     sync.Mutex
	frozen bool
	ask    func(ctx context.Context) (frozen bool, err error)
	open   map[*conn]struct{}
}

// New returns a Gate.
func New(o Options) *Gate {
	g := &Gate{
		rules: addressRules{allowed: o.Allowed}, proxy: o.Proxy, vendorMap: o.VendorMap,
		resolver: o.Resolver, dial: o.Dial, timeout: o.Timeout, roots: o.RootCAs, open: map[*conn]struct{}{},
	}
	if g.resolver == nil {
		g.resolver = net.DefaultResolver
	}
	if g.dial == nil {
		g.dial = (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext
	}
	if g.timeout == 0 {
		g.timeout = 15 * time.Second
	}
	return g
}

// Dial connects to address (host:port) over TCP, if every address of the host
// may be dialed. It is the dialer for everything that is not HTTP, too.
func (g *Gate) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := g.thawed(ctx); err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, refuse("", "%q is not an address of the form host:port", address)
	}
	if !strings.HasPrefix(network, "tcp") {
		return nil, refuse(host, "only TCP leaves this machine, not %s", network)
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	if to, mapped := g.vendorMap[strings.ToLower(host)]; mapped {
		return g.connect(ctx, to.Host)
	}
	if g.isProxy(address) {
		return g.connect(ctx, address)
	}
	addrs, err := g.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	return g.connectFirst(ctx, host, port, addrs)
}

// resolve returns the addresses of host, all of them permitted.
func (g *Gate) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	addrs, err := g.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, a := range addrs {
		switch why := g.rules.check(a); why {
		case permitted:
		case metadata:
			return nil, &purser.Error{Class: purser.ClassConfig, Code: "address_refused",
				What: fmt.Sprintf("%s leads to %s, %s", host, a, why),
				Hint: "Addresses of this kind are never called. Check the host name."}
		default:
			return nil, &purser.Error{Class: purser.ClassConfig, Code: "address_refused",
				What: fmt.Sprintf("%s leads to %s, %s", host, a, why),
				Hint: "Check the host name. If this address is meant, the operator lists its network in the server's configuration (allowed networks)."}
		}
	}
	return addrs, nil
}

func (g *Gate) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, ok := literal(host); ok {
		return []netip.Addr{a}, nil
	}
	if oddNumber(host) || !plainName(host) {
		return nil, refuse(host, "%q is neither a host name nor an address in its usual notation", host)
	}
	addrs, err := g.resolver.LookupNetIP(ctx, "ip", host)
	if err == nil && len(addrs) > 0 {
		return addrs, nil
	}
	if missing, ok := errors.AsType[*net.DNSError](err); err == nil || ok && missing.IsNotFound {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "unknown_host",
			What: fmt.Sprintf("there is no host %s", host),
			Hint: "Check the spelling of the host in the instance's settings, and that this server can resolve names."}
	}
	return nil, &purser.Error{Class: purser.ClassTransient, Code: "dns", What: fmt.Sprintf("the name %s could not be resolved", host),
		Hint: "Check the name server of this machine if it goes on.", Err: err}
}

// connectFirst tries the checked addresses one after the other, each with its
// share of the time that is left.
func (g *Gate) connectFirst(ctx context.Context, host, port string, addrs []netip.Addr) (net.Conn, error) {
	var first error
	for i, a := range addrs {
		share := ctx
		if deadline, ok := ctx.Deadline(); ok && i < len(addrs)-1 {
			var cancel context.CancelFunc
			share, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(len(addrs)-i))
			defer cancel()
		}
		c, err := g.connect(share, net.JoinHostPort(a.Unmap().String(), port))
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, &purser.Error{Class: purser.ClassTransient, Code: "unreachable", What: fmt.Sprintf("%s cannot be reached on port %s", host, port),
		Hint: "If it goes on, check the network, the outbound proxy, and whether the vendor allows calls from this server's address.", Err: first}
}

// connect dials one address and keeps the connection in the list that a freeze closes.
func (g *Gate) connect(ctx context.Context, address string) (net.Conn, error) {
	raw, err := g.dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, gate: g}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.frozen {
		_ = raw.Close()
		return nil, errFrozen()
	}
	g.open[c] = struct{}{}
	return c, nil
}

func refuse(field, format string, args ...any) *purser.Error {
	return &purser.Error{Class: purser.ClassConfig, Code: "address_refused", Field: field,
		What: fmt.Sprintf(format, args...), Hint: "Check the host in the instance's settings."}
}
