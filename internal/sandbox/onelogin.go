package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const oneloginHost = "acme.onelogin.com"

// onelogin is the identity provider that came with a firm that the company bought.
type onelogin struct {
	s          *Sandbox
	id, secret string
}

func newOneLogin(s *Sandbox) *onelogin {
	return &onelogin{s: s, id: s.secret(""), secret: s.secret("")}
}

func (o *onelogin) name() string    { return OneLogin }
func (o *onelogin) hosts() []string { return []string{oneloginHost} }

func (o *onelogin) mux(string) *http.ServeMux {
	return routes{
		"POST /auth/oauth2/v2/token": o.token,
		"GET /api/2/users":           o.api(o.users),
		"GET /api/2/roles":           o.api(o.roles),
		"GET /api/2/apps":            o.api(o.apps),
		"GET /api/2/apps/{id}/users": o.api(o.appUsers),
		"GET /api/1/events":          o.api(o.events),
	}.mux(o)
}

func (o *onelogin) refuse(x *exchange, status int, detail string) {
	if detail == "" {
		detail = http.StatusText(status)
	}
	x.json(status, obj{"statusCode": status, "name": strings.ReplaceAll(http.StatusText(status), " ", "") + "Error", "message": detail})
}

func (o *onelogin) limited(x *exchange, until time.Time) {
	x.w.Header().Set("X-RateLimit-Remaining", "0")
	x.w.Header().Set("X-RateLimit-Reset", strconv.Itoa(max(1, int(until.Sub(x.now)/time.Second))))
	o.refuse(x, http.StatusForbidden, "rate limit exceeded")
}

func (o *onelogin) token(x *exchange) {
	id, secret, ok := x.r.BasicAuth()
	if !ok || !same(id, o.id) || !same(secret, o.secret) {
		x.json(http.StatusUnauthorized, obj{"status": obj{"error": true, "code": 401, "type": "Unauthorized", "message": "Authentication Failure"}})
		return
	}
	life := o.s.lifetime(10 * time.Hour)
	noStore(x.w.Header())
	x.json(http.StatusOK, obj{"access_token": o.s.issue("", grant{vendor: OneLogin, scopes: []string{"Read All"}, expires: x.now.Add(life)}),
		"created_at": x.now.Format(time.RFC3339), "expires_in": int(life / time.Second), "token_type": "bearer", "account_id": 424242})
}

func (o *onelogin) api(handle func(*exchange)) func(*exchange) {
	return func(x *exchange) {
		if _, _, why := x.bearer(OneLogin, "bearer"); why != "" {
			o.refuse(x, http.StatusUnauthorized, "Unauthorized: "+why)
			return
		}
		handle(x)
	}
}

// page answers with a part of a list; where the next one begins stands in a header.
func onePage[T any](x *exchange, items []T, key func(T) int, show func(T) obj) {
	limit, ok := x.number("limit", 50, 1, 100)
	if !ok {
		return
	}
	after, _ := strconv.Atoi(x.q.Get("cursor"))
	part, next := pageOf(x, items, key, after, limit)
	if next >= 0 {
		x.w.Header().Set("After-Cursor", strconv.Itoa(next))
	}
	out := make([]obj, 0, len(part))
	for _, it := range part {
		out = append(out, show(it))
	}
	x.json(http.StatusOK, out)
}

func labsID(a LabsAccount) int { return a.ID }

func (o *onelogin) user(a LabsAccount) obj {
	status := 1
	if a.Suspended {
		status = 2
	}
	v := obj{"id": a.ID, "email": a.Email, "username": strings.ToLower(a.Email), "firstname": a.Given, "lastname": a.Family, "status": status, "state": 1,
		"title": nil, "department": nil, "manager_user_id": nil, "created_at": a.MadeOn.Format(time.RFC3339), "last_login": nil, "role_ids": []int{1}}
	if a.Department != "" {
		v["department"] = a.Department
	}
	if !a.LastSeen.IsZero() {
		v["last_login"] = a.LastSeen.Format(time.RFC3339)
	}
	return v
}

