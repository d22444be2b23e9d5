package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const slackHost = "slack.com"

// slack is the chat workspace, on a paid plan that is not Enterprise.
type slack struct {
	s            *Sandbox
	clientID     string
	clientSecret string
}

func newSlack(s *Sandbox) *slack {
	return &slack{s: s, clientID: spell(mix(s.opts.Seed, salt("slack client")), digits, 11) + "." + spell(mix(s.opts.Seed, salt("slack client 2")), digits, 13),
		clientSecret: s.secret("slack-")}
}

func (k *slack) name() string    { return Slack }
func (k *slack) hosts() []string { return []string{slackHost} }

func (k *slack) mux(string) *http.ServeMux {
	both := []string{"bot", "user"}
	return routes{
		"GET /oauth/v2/authorize":    k.authorize,
		"POST /oauth/v2/authorize":   k.decide,
		"POST /api/oauth.v2.access":  k.access,
		"/api/auth.test":             k.method(600, "", both, nil, k.authTest),
		"/api/auth.revoke":           k.method(50, "", both, []string{"test"}, k.revoke),
		"GET /api/users.list":        k.method(20, "users:read", both, []string{"cursor", "include_locale", "limit", "team_id"}, k.users),
		"GET /api/team.info":         k.method(50, "team:read", both, []string{"domain", "team"}, k.teamInfo),
		"/api/team.billing.info":     k.method(50, "team.billing:read", both, nil, k.billing),
		"GET /api/team.billableInfo": k.method(20, "admin", both[1:], []string{"cursor", "limit", "user", "team_id"}, k.billable),
		"GET /api/team.accessLogs":   k.method(20, "admin", both[1:], []string{"before", "count", "page", "cursor", "limit", "team_id"}, k.accessLogs),
		"GET /api/usergroups.list":   k.method(20, "usergroups:read", both, []string{"include_count", "include_disabled", "include_users", "team_id"}, k.usergroups),
	}.mux(k)
}

// method guards a Web API method: everything but a rate limit answers 200.
func (k *slack) method(perMinute int, scope string, kinds, params []string, handle func(*exchange, *grant)) func(*exchange) {
	return func(x *exchange) {
		if ct := x.r.Header.Get("Content-Type"); x.r.Method == http.MethodPost && strings.HasPrefix(ct, "application/x-www-form-urlencoded") {
			for name, v := range x.form() {
				x.q[name] = v
			}
		}
		token, g, why := x.bearer(Slack, "Bearer")
		if why == "missing" && x.q.Get("token") != "" && x.r.URL.Query().Get("token") == "" { // in a form only
			token, g, why = x.lookup(Slack, x.q.Get("token"))
		}
		x.q.Del("token")
		if g == nil {
			code := map[string]string{"missing": "not_authed", "unknown": "invalid_auth", "revoked": "token_revoked", "expired": "token_expired"}[why]
			k.fail(x, code, nil)
			return
		}
		x.w.Header().Set("X-OAuth-Scopes", strings.Join(g.scopes, ","))
		x.w.Header().Set("X-Accepted-OAuth-Scopes", scope)
		if _, _, reset, ok := x.spend("slack"+x.r.URL.Path+token, perMinute); !ok {
			k.limited(x, reset)
			return
		}
		if !slices.Contains(kinds, g.kind) {
			k.fail(x, "not_allowed_token_type", nil)
			return
		}
		if scope != "" && !g.has(scope) {
			k.fail(x, "missing_scope", obj{"needed": scope, "provided": strings.Join(g.scopes, ",")})
			return
		}
		if x.only(params...) {
			handle(x, g)
		}
	}
}

func (k *slack) fail(x *exchange, code string, more obj) {
	body := obj{"ok": false, "error": code}
	for key, v := range more {
		body[key] = v
	}
	x.json(http.StatusOK, body)
}

