package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Credentials returns the made-up secrets with which the vendors let a client in.
func (s *Sandbox) Credentials() Credentials {
	var c Credentials
	c.Okta.Domain, c.Okta.APIToken, c.Okta.ClientID, c.Okta.KeyID = oktaHost, s.okta.apiToken, s.okta.clientID, s.okta.keyID
	c.Okta.PrivateKey = s.okta.key().pem
	s.google.credentials(&c)
	c.Slack.ClientID, c.Slack.ClientSecret = s.slack.clientID, s.slack.clientSecret
	c.BambooHR.CompanyDomain, c.BambooHR.APIKey = strings.TrimSuffix(bambooHost, ".bamboohr.com"), s.bamboo.key
	c.Xero.ClientID, c.Xero.ClientSecret = s.xero.clientID, s.xero.clientSecret
	if s.labs != nil {
		c.OneLogin.Domain, c.OneLogin.ClientID, c.OneLogin.ClientSecret = oneloginHost, s.labs.id, s.labs.secret
	}
	return c
}

// Hire adds a person who starts on a day, in the future or not.
func (s *Sandbox) Hire(given, family, department string, on time.Time) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := *s.company.Hire(given, family, department, on, s.now())
	return &p
}

// RemovePerson erases a person from every vendor's records.
func (s *Sandbox) RemovePerson(email string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.company.Remove(email, s.now())
}

// Leave lets a person leave today; the accounts stay active where they linger.
func (s *Sandbox) Leave(email string, lingers bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.company.Leave(email, s.now(), s.now(), lingers)
}

// RegisterRedirect registers an address with the OAuth apps, as their consoles do; from then on no other is taken.
func (s *Sandbox) RegisterRedirect(uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.RedirectURIs = append(slices.Clone(s.opts.RedirectURIs), uri)
}

// Use records that a person has just used an application (the identity provider itself where app is empty).
func (s *Sandbox) Use(email, app string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.company.Use(email, app, s.now())
}

// RevokeTokens makes a vendor accept nothing that it gave out or was told so
// far: keys and tokens, refresh tokens too. What a new consent gives works.
func (s *Sandbox) RevokeTokens(vendor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t, g := range s.book.access {
		if g.vendor == vendor {
			delete(s.book.access, t)
			s.book.dead[t] = true
		}
	}
	for t, g := range s.book.refresh {
		if g.vendor == vendor {
			delete(s.book.refresh, t)
		}
	}
	s.setRevoked(vendor, true)
}

// RestoreKeys makes a vendor accept its key or client again, as an admin who mends it would.
func (s *Sandbox) RestoreKeys(vendor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setRevoked(vendor, false)
}

func (s *Sandbox) setRevoked(vendor string, to bool) {
	switch vendor {
	case Okta:
		s.okta.revoked = to
	case Google:
		s.google.revoked = to
	case BambooHR:
		s.bamboo.revoked = to
	}
}

// ExpireTokens lets every access token of a vendor expire now.
func (s *Sandbox) ExpireTokens(vendor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.book.access {
		if g.vendor == vendor {
			g.expires = s.now()
		}
	}
}

// ShrinkScopes leaves a vendor's app these scopes only, for tokens that are out
// and for those to come. BambooHR has no scopes: there it names the fields that
// the key's user may see.
func (s *Sandbox) ShrinkScopes(vendor string, scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lost := func(sc string) bool { return !slices.Contains(scopes, sc) }
	for _, book := range []map[string]*grant{s.book.access, s.book.refresh} {
		for _, g := range book {
			if g.vendor == vendor {
				g.scopes = slices.DeleteFunc(slices.Clone(g.scopes), lost)
			}
		}
	}
	switch vendor {
	case Okta:
		s.okta.granted = slices.Clone(scopes)
	case Google:
		s.google.delegated = slices.Clone(scopes)
	case BambooHR:
		s.bamboo.visible = slices.Clone(scopes)
	}
}

// SetAdminRole gives Okta's service app an admin role or takes it: with scopes
// alone it sees an empty list of users and 403 elsewhere.
func (s *Sandbox) SetAdminRole(has bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.okta.noRole = !has
}

// TokenCalls says how often a vendor's token endpoint was asked with a grant type; with any where it is empty.
func (s *Sandbox) TokenCalls(vendor, grantType string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for k, c := range s.book.calls {
		if v, g, _ := strings.Cut(k, " "); v == vendor && (grantType == "" || g == grantType) {
			n += c
		}
	}
	return n
}

// TokensIssued says how many access tokens a vendor gave out.
func (s *Sandbox) TokensIssued(vendor string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.issued[vendor]
}

// TouchScale gives the first n generated users another title, for a second sync.
func (s *Sandbox) TouchScale(n int) { s.okta.scale.touch(n) }

// Bill adds a supplier's bill to one of the accounting system's organisations (0 or 1), changed now.
func (s *Sandbox) Bill(organisation int, payeeName string, cents int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.xero.books[organisation]
	i := slices.IndexFunc(l.payees, func(p payee) bool { return p.name == payeeName })
	if i < 0 {
		return fmt.Errorf("the made-up company has no supplier %q", payeeName)
	}
	now := s.now()
	l.bills = append(l.bills, &paper{n: len(l.bills), kind: "ACCPAY", status: "AUTHORISED", payee: i, number: "INV-" + pad(1000+len(l.bills), 6), date: now,
		due: now.AddDate(0, 0, 30), updated: now, currency: l.currency, rate: "1", cents: cents, lines: []paperLine{{"Subscription", "463", "", cents}}})
	return nil
}
