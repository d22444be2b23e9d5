package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// report gives the lines of one application's audit, oldest first.
func (g *google) report(app string) []reported {
	var out []reported
	apps := g.consentedApps()
	stand := map[[2]int]string{}
	for _, e := range g.s.company.Events {
		p := g.s.company.Person(e.Person)
		if p == nil || !g.logged(p) {
			continue
		}
		line := reported{at: e.At, p: p, seq: uint64(e.Seq)}
		switch {
		case app == "login" && e.App < 0:
			name := map[bool]string{true: "login_success", false: "login_failure"}[e.Success]
			line.events = []obj{{"type": "login", "name": name, "parameters": []obj{parameter("login_type", "google_password"),
				parameter("is_suspicious", e.Seq%97 == 0)}}}
		case app == "saml" && e.App >= 0 && slices.Contains([]string{"figma", "miro", "notion"}, g.s.company.Apps[e.App].Key):
			name := map[bool]string{true: "login_success", false: "login_failure"}[e.Success]
			line.events = []obj{{"type": "login", "name": name, "parameters": []obj{parameter("application_name", g.s.company.Apps[e.App].Label),
				parameter("initiated_by", "sp"), parameter("orgunit_path", "/"+p.Department)}}}
		case app == "token" && e.App < 0 && e.Success:
			line.events = g.tokenEvents(apps, p, e, stand)
		}
		if len(line.events) > 0 {
			out = append(out, line)
		}
	}
	return out
}

// logged says whether the audit tells of a person.
func (g *google) logged(p *Person) bool { return p.Kind == Human && (p.Plain || p.N%43 != 2) }

// tokenEvents are the uses that consented applications make of an account that
// day: first the consent, then uses, and at the end of some the taking back.
// stand remembers how far each pair of person and application is.
func (g *google) tokenEvents(apps []consented, p *Person, e Event, stand map[[2]int]string) []obj {
	var out []obj
	for i, a := range apps {
		pair := [2]int{p.N, i}
		was := stand[pair]
		if !g.everConsented(p, i, a) || was == "revoke" || mix(uint64(e.Seq), uint64(i))%3 == 0 {
			continue
		}
		ps := []obj{parameter("client_id", a.id), parameter("app_name", a.name), parameter("client_type", a.kind), parameter("scope", a.scopes)}
		name := "activity"
		switch {
		case was == "":
			name = "authorize"
		case g.tookBack(p, i) && e.At.After(g.s.company.Today.AddDate(0, 0, -20)):
			name = "revoke"
		default:
			ps = append(ps, parameter("api_name", "drive"), parameter("method_name", "drive.files.list"), parameter("num_response_bytes", 1200+e.Seq))
		}
		stand[pair] = name
		out = append(out, obj{"type": "auth", "name": name, "parameters": ps})
	}
	return out
}

func (g *google) activities(x *exchange) {
	if !g.only(x, "actorIpAddress", "agentInfoFilter", "applicationInfoFilter", "customerId", "deviceFilter", "endTime", "eventName", "filters", "groupIdFilter",
		"includeSensitiveData", "maxResults", "networkInfoFilter", "orgUnitID", "pageToken", "resourceDetailsFilter", "startTime", "statusFilter") {
		return
	}
	app := x.r.PathValue("app")
	if !slices.Contains(strings.Fields("login token saml admin user_accounts groups drive gemini_in_workspace_apps"), app) {
		g.refuse(x, http.StatusBadRequest, "applicationName")
		return
	}
	from, ok := g.instant(x, "startTime", x.now.AddDate(0, 0, -180))
	if !ok {
		return
	}
	to, ok := g.instant(x, "endTime", x.now)
	if !ok {
		return
	}
	if from.Before(x.now.AddDate(0, 0, -180).Add(-time.Minute)) || to.Before(from) {
		g.refuse(x, http.StatusBadRequest, "startTime is too old, or after endTime")
		return
	}
	user := x.r.PathValue("key")
	if user != "all" && g.byKey(user) == nil {
		g.refuse(x, http.StatusNotFound, "")
		return
	}
	type line = at[reported]
	var lines []line
	for n, r := range g.report(app) {
		r.events = slices.DeleteFunc(r.events, func(e obj) bool { return x.q.Get("eventName") != "" && e["name"] != x.q.Get("eventName") })
		if len(r.events) > 0 && !r.at.Before(from) && !r.at.After(to) && (user == "all" || g.byKey(user) == r.p) {
			lines = append(lines, line{1<<22 - n, r}) // newest first, whatever comes later
		}
	}
	slices.Reverse(lines)
	page, next, ok := googlePage(x, g, lines, place[reported], 1000, 1000)
	if !ok {
		return
	}
	var items []obj
	for _, l := range page {
		r := l.it
		items = append(items, obj{"kind": "admin#reports#activity", "etag": `"` + spell(r.seq, lower36, 27) + `"`,
			"id":    obj{"time": stamp(r.at), "uniqueQualifier": "-" + spell(mix(r.seq, salt(app)), digits, 18), "applicationName": app, "customerId": g.customerID()},
			"actor": obj{"callerType": "USER", "email": r.p.Email, "profileId": g.userID(r.p.N)}, "ipAddress": "203.0.113." + strconv.Itoa(int(r.seq%250)+1), "events": r.events})
	}
	g.list(x, "admin#reports#activities", "items", items, next)
}

func (g *google) instant(x *exchange, name string, def time.Time) (time.Time, bool) {
	raw := x.q.Get(name)
	if raw == "" {
		return def, true
	}
	t, err := time.Parse(time.RFC3339, raw)
	if err != nil {
		g.refuse(x, http.StatusBadRequest, name)
		return t, false
	}
	return t, true
}
