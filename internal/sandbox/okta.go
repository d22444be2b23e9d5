package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const oktaHost = "acme.okta.com"

// okta is the identity provider.
type okta struct {
	s         *Sandbox
	apiToken  string
	revoked   bool
	clientID  string
	keyID     string
	key       func() rsaKey
	granted   []string // the API scopes that were granted to the service app
	noRole    bool     // the service app has scopes and no admin role
	suspended map[int]time.Time
	nonces    map[string]bool
	scale     *scaleView
	oktaChanges
}

func oktaScopes() []string {
	return strings.Fields("okta.users.read okta.apps.read okta.groups.read okta.logs.read okta.roles.read okta.orgs.read okta.users.manage okta.apps.manage okta.groups.manage")
}

func newOkta(s *Sandbox) *okta {
	o := &okta{s: s, apiToken: s.secret("00sandbox-"), clientID: "0oa" + spell(mix(s.opts.Seed, salt("okta client")), lower36, 17),
		keyID: "sandbox-okta-key", key: s.key, granted: oktaScopes(), suspended: map[int]time.Time{}, nonces: map[string]bool{}, oktaChanges: newOktaChanges()}
	if s.opts.Scale != nil {
		o.scale = newScaleView(o, *s.opts.Scale)
	}
	return o
}

func (o *okta) name() string    { return Okta }
func (o *okta) hosts() []string { return []string{oktaHost} }

func (o *okta) mux(string) *http.ServeMux {
	const api = "/api/v1"
	all := routes{
		"POST /oauth2/v1/token":                           o.token,
		"GET " + api + "/org":                             o.api("org", 600, "okta.orgs.read", o.org),
		"GET " + api + "/users":                           o.api("users", 600, "okta.users.read", o.listUsers),
		"GET " + api + "/users/{id}":                      o.api("users/id", 2000, "okta.users.read", o.getUser),
		"POST " + api + "/users/{id}/lifecycle/suspend":   o.api("users/id", 600, "okta.users.manage", o.suspend),
		"POST " + api + "/users/{id}/lifecycle/unsuspend": o.api("users/id", 600, "okta.users.manage", o.unsuspend),
		"GET " + api + "/groups":                          o.api("groups", 500, "okta.groups.read", o.listGroups),
		"GET " + api + "/groups/{id}/users":               o.api("groups/id", 1000, "okta.groups.read", o.listMembers),
		"GET " + api + "/apps":                            o.api("apps", 500, "okta.apps.read", o.listApps),
		"GET " + api + "/apps/{id}/users":                 o.api("apps/id", 1000, "okta.apps.read", o.listAppUsers),
		"GET " + api + "/apps/{id}/groups":                o.api("apps/id", 1000, "okta.apps.read", o.listAppGroups),
		"GET " + api + "/logs":                            o.api("logs", 120, "okta.logs.read", o.listLogs),
	}
	maps.Copy(all, o.actions(api))
	return all.mux(o)
}

// api guards a route: who asks, may they, and how often.
func (o *okta) api(bucket string, perMinute int, scope string, handle func(*exchange)) func(*exchange) {
	return func(x *exchange) {
		left, of, reset, ok := x.spend("okta/"+bucket, perMinute)
		h := x.w.Header()
		h.Set("X-Rate-Limit-Limit", strconv.Itoa(of))
		h.Set("X-Rate-Limit-Remaining", strconv.Itoa(left))
		h.Set("X-Rate-Limit-Reset", strconv.FormatInt(reset.Unix(), 10))
		h.Set("X-Okta-Request-Id", o.s.secret(""))
		if !ok {
			o.limited(x, reset)
			return
		}
		if x.r.Method == http.MethodPost && x.r.Header.Get("Content-Length") == "" && x.r.ContentLength < 0 {
			x.w.WriteHeader(http.StatusLengthRequired)
			return
		}
		if o.allowed(x, scope) {
			handle(x)
		}
	}
}

