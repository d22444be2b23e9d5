package egress

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/url"
	"slices"
	"strings"

	"purser"
)

// Pins are the hosts that one instance may call: names (acme.example.com, with
// :port where it is not 443), or patterns (*.example.com: one or more labels).
type Pins []string

// Allows reports whether u may be called: HTTPS, without user information, on a pinned host.
func (p Pins) Allows(u *url.URL) bool {
	if u.Scheme != "https" || u.User != nil || u.Opaque != "" || u.Hostname() == "" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if port := u.Port(); port != "" && port != "443" {
		host = net.JoinHostPort(host, port)
	}
	return slices.ContainsFunc(p, func(pin string) bool { return matches(strings.ToLower(pin), host) })
}

func matches(pin, host string) bool {
	if suffix, pattern := strings.CutPrefix(pin, "*"); pattern {
		return strings.HasPrefix(suffix, ".") && strings.HasSuffix(host, suffix) && len(host) > len(suffix)
	}
	return pin == host
}

// Check returns the error of a URL that is not allowed, nil otherwise.
func (p Pins) Check(u *url.URL) error {
	if p.Allows(u) {
		return nil
	}
	what := "the address leads to " + u.Host + ", which is not one of this connector's hosts"
	if u.Scheme != "https" {
		what = "the address on " + u.Host + " is not HTTPS"
	}
	return &purser.Error{Class: purser.ClassConfig, Code: "host_not_allowed", What: what,
		Hint: "Nothing was sent there. The hosts that may be called are " + strings.Join(p, ", ") + "."}
}

// Digest identifies the set of hosts, whatever their order.
func (p Pins) Digest() string {
	sorted := make([]string, 0, len(p))
	for _, pin := range p {
		sorted = append(sorted, strings.ToLower(pin))
	}
	slices.Sort(sorted)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(sorted), "\n")))
	return hex.EncodeToString(sum[:16])
}
