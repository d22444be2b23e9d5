package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (g *google) userID(n int) string {
	return "1" + spell(mix(g.s.opts.Seed, salt("google user"), uint64(n)), digits, 20)
}

// people are those with an account here; guests of the even kind alone.
func (g *google) people() []*Person {
	var out []*Person
	for _, p := range g.s.company.People {
		if p.Kind == Human && (p.Plain || p.N%43 != 2) || p.Kind == Shared || p.Kind == Robot && p.N%4 == 0 || p.Kind == Guest && p.N%2 == 0 {
			out = append(out, p)
		}
	}
	return out
}

func (g *google) suspended(p *Person) bool {
	if asked, ok := g.asked[p.N]; ok {
		return asked
	}
	return p.Employment == Left && !p.Lingers && p.N%5 != 0
}

func (g *google) byKey(key string) *Person {
	for _, p := range g.people() {
		if p.Email == key || g.userID(p.N) == key || slices.Contains(p.Aliases, key) {
			return p
		}
	}
	return nil
}

func (g *google) user(p *Person) obj {
	id := g.userID(p.N)
	last := "1970-01-01T00:00:00.000Z" // how "never" is written here
	if !p.LastSeen.IsZero() {
		last = stamp(p.LastSeen)
	}
	name := obj{"givenName": p.Given, "familyName": p.Family, "fullName": p.Name()}
	u := obj{"kind": "admin#directory#user", "id": id, "etag": `"` + spell(mix(uint64(p.Changed.Unix()), uint64(p.N)), lower36, 27) + `"`,
		"primaryEmail": p.Email, "name": name, "isAdmin": p.N == 1, "isDelegatedAdmin": p.Department == "IT", "lastLoginTime": last,
		"creationTime": stamp(p.HiredOn.AddDate(0, 0, -3)), "agreedToTerms": !p.LastSeen.IsZero(), "suspended": g.suspended(p),
		"archived": g.archived[p.N] || p.Employment == Left && !p.Lingers && p.N%5 == 0, "changePasswordAtNextLogin": false, "ipWhitelisted": false,
		"emails": []obj{{"address": p.Email, "primary": true}}, "customerId": g.customerID(), "orgUnitPath": "/" + p.Department,
		"isMailboxSetup": true, "isEnrolledIn2Sv": p.N%6 != 0, "isEnforcedIn2Sv": false, "includeInGlobalAddressList": true}
	if u["suspended"] == true {
		u["suspensionReason"] = "ADMIN"
	}
	if p.Kind == Guest {
		u["isGuestUser"], u["guestAccountInfo"] = true, obj{"primaryGuestEmail": p.Email}
	}
	if len(p.Aliases) > 0 {
		u["aliases"] = p.Aliases
		for _, a := range p.Aliases {
			u["emails"] = append(u["emails"].([]obj), obj{"address": a})
		}
	}
	if p.Department != "" {
		main := obj{"primary": true, "customType": ""}
		g.s.optional(main, p, "department", p.Department)
		g.s.optional(main, p, "title", p.Title)
		g.s.optional(main, p, "costCenter", p.CostCenter)
		u["organizations"] = []obj{{"title": "Former role", "primary": false}, main}
		if p.N%9 == 4 {
			delete(u, "organizations")
		}
	}
	if m := g.s.company.Person(p.Manager); m != nil {
		u["relations"] = []obj{{"type": "assistant", "value": "nobody@example.com"}, {"type": "manager", "value": m.Email}}
	}
	if p.Employment != NotInHR {
		u["externalIds"] = []obj{{"type": "organization", "value": p.Number()}}
	}
	return u
}

func (g *google) listUsers(x *exchange) {
	if !g.only(x, "customFieldMask", "customer", "domain", "event", "maxResults", "orderBy", "pageToken", "projection", "query", "showDeleted", "sortOrder", "viewType") {
		return
	}
	if c, d := x.q.Get("customer"), x.q.Get("domain"); (c == "") == (d == "") || (c != "" && c != "my_customer" && c != g.customerID()) ||
		(d != "" && d != g.s.company.Domain) || !slices.Contains([]string{"", "email", "givenName", "familyName"}, x.q.Get("orderBy")) ||
		!slices.Contains([]string{"", "basic", "custom", "full"}, x.q.Get("projection")) {
		g.refuse(x, http.StatusBadRequest, "customer, domain, orderBy or projection")
		return
	}
	people := g.people()
	if x.q.Get("showDeleted") == "true" {
		people = nil
	}
	if query := x.q.Get("query"); query != "" {
		field, value, ok := strings.Cut(query, "=")
		if !ok || !slices.Contains([]string{"isSuspended", "isArchived", "isAdmin", "orgUnitPath", "email"}, field) {
			g.refuse(x, http.StatusBadRequest, "query")
			return
		}
		field = map[string]string{"isSuspended": "suspended", "isArchived": "archived", "email": "primaryEmail"}[field]
		people = slices.DeleteFunc(people, func(p *Person) bool {
			got, _ := attribute(g.user(p), defaulted(field, strings.Split(query, "=")[0]))
			return got != strings.Trim(value, "'")
		})
	}
	page, next, ok := googlePage(x, g, people, byNumber, 100, 500)
	if !ok {
		return
	}
	var out []obj
	for _, p := range page {
		out = append(out, g.user(p))
	}
	g.list(x, "admin#directory#users", "users", out, next)
}

