package httpd

import "net/http"

// tripLife is how long a browser may take to another site and back, in seconds.
const tripLife = 600

func tripName(secure bool) string {
	if secure {
		return "__Host-purser-trip"
	}
	return "purser-trip"
}

// SetTrip lets the browser keep what shows that it is the one that was sent to
// another site, when it comes back.
func SetTrip(w http.ResponseWriter, r *http.Request, value string) {
	secure := callOf(r.Context()).secure
	// Lax: the browser comes back by a link.
	http.SetCookie(w, &http.Cookie{Name: tripName(secure), Value: value, Path: "/", HttpOnly: true, Secure: secure,
		SameSite: http.SameSiteLaxMode, MaxAge: tripLife})
}

// Trip returns what SetTrip gave the browser, "" if there is nothing.
func Trip(r *http.Request) string {
	cookie, err := r.Cookie(tripName(callOf(r.Context()).secure))
	if err != nil {
		return ""
	}
	return cookie.Value
}