// allowed checks the credential of a request and, for OAuth, its scope.
func (o *okta) allowed(x *exchange, scope string) bool {
	if key, ok := strings.CutPrefix(x.r.Header.Get("Authorization"), "SSWS "); ok {
		if o.revoked || !same(key, o.apiToken) {
			o.fail(x, http.StatusUnauthorized, "E0000011", "Invalid token provided")
			return false
		}
		return true
	}
	g := o.bearerGrant(x)
	if g == nil {
		return false
	}
	if !g.has(scope) {
		x.w.Header().Set("WWW-Authenticate", `Bearer authorization_uri="https://`+oktaHost+`/oauth2/v1/authorize", realm="https://`+oktaHost+
			`", scope="`+scope+`", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="`+x.r.URL.Path+`"`)
		x.w.WriteHeader(http.StatusForbidden)
		return false
	}
	if o.noRole {
		if x.r.URL.Path == "/api/v1/users" { // scopes without a role see nobody, and no error
			x.json(http.StatusOK, []obj{})
			return false
		}
		o.refuse(x, http.StatusForbidden, "")
		return false
	}
	return true
}

func (o *okta) fail(x *exchange, status int, code, summary string, causes ...string) {
	list := []obj{}
	for _, c := range causes {
		list = append(list, obj{"errorSummary": c})
	}
	x.json(status, obj{"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": o.s.secret("oae"), "errorCauses": list})
}

func (o *okta) refuse(x *exchange, status int, detail string) {
	switch status {
	case http.StatusBadRequest:
		o.fail(x, status, "E0000001", "Api validation failed: "+detail, detail)
	case http.StatusUnauthorized:
		o.fail(x, status, "E0000011", "Invalid token provided")
	case http.StatusForbidden:
		o.fail(x, status, "E0000006", "You do not have permission to perform the requested action")
	case http.StatusNotFound:
		o.fail(x, status, "E0000007", "Not found: Resource not found: "+x.r.URL.Path)
	default:
		o.fail(x, status, "E0000009", "Internal Server Error")
	}
}

func (o *okta) limited(x *exchange, until time.Time) {
	h := x.w.Header()
	if h.Get("X-Rate-Limit-Limit") == "" {
		h.Set("X-Rate-Limit-Limit", "600")
	}
	h.Set("X-Rate-Limit-Remaining", "0")
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(until.Unix(), 10))
	o.fail(x, http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests.")
}

// links writes the self and next lines; a negative next means none.
func (o *okta) links(x *exchange, next string) {
	q := url.Values{}
	for k, v := range x.q {
		q[k] = slices.Clone(v)
	}
	at := func(host string) string {
		if len(q) == 0 {
			return "https://" + host + x.r.URL.EscapedPath()
		}
		return "https://" + host + x.r.URL.EscapedPath() + "?" + q.Encode()
	}
	x.w.Header().Add("Link", "<"+at(x.host)+`>; rel="self"`)
	if next != "" {
		q.Set("after", next)
		q.Del("since")
		x.w.Header().Add("Link", "<"+at(x.linkHost())+`>; rel="next"`)
	}
}

// oktaPage answers with one page of items and its links.
func oktaPage[T any](x *exchange, o *okta, items []T, key func(T) int, limit int, view func(T) obj) {
	after, ok := decodeCursor("c", x.q.Get("after"))
	if !ok {
		o.refuse(x, http.StatusBadRequest, "Invalid cursor")
		return
	}
	page, next := pageOf(x, items, key, after, limit)
	o.links(x, encodeCursor("c", next))
	out := make([]obj, 0, len(page))
	for _, it := range page {
		out = append(out, view(it))
	}
	x.json(http.StatusOK, out)
}

// encodeCursor hides a position in a word; the end is the empty word.
func encodeCursor(prefix string, n int) string {
	if n < 0 {
		return ""
	}
	return prefix + strconv.FormatUint(uint64(n)*2654435761%(1<<40)|uint64(n)<<40, 36)
}

func decodeCursor(prefix, s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	raw, ok := strings.CutPrefix(s, prefix)
	v, err := strconv.ParseUint(raw, 36, 64)
	n := int(v >> 40)
	return n, ok && err == nil && encodeCursor(prefix, n) == s
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func stampOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}