func (g *google) getUser(x *exchange) {
	if !g.only(x, "customFieldMask", "projection", "viewType") {
		return
	}
	if p := g.byKey(x.r.PathValue("key")); p != nil {
		g.answer(x, g.user(p))
		return
	}
	g.refuse(x, http.StatusNotFound, "")
}

func (g *google) groupID(n int) string {
	return "0" + spell(mix(g.s.opts.Seed, salt("google group"), uint64(n)), lower36, 14)
}

func (g *google) teamMembers(n int) []*Person {
	var out []*Person
	for _, p := range g.people() {
		if g.s.company.InTeam(p, n) {
			out = append(out, p)
		}
	}
	return out
}

func (g *google) listGroups(x *exchange) {
	if !g.only(x, "customer", "domain", "maxResults", "orderBy", "pageToken", "query", "sortOrder", "userKey") {
		return
	}
	if c := x.q.Get("customer"); c != "" && c != "my_customer" && c != g.customerID() || c == "" && x.q.Get("domain") == "" && x.q.Get("userKey") == "" {
		g.refuse(x, http.StatusBadRequest, "customer")
		return
	}
	var teams []at[Team]
	for n, t := range g.s.company.Teams {
		teams = append(teams, at[Team]{n, t})
	}
	page, next, ok := googlePage(x, g, teams, place, 200, 200)
	if !ok {
		return
	}
	var out []obj
	for _, t := range page {
		email := "team-" + strconv.Itoa(t.n) + "@" + g.s.company.Domain
		out = append(out, obj{"kind": "admin#directory#group", "id": g.groupID(t.n), "etag": `"` + spell(uint64(t.n), lower36, 27) + `"`, "email": email,
			"name": t.it.Name, "description": t.it.Description, "adminCreated": true, "directMembersCount": strconv.Itoa(len(g.teamMembers(t.n))),
			"nonEditableAliases": []string{email + ".test-google-a.com"}})
	}
	g.list(x, "admin#directory#groups", "groups", out, next)
}

func (g *google) listMembers(x *exchange) {
	if !g.only(x, "includeDerivedMembership", "maxResults", "pageToken", "roles") {
		return
	}
	for n := range g.s.company.Teams {
		if key := x.r.PathValue("key"); key != g.groupID(n) && key != "team-"+strconv.Itoa(n)+"@"+g.s.company.Domain {
			continue
		}
		page, next, ok := googlePage(x, g, g.teamMembers(n), byNumber, 200, 200)
		if !ok {
			return
		}
		var out []obj
		for _, p := range page {
			role := "MEMBER"
			if strings.HasPrefix(p.Title, "Head of") {
				role = "OWNER"
			}
			m := obj{"kind": "admin#directory#member", "id": g.userID(p.N), "etag": `"` + spell(uint64(p.N), lower36, 27) + `"`, "email": p.Email,
				"role": role, "type": "USER", "status": "ACTIVE"}
			if g.suspended(p) {
				m["status"] = "SUSPENDED"
			}
			out = append(out, m)
		}
		g.list(x, "admin#directory#members", "members", out, next)
		return
	}
	g.refuse(x, http.StatusNotFound, "")
}

func (g *google) customer(x *exchange) {
	if !g.only(x) {
		return
	}
	if key := x.r.PathValue("key"); key != "my_customer" && key != g.customerID() {
		g.refuse(x, http.StatusNotFound, "")
		return
	}
	g.answer(x, obj{"kind": "admin#directory#customer", "id": g.customerID(), "customerDomain": g.s.company.Domain, "alternateEmail": "it@home.example.com",
		"language": "en", "customerCreationTime": stamp(g.s.company.Today.AddDate(-6, 0, 0))})
}
