package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// at is a thing and its place in its list.
type at[T any] struct {
	n  int
	it T
}

func place[T any](a at[T]) int { return a.n + 1 }

func (o *okta) appID(n int) string {
	return "0oa" + spell(mix(o.s.opts.Seed, salt("okta app"), uint64(n)), lower36, 17)
}

func (o *okta) groupID(n int) string {
	return "00g" + spell(mix(o.s.opts.Seed, salt("okta group"), uint64(n)), lower36, 17)
}

func (o *okta) app(a at[App]) obj {
	id := o.appID(a.n)
	self := "/api/v1/apps/" + id
	features := a.it.Features
	if features == nil {
		features = []string{}
	}
	out := obj{"id": id, "name": a.it.Key, "label": a.it.Label, "status": a.it.Status, "signOnMode": a.it.SignOn,
		"created": stamp(o.s.company.Today.AddDate(-2, 0, -a.n)), "lastUpdated": stamp(o.s.company.Today.AddDate(0, 0, -a.n)), "features": features,
		"orn":           "orn:okta:idp:acme:apps:" + a.it.Key + ":" + id,
		"accessibility": obj{"selfService": false, "errorRedirectUrl": nil, "loginRedirectUrl": nil},
		"visibility":    obj{"autoSubmitToolbar": false, "hide": obj{"iOS": a.it.Hidden, "web": a.it.Hidden}, "appLinks": obj{"login": true}},
		"_links": obj{"self": o.href(self), "users": o.href(self + "/users"), "groups": o.href(self + "/groups"),
			"logo":     []obj{{"name": "medium", "href": "https://static.example.com/logos/" + strconv.Itoa(a.n) + ".png", "type": "image/png"}},
			"appLinks": []obj{{"name": "login", "href": "https://" + oktaHost + "/home/" + id, "type": "text/html"}}}}
	if a.it.Seats > 0 {
		out["licensing"] = obj{"seatCount": a.it.Seats}
	}
	return out
}

func (o *okta) listApps(x *exchange) {
	if !x.only("q", "after", "useOptimization", "alwaysIncludeVpnSettings", "limit", "filter", "expand", "includeNonDeleted") {
		return
	}
	limit, ok := x.number("limit", 20, 1, 200)
	if !ok {
		return
	}
	var cond condition
	if text := x.q.Get("filter"); text != "" {
		var err error
		cond, err = parseFilter(text, func(n string) bool { return n == "status" || n == "name" || n == "user.id" || n == "group.id" })
		if err != nil {
			o.refuse(x, http.StatusBadRequest, "Invalid filter: "+err.Error())
			return
		}
	}
	var found []at[App]
	for n, a := range o.s.company.Apps {
		it := at[App]{n, a}
		if (a.Status != "ACTIVE" && cond == nil && x.q.Get("includeNonDeleted") != "true") || !strings.HasPrefix(a.Label, x.q.Get("q")) {
			continue
		}
		if cond == nil || cond(func(name string) (string, bool) { return attribute(o.app(it), name) }) {
			found = append(found, it)
		}
	}
	oktaPage(x, o, found, place, limit, o.app)
}

func (o *okta) appNumber(x *exchange) (int, bool) {
	for n := range o.s.company.Apps {
		if o.appID(n) == x.r.PathValue("id") {
			return n, true
		}
	}
	o.refuse(x, http.StatusNotFound, "")
	return 0, false
}

func (o *okta) listAppUsers(x *exchange) {
	if !x.only("after", "limit", "q", "expand") {
		return
	}
	n, ok := o.appNumber(x)
	if !ok {
		return
	}
	limit, ok := x.number("limit", 50, 1, 500)
	if !ok {
		return
	}
	var found []*Person
	for _, p := range o.people() {
		if o.hasApp(p, n) {
			found = append(found, p)
		}
	}
	oktaPage(x, o, found, byNumber, limit, func(p *Person) obj { return o.appUser(n, p) })
}

