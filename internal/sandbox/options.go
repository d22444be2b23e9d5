package sandbox

import (
	"crypto/rsa"
	"io"
	"time"
)

// The vendors' names, as their connectors have them.
const (
	Okta     = "okta"
	Google   = "google-workspace"
	Slack    = "slack"
	BambooHR = "bamboohr"
	Xero     = "xero"
	OneLogin = "onelogin" // only where Options.Labs is set
)

// Options says what the sandbox is like. The zero value is the demo's company
// behind vendors that behave as documented.
type Options struct {
	Seed    uint64
	Company CompanyOptions
	// Now is the vendors' clock; time.Now where nil.
	Now func() time.Time
	// Rand makes tokens and keys; the operating system's source where nil.
	Rand io.Reader
	// Key is the clients' key pair; made when it is first needed where nil. Tests that start many sandboxes share one.
	Key *rsa.PrivateKey
	// Lenient lets unknown query parameters pass; otherwise they are refused with 400.
	Lenient bool
	// Unlimited switches the vendors' rate limits off (their headers stay).
	Unlimited bool
	// Limits overrides the requests per minute of a bucket, e.g. "okta/users".
	Limits map[string]int
	// TokenLifetime replaces the vendors' own lifetimes of access tokens.
	TokenLifetime time.Duration
	// DPoP makes Okta's service app demand proofs of possession.
	DPoP bool
	// SlackRotation switches token rotation on: access tokens end after twelve hours.
	SlackRotation bool
	// XeroClassicScopes makes the Xero app one of the old scope family; otherwise it is granular.
	XeroClassicScopes bool
	// RedirectURIs are the addresses registered with the OAuth apps; any is taken where empty.
	RedirectURIs []string
	// Labs gives the company a second identity provider, which came with a firm that it bought.
	Labs bool
	// Scale replaces Okta's lists by generated ones of any size.
	Scale *Scale
	// Latency is how long each vendor thinks before it answers; a demo shows more with it.
	Latency time.Duration
	// NoJournal keeps no record of requests (for benchmarks).
	NoJournal bool
}

// Credentials are the made-up secrets with which a client connects.
type Credentials struct {
	Okta struct {
		Domain, APIToken, ClientID, KeyID string
		PrivateKey                        string // PKCS #8 in PEM
	}
	Google struct {
		ServiceAccountJSON string // as the vendor's console downloads it
		ClientEmail        string
		KeyID              string
		PrivateKey         string
		Admin              string // the administrator to act for
		CustomerID         string
	}
	Slack    struct{ ClientID, ClientSecret string }
	BambooHR struct{ CompanyDomain, APIKey string }
	Xero     struct{ ClientID, ClientSecret string }
	OneLogin struct{ Domain, ClientID, ClientSecret string } // empty without it
}
