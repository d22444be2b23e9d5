package vendorhttp

import (
	"net/url"
	"strings"
)

// pathOf is the path of a request as a log may show it: the manifest's template
// where there is one, behind the base path that the address really has. Values
// in it (identifiers, names) are never shown: a place for one stands in braces, as
// in the API's own description.
func pathOf(r *Request, u *url.URL) string {
	if r.Route == "" {
		return u.Path
	}
	return places(templateOf(r.Route, u))
}

func templateOf(route string, u *url.URL) string {
	route, _, _ = strings.Cut(route, "?")
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

// places writes ${parent.external_id} as {id}, and ${sql_id(vary.product)} as {product}.
func places(route string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(route, "${")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(rest)
			return b.String()
		}
		name = name[strings.LastIndexAny(name, "(.")+1:]
		name = strings.TrimPrefix(strings.TrimRight(name, ")"), "external_")
		b.WriteString("{" + name + "}")
		route = after
	}
}