// fields keeps what was asked for.
func fields(v obj, asked string) obj {
	if asked == "" {
		return v
	}
	out := obj{}
	for _, f := range strings.Split(asked, ",") {
		if val, ok := v[strings.TrimSpace(f)]; ok {
			out[strings.TrimSpace(f)] = val
		}
	}
	return out
}

func (o *onelogin) users(x *exchange) {
	if x.only("limit", "cursor", "fields") {
		onePage(x, o.s.company.Labs, labsID, func(a LabsAccount) obj { return fields(o.user(a), x.q.Get("fields")) })
	}
}

func (o *onelogin) roles(x *exchange) {
	if x.only("limit", "cursor") {
		onePage(x, []string{"Labs"}, func(string) int { return 1 }, func(name string) obj { return obj{"id": 1, "name": name} })
	}
}

func (o *onelogin) apps(x *exchange) {
	if x.only("limit", "cursor") {
		onePage(x, o.s.company.LabsApps, func(a LabsApp) int { return a.ID }, func(a LabsApp) obj {
			return obj{"id": a.ID, "name": a.Name, "connector_id": 30000 + a.ID, "auth_method": 2, "auth_method_description": "SAML2.0", "visible": true,
				"created_at": o.s.company.Today.AddDate(-1, 0, 0).Format(time.RFC3339)}
		})
	}
}

func (o *onelogin) appUsers(x *exchange) {
	if !x.only("limit", "cursor") {
		return
	}
	c := o.s.company
	for _, app := range c.LabsApps {
		if strconv.Itoa(app.ID) != x.r.PathValue("id") {
			continue
		}
		var has []LabsAccount
		for _, a := range c.Labs {
			if c.HasLabsApp(a, app) {
				has = append(has, a)
			}
		}
		onePage(x, has, labsID, func(a LabsAccount) obj {
			return obj{"id": a.ID, "email": a.Email, "username": strings.ToLower(a.Email), "firstname": a.Given, "lastname": a.Family}
		})
		return
	}
	o.refuse(x, http.StatusNotFound, "App not found")
}

// events are one sign-in of each account, and one opening of each application that it has.
func (o *onelogin) events(x *exchange) {
	if !x.only("event_type_id", "since", "limit", "after_cursor") {
		return
	}
	since, err := time.Parse(time.RFC3339, x.q.Get("since"))
	if err != nil {
		o.refuse(x, http.StatusBadRequest, "since is not a time")
		return
	}
	limit, ok := x.number("limit", 50, 1, 50)
	if !ok {
		return
	}
	c := o.s.company
	var all []obj
	add := func(a LabsAccount, kind int, app *LabsApp) {
		if a.LastSeen.IsZero() || a.LastSeen.Before(since) {
			return
		}
		e := obj{"id": len(all) + 1, "created_at": a.LastSeen.Format(time.RFC3339Nano), "event_type_id": kind, "user_id": a.ID, "app_id": nil, "app_name": nil}
		if app != nil {
			e["app_id"], e["app_name"] = app.ID, app.Name
		}
		all = append(all, e)
	}
	for _, a := range c.Labs {
		add(a, 5, nil)
		for _, app := range c.LabsApps {
			if c.HasLabsApp(a, app) {
				add(a, 8, &app)
			}
		}
	}
	at, _ := strconv.Atoi(x.q.Get("after_cursor"))
	at = min(max(at, 0), len(all))
	end := min(at+limit, len(all))
	paging := obj{"before_cursor": nil, "after_cursor": nil, "previous_link": nil, "next_link": nil}
	if end < len(all) {
		paging["after_cursor"] = strconv.Itoa(end)
	}
	x.json(http.StatusOK, obj{"status": obj{"error": false, "code": 200, "type": "success", "message": "Success"}, "pagination": paging, "data": append([]obj{}, all[at:end]...)})
}
