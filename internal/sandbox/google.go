package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	googleTokenHost = "oauth2.googleapis.com"
	googleAdminHost = "admin.googleapis.com"
	googleLicHost   = "licensing.googleapis.com"
	googleScope     = "https://www.googleapis.com/auth/"
)

// google is the mail and document suite, read by a service account that acts
// for an administrator.
type google struct {
	s         *Sandbox
	email     string
	clientID  string
	keyID     string
	key       func() rsaKey
	revoked   bool
	asked     map[int]bool // suspended or not, as somebody asked
	archived  map[int]bool
	delegated []string // what the administrators let the service account ask for
}

func googleScopes() []string {
	var out []string
	for _, n := range strings.Fields(`admin.directory.user.readonly admin.directory.group.readonly admin.directory.group.member.readonly
		admin.directory.customer.readonly admin.directory.user.security admin.reports.audit.readonly apps.licensing admin.directory.user`) {
		out = append(out, googleScope+n)
	}
	return out
}

func newGoogle(s *Sandbox) *google {
	return &google{s: s, email: "purser-sync@sandbox-project.iam.gserviceaccount.com", clientID: "1" + spell(mix(s.opts.Seed, salt("google client")), digits, 20),
		keyID: spell(mix(s.opts.Seed, salt("google key")), hexes, 40), key: s.key, delegated: googleScopes(), asked: map[int]bool{}, archived: map[int]bool{}}
}

func (g *google) name() string { return Google }

func (g *google) hosts() []string { return []string{googleTokenHost, googleAdminHost, googleLicHost} }

func (g *google) credentials(c *Credentials) {
	raw, err := json.Marshal(map[string]string{"type": "service_account", "project_id": "sandbox-project", "private_key_id": g.keyID,
		"private_key": g.key().pem, "client_email": g.email, "client_id": g.clientID, "auth_uri": "https://accounts.google.com/o/oauth2/auth",
		"token_uri": "https://" + googleTokenHost + "/token", "universe_domain": "googleapis.com"})
	if err != nil {
		panic("sandbox: " + err.Error())
	}
	c.Google.ServiceAccountJSON, c.Google.ClientEmail, c.Google.KeyID, c.Google.PrivateKey = string(raw), g.email, g.keyID, g.key().pem
	c.Google.Admin, c.Google.CustomerID = g.admin(), g.customerID()
}

// admin is the one whose rights the service account borrows.
func (g *google) admin() string { return g.s.company.Person(1).Email }

func (g *google) customerID() string {
	return "C" + spell(mix(g.s.opts.Seed, salt("google customer")), lower36, 8)
}

func (g *google) mux(host string) *http.ServeMux {
	const dir = "/admin/directory/v1/"
	switch host {
	case googleTokenHost:
		return routes{"POST /token": g.token}.mux(g)
	case googleLicHost:
		const product = "GET /apps/licensing/v1/product/{product}/"
		return routes{
			product + "users":           g.api("licensing", 60, []string{"apps.licensing"}, g.licenses),
			product + "sku/{sku}/users": g.api("licensing", 60, []string{"apps.licensing"}, g.licenses),
		}.mux(g)
	}
	user := []string{"admin.directory.user.readonly", "admin.directory.user"}
	group := []string{"admin.directory.group.readonly", "admin.directory.group"}
	return routes{
		"GET " + dir + "users":                                          g.api("directory", 2400, user, g.listUsers),
		"GET " + dir + "users/{key}":                                    g.api("directory", 2400, user, g.getUser),
		"PUT " + dir + "users/{key}":                                    g.api("directory", 2400, user[1:], g.update),
		"POST " + dir + "users/{key}/signOut":                           g.api("directory", 2400, []string{"admin.directory.user.security"}, g.signOut),
		"GET " + dir + "users/{key}/tokens":                             g.api("directory", 2400, []string{"admin.directory.user.security"}, g.listTokens),
		"GET " + dir + "groups":                                         g.api("directory", 2400, group, g.listGroups),
		"GET " + dir + "groups/{key}/members":                           g.api("directory", 2400, append([]string{"admin.directory.group.member.readonly", "admin.directory.group.member"}, group...), g.listMembers),
		"GET " + dir + "customers/{key}":                                g.api("directory", 2400, []string{"admin.directory.customer.readonly", "admin.directory.customer"}, g.customer),
		"GET /admin/reports/v1/activity/users/{key}/applications/{app}": g.api("reports", 2400, []string{"admin.reports.audit.readonly"}, g.activities),
	}.mux(g)
}

