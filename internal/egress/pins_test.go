package egress_test

import (
	"net/url"
	"testing"

	"purser"
	"purser/internal/egress"
)

func TestOnlyPinnedHostsAreAllowed(t *testing.T) {
	pins := egress.Pins{"acme.example.com", "*.files.example.com", "api.example.com:8443"}
	for address, want := range map[string]bool{
		"https://acme.example.com/x": true, "https://ACME.example.com": true, "https://acme.example.com:443/": true,
		"https://a.files.example.com/": true, "https://a.b.files.example.com/": true, "https://api.example.com:8443/": true,
		"http://acme.example.com/": false, "https://acme.example.com:8443/": false, "https://files.example.com/": false,
		"https://evil-files.example.com/": false, "https://acme.example.com.evil.example/": false, "https://evil.example/acme.example.com": false,
		"https://user@acme.example.com/": false, "https:acme.example.com": false, "https://acme.example.com./": false, "//acme.example.com/": false,
		"https://api.example.com/": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := pins.Allows(u); got != want {
			t.Errorf("%s: %v", address, got)
		}
		if err := pins.Check(u); (err == nil) != want || err != nil && purser.ClassOf(err) != purser.ClassConfig {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestTheDigestOfHostsKnowsTheSetAndNotItsOrder(t *testing.T) {
	a, b := egress.Pins{"a.example.com", "b.example.com"}, egress.Pins{"B.example.com", "a.example.com", "a.example.com"}
	if a.Digest() != b.Digest() || a.Digest() == (egress.Pins{"a.example.com"}).Digest() {
		t.Error("the digest does not follow the set of hosts")
	}
}
