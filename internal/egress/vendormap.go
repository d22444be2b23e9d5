package egress

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"purser"
)

// VendorMap says which vendors' hosts are dialed on loopback: host to URL.
// Only the dial changes: Host, URL, audience and signatures keep the vendor's name.
type VendorMap map[string]*url.URL

// ParseVendorMap reads HOST=URL[,HOST=URL]; only plain-HTTP URLs on loopback
// without a path are accepted. An empty text is an empty map.
func ParseVendorMap(text string) (VendorMap, error) {
	m := VendorMap{}
	for entry := range strings.SplitSeq(text, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		host, target, ok := strings.Cut(entry, "=")
		host = strings.ToLower(strings.TrimSpace(host))
		if !ok || !plainName(host) || oddNumber(host) {
			return nil, badMap("%q is not of the form HOST=URL", entry)
		}
		if _, twice := m[host]; twice {
			return nil, badMap("%s stands there twice", host)
		}
		to, err := loopbackURL(strings.TrimSpace(target))
		if err != nil {
			return nil, err
		}
		m[host] = to
	}
	return m, nil
}

func loopbackURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		u.Path != "" && u.Path != "/" {
		return nil, badMap("%q is not of the form http://127.0.0.1:PORT", text)
	}
	host, port := u.Hostname(), u.Port()
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	if a, ok := literal(host); !ok || !a.Unmap().IsLoopback() {
		return nil, badMap("%q is not on loopback: a vendor's host can only be led to this machine", text)
	}
	if port == "" {
		port = "80"
	}
	return &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}, nil
}

func badMap(format string, args ...any) *purser.Problem {
	p := purser.Invalid("vendor-map", format, args...)
	p.Hint = "Write --vendor-map HOST=URL[,HOST=URL], for example acme.example.com=http://127.0.0.1:8081"
	return p
}

// Maps reports whether calls to host are led to loopback.
func (m VendorMap) Maps(host string) bool {
	_, ok := m[strings.ToLower(host)]
	return ok
}

// Browser returns the address at which a person's browser finds u: u itself, or
// the same path and query on loopback if its host is mapped.
func (m VendorMap) Browser(u *url.URL) *url.URL {
	to, ok := m[strings.ToLower(u.Hostname())]
	if !ok {
		return u
	}
	led := *u
	led.Scheme, led.Host = to.Scheme, to.Host
	return &led
}

// String writes the map as ParseVendorMap reads it, without an order.
func (m VendorMap) String() string {
	entries := make([]string, 0, len(m))
	for host, to := range m {
		entries = append(entries, fmt.Sprintf("%s=%s", host, to))
	}
	return strings.Join(entries, ",")
}
