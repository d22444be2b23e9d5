package vendorhttp

import (
	"net/url"
	"strings"
)

// pathOf is the path of a request as a log may show it: the manifest's template
// where there is one, behind the base path that the address really has. Values
// in it (identifiers, names) are never shown.
func pathOf(r *Request, u *url.URL) string {
	route, _, _ := strings.Cut(r.Route, "?")
	if route == "" {
		return u.Path
	}
	if _, rest, absolute := strings.Cut(route, "://"); absolute {
		_, path, _ := strings.Cut(rest, "/")
		return "/" + path
	}
	want := strings.Split(strings.Trim(route, "/"), "/")
	have := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	at := len(have) - len(want)
	if at <= 0 {
		return route
	}
	for i, segment := range want {
		if !strings.Contains(segment, "${") && segment != have[at+i] {
			return route // a link of the vendor's own: its place is not known
		}
	}
	return "/" + strings.Join(have[:at], "/") + route
}
