package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// token is the org authorization server's endpoint: client credentials with a
// private key alone, as for service apps.
func (o *okta) token(x *exchange) {
	noStore(x.w.Header())
	f := x.form()
	o.s.book.calls[Okta+" "+f.Get("grant_type")]++
	oauth := func(status int, code, text string) {
		x.json(status, obj{"error": code, "error_description": text})
	}
	switch {
	case f.Get("grant_type") != "client_credentials":
		oauth(http.StatusBadRequest, "unsupported_grant_type", "This app may use client_credentials only.")
		return
	case f.Get("client_secret") != "" || x.r.Header.Get("Authorization") != "":
		oauth(http.StatusUnauthorized, "invalid_client", "This app authenticates with private_key_jwt.")
		return
	case f.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
		oauth(http.StatusBadRequest, "invalid_request", "client_assertion_type is not known.")
		return
	case o.revoked:
		oauth(http.StatusUnauthorized, "invalid_client", "The client is not active.")
		return
	}
	a, problem := o.key().verify(f.Get("client_assertion"), "https://"+oktaHost+"/oauth2/v1/token", x.now, time.Hour)
	switch {
	case problem == "" && (a.Issuer != o.clientID || a.Subject != o.clientID):
		problem = "its iss and sub are not the client's id"
	case problem == "" && a.keyID != "" && a.keyID != o.keyID:
		problem = "its key is not registered"
	case problem == "" && a.ID != "" && o.s.book.seen["okta assertion "+a.ID]:
		problem = "it was used before"
	}
	if problem != "" {
		oauth(http.StatusUnauthorized, "invalid_client", "The client_assertion is not accepted: "+problem+".")
		return
	}
	scopes := strings.Fields(f.Get("scope"))
	if len(scopes) == 0 {
		oauth(http.StatusBadRequest, "invalid_scope", "No scopes were requested.")
		return
	}
	if slices.ContainsFunc(scopes, func(sc string) bool { return !slices.Contains(o.granted, sc) }) {
		oauth(http.StatusBadRequest, "invalid_scope", "You are not allowed any of the requested scopes.")
		return
	}
	jkt, ok := "", true
	if o.s.opts.DPoP || x.r.Header.Get("DPoP") != "" {
		if jkt, ok = o.tokenProof(x, oauth); !ok {
			return
		}
	}
	if a.ID != "" {
		o.s.book.seen["okta assertion "+a.ID] = true
	}
	kind := "Bearer"
	if jkt != "" {
		kind = "DPoP"
	}
	life := o.s.lifetime(time.Hour)
	t := o.s.issue("eyJ-okta-", grant{vendor: Okta, kind: kind, subject: o.clientID, scopes: scopes, expires: x.now.Add(life), jkt: jkt})
	x.json(http.StatusOK, obj{"token_type": kind, "expires_in": int(life.Seconds()), "access_token": t, "scope": strings.Join(scopes, " ")})
}

// bearerGrant finds the grant of an OAuth request or refuses it.
func (o *okta) bearerGrant(x *exchange) *grant {
	scheme, _, _ := strings.Cut(x.r.Header.Get("Authorization"), " ")
	if scheme != "DPoP" {
		scheme = "Bearer"
	}
	if x.r.Header.Get("Authorization") == "" {
		o.refuse(x, http.StatusUnauthorized, "")
		return nil
	}
	token, g, why := x.bearer(Okta, scheme)
	if g == nil || o.revoked || (g.jkt != "") != (scheme == "DPoP") {
		text := "The access token is not valid."
		if why == "expired" {
			text = "The token has expired."
		}
		x.w.Header().Set("WWW-Authenticate", scheme+` authorization_uri="https://`+oktaHost+`/oauth2/v1/authorize", realm="https://`+oktaHost+
			`", error="invalid_token", error_description="`+text+`", resource="`+x.r.URL.Path+`"`)
		x.w.WriteHeader(http.StatusUnauthorized)
		return nil
	}
	if g.jkt != "" && !o.resourceProof(x, token, g) {
		return nil
	}
	return g
}
