package egress

import (
	"net/netip"
	"slices"
)

// verdict is why an address may not be dialed; empty if it may.
type verdict string

const (
	permitted verdict = ""
	metadata  verdict = "an address of a cloud's metadata service"
	special   verdict = "a private or reserved address"
)

// addressRules says which addresses may be dialed.
type addressRules struct {
	allowed []netip.Prefix
}

// check decides about one address. What an IPv6 address carries inside (an IPv4
// address behind a translator or a tunnel) is checked as well: that is where the
// packets end.
func (r addressRules) check(a netip.Addr) verdict {
	a = a.WithZone("").Unmap()
	inner, carries := embedded(a)
	if isMetadata(a) || carries && isMetadata(inner) {
		return metadata
	}
	if r.listed(a) || carries && r.listed(inner) {
		return permitted
	}
	if carries {
		if isSpecial(inner) {
			return special
		}
		return permitted
	}
	if isSpecial(a) {
		return special
	}
	return permitted
}

func (r addressRules) listed(a netip.Addr) bool {
	return slices.ContainsFunc(r.allowed, func(p netip.Prefix) bool { return p.Contains(a) })
}

// embedded returns the IPv4 address inside a NAT64, 6to4, IPv4-compatible,
// IPv4-translated or ISATAP address.
func embedded(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() {
		return netip.Addr{}, false
	}
	b := a.As16()
	tail := netip.AddrFrom4([4]byte(b[12:16]))
	switch {
	case within(a, "64:ff9b::/96"), within(a, "64:ff9b:1::/48"), within(a, "::ffff:0:0:0/96"):
		return tail, true
	case within(a, "2002::/16"):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case within(a, "::/96") && !a.IsLoopback() && !a.IsUnspecified():
		return tail, true
	case (b[8] == 0 || b[8] == 2) && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe:
		return tail, true
	}
	return netip.Addr{}, false
}

func within(a netip.Addr, prefix string) bool { return netip.MustParsePrefix(prefix).Contains(a) }

// isMetadata knows the addresses under which clouds hand credentials to machines.
func isMetadata(a netip.Addr) bool {
	switch a.String() {
	case "169.254.169.254", // most clouds
		"169.254.170.2", "169.254.170.23", // container and pod credentials
		"169.254.169.253", "169.254.0.23", // resolver and metadata of some clouds
		"100.100.100.200",              // Alibaba Cloud
		"168.63.129.16",                // Azure's host
		"192.0.0.192",                  // Oracle's classic cloud
		"fd00:ec2::254",                // Amazon, IPv6
		"fd00:ec2::23",                 // Amazon, pod credentials, IPv6
		"fd20:ce::254",                 // Google, IPv6
		"fd00:c1::a9fe:a9fe",           // Oracle, IPv6
		"fe80::a9fe:a9fe",              // OpenStack, IPv6
		"fd00:42::42", "169.254.42.42": // Scaleway
		return true
	}
	return false
}

// isSpecial follows IANA's registries of special-purpose addresses; of IPv6 only
// the part that is given out (2000::/3) can be public at all.
func isSpecial(a netip.Addr) bool {
	if a.Is4() {
		if a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
			return true
		}
		return slices.ContainsFunc(specialIPv4(), func(p string) bool { return within(a, p) })
	}
	if !within(a, "2000::/3") {
		return true
	}
	return within(a, "2001::/23") || within(a, "2001:db8::/32") || within(a, "3fff::/20")
}

func specialIPv4() []string {
	return []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	}
}