func (o *okta) appUser(n int, p *Person) obj {
	app, id := o.s.company.Apps[n], o.userID(p.N)
	self := "/api/v1/apps/" + o.appID(n)
	out := obj{"id": id, "scope": "USER", "status": "ACTIVE", "syncState": "DISABLED", "created": stamp(p.HiredOn.AddDate(0, 0, 1)),
		"lastUpdated": stamp(p.Changed), "statusChanged": stamp(p.HiredOn.AddDate(0, 0, 1)), "passwordChanged": nil,
		"credentials": obj{"userName": p.Email}, "profile": obj{}, "_links": obj{"app": o.href(self), "user": o.href("/api/v1/users/" + id)}}
	if len(app.Features) > 0 {
		out["syncState"], out["status"], out["lastSync"] = "SYNCHRONIZED", "PROVISIONED", stamp(p.Changed)
		out["externalId"] = spell(mix(o.s.opts.Seed, salt("external"), uint64(n), uint64(p.N)), digits, 12)
	}
	if app.ByGroup {
		out["scope"] = "GROUP"
		out["_links"].(obj)["group"] = o.href("/api/v1/groups/" + o.groupID(0))
	}
	return out
}

func (o *okta) listAppGroups(x *exchange) {
	if !x.only("q", "after", "limit", "expand") {
		return
	}
	n, ok := o.appNumber(x)
	if !ok {
		return
	}
	limit, ok := x.number("limit", 20, 20, 200)
	if !ok {
		return
	}
	var found []at[Team]
	if o.s.company.Apps[n].ByGroup {
		found = append(found, at[Team]{0, o.s.company.Teams[0]})
	}
	oktaPage(x, o, found, place, limit, func(t at[Team]) obj {
		id := o.groupID(t.n)
		return obj{"id": id, "priority": t.n, "lastUpdated": stamp(o.s.company.Today.AddDate(-1, 0, 0)), "profile": obj{},
			"_links": obj{"group": o.href("/api/v1/groups/" + id), "app": o.href("/api/v1/apps/" + o.appID(n))}}
	})
}

func (o *okta) group(t at[Team]) obj {
	id := o.groupID(t.n)
	class := "okta:user_group"
	if t.it.Type == "APP_GROUP" {
		class = "okta:windows_security_principal"
	}
	profile := obj{"name": t.it.Name, "description": t.it.Description}
	if t.it.Description == "" {
		profile["description"] = nil
	}
	self := "/api/v1/groups/" + id
	return obj{"id": id, "created": stamp(o.s.company.Today.AddDate(-3, 0, 0)), "lastUpdated": stamp(o.s.company.Today.AddDate(0, -6, 0)),
		"lastMembershipUpdated": stamp(o.s.company.Today.AddDate(0, 0, -t.n)), "objectClass": []string{class}, "type": t.it.Type, "profile": profile,
		"_links": obj{"users": o.href(self + "/users"), "apps": o.href(self + "/apps"), "logo": []obj{}}}
}

func (o *okta) listGroups(x *exchange) {
	if !x.only("search", "filter", "q", "after", "limit", "expand", "sortBy", "sortOrder") {
		return
	}
	limit, ok := x.number("limit", 10000, 1, 10000)
	if !ok {
		return
	}
	var cond condition
	if text := x.q.Get("filter") + x.q.Get("search"); text != "" {
		var err error
		cond, err = parseFilter(text, func(n string) bool {
			return n == "type" || n == "id" || n == "lastUpdated" || n == "lastMembershipUpdated" || n == "profile.name"
		})
		if err != nil {
			o.refuse(x, http.StatusBadRequest, "Invalid filter: "+err.Error())
			return
		}
	}
	var found []at[Team]
	for n, t := range o.s.company.Teams {
		it := at[Team]{n, t}
		if strings.HasPrefix(t.Name, x.q.Get("q")) && (cond == nil || cond(func(name string) (string, bool) { return attribute(o.group(it), name) })) {
			found = append(found, it)
		}
	}
	oktaPage(x, o, found, place, limit, o.group)
}

func (o *okta) listMembers(x *exchange) {
	if !x.only("after", "limit") {
		return
	}
	limit, ok := x.number("limit", 1000, 1, 1000)
	if !ok {
		return
	}
	for n := range o.s.company.Teams {
		if o.groupID(n) != x.r.PathValue("id") {
			continue
		}
		var found []*Person
		for _, p := range o.people() {
			if o.inTeam(p, n) {
				found = append(found, p)
			}
		}
		oktaPage(x, o, found, byNumber, limit, o.user)
		return
	}
	o.refuse(x, http.StatusNotFound, "")
}
