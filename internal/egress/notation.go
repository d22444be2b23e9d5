package egress

import (
	"net/netip"
	"strings"
)

// literal returns the address that host spells in its usual notation.
func literal(host string) (netip.Addr, bool) {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	a, err := netip.ParseAddr(host)
	return a, err == nil
}

// oddNumber reports whether host is a number in a notation that some resolvers
// still turn into an address: 2130706433, 0x7f.1, 0177.0.0.1, 127.1. No public
// name ends in a label that is a number, so nothing of use is refused.
func oddNumber(host string) bool {
	host = strings.TrimRight(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" {
		return false
	}
	if digits, hex := strings.CutPrefix(strings.ToLower(last), "0x"); hex {
		return strings.Trim(digits, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

// plainName reports whether host is made of the letters that stand in DNS names.
// Names in other scripts arrive in their ASCII form (xn--…); everything else
// (full-width digits, percent signs, spaces) is a disguise.
func plainName(host string) bool {
	if host == "" || len(host) > 253 {
		return false
	}
	for _, label := range strings.Split(strings.TrimSuffix(host, "."), ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for _, c := range []byte(label) {
			ok := c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
			if !ok {
				return false
			}
		}
	}
	return true
}
