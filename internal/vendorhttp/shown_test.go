package vendorhttp_test

import (
	"net/http"
	"testing"
)

func TestTheTraceShowsThePathWithItsBaseAndWithoutValues(t *testing.T) {
	for _, c := range []struct{ route, url, want string }{
		{"/users", "/api/v1/users?limit=2", "/api/v1/users"},
		{"/groups/${parent.external_id}/users", "/api/v1/groups/a%2Fb/users", "/api/v1/groups/{id}/users"},
		{"/product/${sql_id(vary.product)}/users", "/v1/product/Suite/users", "/v1/product/{product}/users"},
		{"/users?active=true", "/api/users?active=true", "/api/users"},
		{"https://" + vendorHost + "/x/${settings.company}/y", "/x/acme/y", "/x/{company}/y"},
		{"/users", "/users", "/users"},
		{"/users", "/elsewhere/ann%40example.com", "/users"}, // a link that the vendor gave
		{"", "/api/raw", "/api/raw"},
	} {
		v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { good(w) })
		r := list()
		r.Route, r.URL = c.route, "https://"+vendorHost+c.url
		_, _ = v.caller().Do(t.Context(), r)
		if len(v.events) == 0 || v.events[0].Path != c.want {
			t.Errorf("%s at %s is shown as %+v, want %s", c.route, c.url, v.events, c.want)
		}
	}
}