// api guards a route.
func (g *google) api(bucket string, perMinute int, scopes []string, handle func(*exchange)) func(*exchange) {
	return func(x *exchange) {
		_, gr, _ := x.bearer(Google, "Bearer")
		if gr == nil || g.revoked {
			g.refuse(x, http.StatusUnauthorized, "")
			return
		}
		bucket, perMinute := bucket, perMinute
		if bucket == "reports" && (x.r.PathValue("key") != "all" || x.q.Get("eventName") != "" || x.q.Get("filters") != "") {
			bucket, perMinute = "reports filtered", 250
		}
		if _, _, reset, ok := x.spend("google/"+bucket, perMinute); !ok {
			g.limited(x, reset)
			return
		}
		full := make([]string, len(scopes))
		for i, sc := range scopes {
			full[i] = googleScope + sc
		}
		if !gr.has(full...) {
			g.fail(x, http.StatusForbidden, "global", "insufficientPermissions", "Request had insufficient authentication scopes.")
			return
		}
		if gr.subject != g.admin() { // a service account of its own, or somebody without the privilege
			g.refuse(x, http.StatusForbidden, "")
			return
		}
		handle(x)
	}
}

func (g *google) fail(x *exchange, status int, domain, reason, message string) {
	word := map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}[status]
	x.json(status, obj{"error": obj{"code": status, "message": message, "status": defaulted(word, "INTERNAL"),
		"errors": []obj{{"domain": domain, "reason": reason, "message": message}}}})
}

func (g *google) refuse(x *exchange, status int, detail string) {
	switch status {
	case http.StatusBadRequest:
		g.fail(x, status, "global", "invalid", "Invalid Value: "+detail)
	case http.StatusUnauthorized:
		x.w.Header().Set("WWW-Authenticate", `Bearer realm="https://accounts.google.com/", error="invalid_token"`)
		g.fail(x, status, "global", "authError", "Invalid Credentials")
	case http.StatusForbidden:
		g.fail(x, status, "global", "forbidden", "Not Authorized to access this resource/api")
	case http.StatusNotFound:
		g.fail(x, status, "global", "notFound", "Resource Not Found: "+x.r.URL.Path)
	default:
		g.fail(x, status, "global", "backendError", "Internal error")
	}
}

func (g *google) limited(x *exchange, _ time.Time) {
	if x.host == googleAdminHost && strings.HasPrefix(x.r.URL.Path, "/admin/directory/") {
		g.fail(x, http.StatusForbidden, "usageLimits", "userRateLimitExceeded", "User Rate Limit Exceeded")
		return
	}
	g.fail(x, http.StatusServiceUnavailable, "usageLimits", "quotaExceeded", "Quota exceeded for this minute")
}

// only refuses parameters outside the route's and those that all routes have.
func (g *google) only(x *exchange, names ...string) bool {
	return x.only(slices.Concat(names, []string{"alt", "fields", "key", "prettyPrint", "quotaUser", "$.xgafv", "upload_protocol", "uploadType"})...)
}

// list answers a collection; one without members has no key for them.
func (g *google) list(x *exchange, kind, key string, items []obj, next string) {
	body := obj{"kind": kind, "etag": `"` + spell(salt(x.r.URL.RawQuery), lower36, 27) + `"`}
	if len(items) > 0 {
		body[key] = items
	}
	if next != "" {
		body["nextPageToken"] = next
	}
	g.answer(x, body)
}

// answer sends what the fields parameter leaves of a body.
func (g *google) answer(x *exchange, body obj) {
	if mask := x.q.Get("fields"); mask != "" {
		m, err := parseMask(mask)
		if err != nil {
			g.refuse(x, http.StatusBadRequest, "fields: "+err.Error())
			return
		}
		body = m.keep(body).(obj)
	}
	x.json(http.StatusOK, body)
}

// googlePage cuts the page that pageToken and maxResults ask for.
func googlePage[T any](x *exchange, g *google, items []T, key func(T) int, def, most int) (page []T, next string, ok bool) {
	limit, ok := x.number("maxResults", def, 1, most)
	if !ok {
		return nil, "", false
	}
	after, ok := decodeCursor("g", x.q.Get("pageToken"))
	if !ok {
		g.refuse(x, http.StatusBadRequest, "pageToken")
		return nil, "", false
	}
	page, n := pageOf(x, items, key, after, limit)
	return page, encodeCursor("g", n), true
}