func (k *slack) refuse(x *exchange, status int, detail string) {
	code := map[int]string{http.StatusBadRequest: "invalid_arguments", http.StatusUnauthorized: "invalid_auth", http.StatusForbidden: "missing_scope",
		http.StatusNotFound: "unknown_method"}[status]
	switch {
	case status >= http.StatusInternalServerError:
		x.json(status, obj{"ok": false, "error": "internal_error"})
	case status == http.StatusForbidden:
		k.fail(x, code, obj{"needed": "admin", "provided": "users:read"})
	case status == http.StatusBadRequest && !x.s.opts.Lenient:
		x.json(status, obj{"ok": false, "error": code, "response_metadata": obj{"messages": []string{"[ERROR] " + detail}}})
	default:
		k.fail(x, code, nil)
	}
}

func (k *slack) limited(x *exchange, until time.Time) {
	x.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(until.Sub(x.now)/time.Second))))
	x.json(http.StatusTooManyRequests, obj{"ok": false, "error": "ratelimited"})
}

func (k *slack) teamID() string {
	return "T" + spell(mix(k.s.opts.Seed, salt("slack team")), upper36, 10)
}

func (k *slack) userID(n int) string {
	return "U" + spell(mix(k.s.opts.Seed, salt("slack user"), uint64(n)), upper36, 10)
}

// people are those with an account here; the vendor's own bot is not among them.
func (k *slack) people() []*Person {
	var out []*Person
	for _, p := range k.s.company.People {
		if p.Kind != Shared && p.Employment != Future && (p.Kind != Human || p.Plain || p.N%29 != 1) {
			out = append(out, p)
		}
	}
	return out
}

func (k *slack) authTest(x *exchange, g *grant) {
	out := obj{"ok": true, "url": "https://acme-example.slack.com/", "team": k.s.company.Name, "user": "purser", "team_id": k.teamID(),
		"user_id": g.subject, "is_enterprise_install": false}
	if g.kind == "bot" {
		out["bot_id"] = "B" + g.subject[1:]
	} else {
		out["user"] = strings.Split(k.s.company.Person(1).Email, "@")[0]
	}
	if !g.expires.IsZero() {
		out["expires_in"] = int(g.expires.Sub(x.now).Seconds())
	}
	x.json(http.StatusOK, out)
}

func (k *slack) revoke(x *exchange, _ *grant) {
	token := strings.TrimPrefix(x.r.Header.Get("Authorization"), "Bearer ")
	if x.q.Get("test") == "" {
		delete(k.s.book.access, token)
		k.s.book.dead[token] = true
	}
	x.json(http.StatusOK, obj{"ok": true, "revoked": x.q.Get("test") == ""})
}

func (k *slack) teamInfo(x *exchange, _ *grant) {
	x.json(http.StatusOK, obj{"ok": true, "team": obj{"id": k.teamID(), "name": k.s.company.Name, "domain": "acme-example", "email_domain": k.s.company.Domain,
		"icon": obj{"image_default": true}, "is_verified": false, "url": "https://acme-example.slack.com/"}})
}

func (k *slack) billing(x *exchange, _ *grant) {
	x.json(http.StatusOK, obj{"ok": true, "plan": "plus"})
}

// slackCursor reads the cursor; the answer false means it was refused.
func (k *slack) cursor(x *exchange) (int, bool) {
	after, ok := decodeCursor("dXNlcjo", strings.TrimSuffix(x.q.Get("cursor"), "="))
	if !ok {
		k.fail(x, "invalid_cursor", nil)
	}
	return after, ok
}

func slackNext(next int) obj {
	c := encodeCursor("dXNlcjo", next)
	if c != "" {
		c += "="
	}
	return obj{"next_cursor": c}
}

// redirectWith adds parameters to a redirect address.
func redirectWith(to string, add url.Values) (string, error) {
	u, err := url.Parse(to)
	if err != nil {
		return "", err
	}
	q := u.Query()
	for name, v := range add {
		q[name] = v
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}
