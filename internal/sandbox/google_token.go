package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// token exchanges a service account's signed assertion for an access token.
func (g *google) token(x *exchange) {
	noStore(x.w.Header())
	f := x.form()
	g.s.book.calls[Google+" "+f.Get("grant_type")]++
	fail := func(status int, code, text string) {
		x.json(status, obj{"error": code, "error_description": text})
	}
	if f.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		fail(http.StatusBadRequest, "unsupported_grant_type", "Invalid grant_type: "+f.Get("grant_type"))
		return
	}
	a, problem := g.key().verify(f.Get("assertion"), "https://"+googleTokenHost+"/token", x.now, time.Hour)
	switch {
	case problem == "" && a.keyID != "" && a.keyID != g.keyID, g.revoked:
		problem = "Invalid JWT Signature."
	case problem == "" && a.Issuer != g.email:
		problem = "account not found"
	case problem == "" && (a.IssuedAt == nil || a.Expiry.Time().Sub(a.IssuedAt.Time()) > time.Hour):
		problem = "Invalid JWT: iat and exp must be at most an hour apart."
	}
	if problem != "" {
		fail(http.StatusBadRequest, "invalid_grant", "Invalid grant: "+problem)
		return
	}
	subject := a.Issuer
	if a.Subject != "" {
		subject = a.Subject
		if p := g.byKey(subject); p == nil || g.suspended(p) {
			fail(http.StatusBadRequest, "invalid_grant", "Invalid email or User ID")
			return
		}
	}
	scopes := strings.Fields(a.Scope)
	if len(scopes) == 0 {
		fail(http.StatusBadRequest, "invalid_scope", "Empty or missing scope not allowed.")
		return
	}
	if a.Subject != "" && slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(g.delegated, s) }) {
		fail(http.StatusUnauthorized, "unauthorized_client",
			"Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.")
		return
	}
	life := g.s.lifetime(time.Hour)
	t := g.s.issue("ya29.sandbox-", grant{vendor: Google, kind: "service", subject: subject, scopes: scopes, expires: x.now.Add(life)})
	x.json(http.StatusOK, obj{"access_token": t, "expires_in": int(life.Seconds()) - 1, "token_type": "Bearer"})
}
