package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// family lists the scopes that an app of this age may ask for.
func (z *xero) family() []string {
	common := strings.Fields("openid profile email offline_access accounting.contacts.read accounting.contacts accounting.settings.read accounting.settings")
	if z.s.opts.XeroClassicScopes {
		return append(common, "accounting.transactions.read", "accounting.transactions")
	}
	return append(common, "accounting.invoices.read", "accounting.invoices", "accounting.banktransactions.read", "accounting.banktransactions",
		"accounting.payments.read", "accounting.payments")
}

// asked checks an authorize request; a problem is shown to the person, never sent on.
func (z *xero) asked(x *exchange) (scopes []string, problem string) {
	scopes = strings.Fields(x.q.Get("scope"))
	method := x.q.Get("code_challenge_method")
	switch {
	case x.q.Get("client_id") != z.clientID:
		return nil, "unauthorized_client: unknown client or client not enabled"
	case !z.s.registered(x.q.Get("redirect_uri")):
		return nil, "unauthorized_client: invalid redirect_uri"
	case x.q.Get("response_type") != "code":
		return nil, "unsupported_response_type"
	case len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(z.family(), s) }):
		return nil, "invalid_scope"
	case x.q.Get("code_challenge") != "" && method != "" && method != "S256" && method != "plain":
		return nil, "invalid_request: code_challenge_method"
	}
	return scopes, ""
}

func (z *xero) authorize(x *exchange) {
	scopes, problem := z.asked(x)
	var choices []consentChoice
	for _, l := range z.books {
		choices = append(choices, consentChoice{l.tenantID, l.name})
	}
	x.consent(consentPage{Vendor: "Xero", App: "Purser", Who: z.s.company.Person(1).Email, Problem: problem, Scopes: scopes, Choices: choices,
		Allow: "Allow access", Deny: "Cancel"})
}

func (z *xero) decide(x *exchange) {
	scopes, problem := z.asked(x)
	if problem != "" {
		x.consent(consentPage{Vendor: "Xero", Problem: problem})
		return
	}
	back := url.Values{}
	if x.q.Has("state") {
		back.Set("state", x.q.Get("state"))
	}
	f := x.form()
	if f.Get("decision") != "allow" {
		back.Set("error", "access_denied")
		x.goTo(x.q.Get("redirect_uri"), back)
		return
	}
	var tenants []string
	for _, l := range z.books {
		if slices.Contains(f["tenant"], l.tenantID) {
			tenants = append(tenants, l.tenantID)
		}
	}
	word := z.s.secret("")
	z.s.book.codes[word] = &code{vendor: Xero, client: z.clientID, redirect: x.q.Get("redirect_uri"), challenge: x.q.Get("code_challenge"),
		method: x.q.Get("code_challenge_method"), scopes: scopes, tenants: tenants, expires: x.now.Add(5 * time.Minute)}
	back.Set("code", word)
	back.Set("scope", strings.Join(scopes, " "))
	x.goTo(x.q.Get("redirect_uri"), back)
}

// token redeems codes and rotates refresh tokens.
func (z *xero) token(x *exchange) {
	noStore(x.w.Header())
	f := x.form()
	z.s.book.calls[Xero+" "+f.Get("grant_type")]++
	fail := func(code string) { x.json(http.StatusBadRequest, obj{"error": code}) }
	id, secret := x.client()
	if id != z.clientID || !same(secret, z.clientSecret) {
		fail("invalid_client")
		return
	}
	var g grant
	switch f.Get("grant_type") {
	case "authorization_code":
		c := z.s.book.codes[f.Get("code")]
		delete(z.s.book.codes, f.Get("code")) // single use, whatever comes of it
		if c == nil || c.vendor != Xero || x.now.After(c.expires) || c.redirect != f.Get("redirect_uri") || !c.proves(f.Get("code_verifier")) {
			fail("invalid_grant")
			return
		}
		g = grant{vendor: Xero, kind: "user", subject: z.s.company.Person(1).Email, scopes: c.scopes, tenants: c.tenants,
			session: guid(salt(f.Get("code")))}
	case "refresh_token":
		old := f.Get("refresh_token")
		was := z.s.book.refresh[old]
		if was == nil || was.vendor != Xero || x.now.After(was.expires) {
			fail("invalid_grant")
			return
		}
		delete(z.s.book.refresh, old)
		z.s.book.spent[old] = true
		g = *was
	default:
		fail("unsupported_grant_type")
		return
	}
	life := z.s.lifetime(30 * time.Minute)
	out := obj{"token_type": "Bearer", "expires_in": int(life.Seconds()), "scope": strings.Join(g.scopes, " ")}
	if g.has("offline_access") { // without it there is nothing to go on with
		kept := g
		kept.expires = x.now.AddDate(0, 0, 60)
		r := z.s.secret("")
		z.s.book.refresh[r] = &kept
		out["refresh_token"] = r
	}
	g.expires = x.now.Add(life)
	out["access_token"] = z.s.issue("eyJ-xero-", g)
	x.json(http.StatusOK, out)
}
