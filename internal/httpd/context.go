package httpd

import (
	"context"
	"net/http"
	"time"
)

// call is what the server knows of one request.
type call struct {
	id     string
	origin string // address of the one who asks
	csrf   string // of the session
	cookie string // of the session, "" without one
	public string // scheme://host
	secure bool
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// RequestID returns the identifier of the request: it stands in the answer's
// X-Request-Id, in error pages and in the server's log.
func RequestID(ctx context.Context) string { return callOf(ctx).id }

// Origin returns the address of the one who asks, for the audit log and sign-in.
func Origin(ctx context.Context) string { return callOf(ctx).origin }

// CSRF returns the token that forms and scripts of the session send back, as the
// field "csrf" or the header X-CSRF-Token.
func CSRF(ctx context.Context) string { return callOf(ctx).csrf }

// SessionCookie returns the cookie of the session, "" without one.
func SessionCookie(ctx context.Context) string { return callOf(ctx).cookie }

// PublicURL returns the address that people use, without a path: https://purser.example.com.
func PublicURL(ctx context.Context) string { return callOf(ctx).public }

// cookieLife is that of the longest session; the server ends it earlier.
const cookieLife = 7 * 24 * time.Hour

func cookieName(secure bool) string {
	if secure {
		return "__Host-purser" // browsers see to it that no other host of the domain set it
	}
	return "purser"
}

// SetSession gives the browser the cookie of its new session.
func SetSession(w http.ResponseWriter, r *http.Request, cookie string) {
	secure := callOf(r.Context()).secure
	// Lax, not Strict: a vendor's consent page leads back here by a link.
	http.SetCookie(w, &http.Cookie{Name: cookieName(secure), Value: cookie, Path: "/", HttpOnly: true, Secure: secure,
		SameSite: http.SameSiteLaxMode, MaxAge: int(cookieLife / time.Second)})
}

// ClearSession takes the cookie from the browser.
func ClearSession(w http.ResponseWriter, r *http.Request) {
	secure := callOf(r.Context()).secure
	http.SetCookie(w, &http.Cookie{Name: cookieName(secure), Path: "/", HttpOnly: true, Secure: secure,
		SameSite: http.SameSiteLaxMode, MaxAge: -1})
}
