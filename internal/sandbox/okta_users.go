package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

func (o *okta) userID(n int) string {
	return "00u" + spell(mix(o.s.opts.Seed, salt("okta user"), uint64(n)), lower36, 17)
}

func (o *okta) href(path string) obj { return obj{"href": "https://" + oktaHost + path} }

// people are those who have an account here.
func (o *okta) people() []*Person {
	var out []*Person
	for _, p := range o.s.company.People {
		if p.Kind == Human || (p.Kind == Robot && p.N%2 == 0) {
			out = append(out, p)
		}
	}
	return out
}

func byNumber(p *Person) int { return p.N }

func (o *okta) byID(id string) *Person {
	for _, p := range o.people() {
		if o.userID(p.N) == id || p.Email == id {
			return p
		}
	}
	return nil
}

func (o *okta) status(p *Person) string {
	switch {
	case !o.closed[p.N].IsZero():
		return "DEPROVISIONED"
	case !o.suspended[p.N].IsZero():
		return "SUSPENDED"
	case p.Employment == Left && !p.Lingers:
		return "DEPROVISIONED"
	case p.Employment == Future && p.N%2 == 0:
		return "STAGED"
	case p.Employment == Future:
		return "PROVISIONED"
	case p.Plain || p.N%41 > 3:
		return "ACTIVE"
	}
	return []string{"RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED"}[p.N%41]
}

// updated is when the account changed last, by the company or by a suspension.
func (o *okta) updated(p *Person) time.Time {
	for _, t := range []time.Time{o.suspended[p.N], o.closed[p.N]} {
		if t.After(p.Changed) {
			return t
		}
	}
	return p.Changed
}

// optional writes a field as careless directories do: sometimes null, missing or empty.
func (s *Sandbox) optional(into obj, p *Person, field, value string) {
	into[field] = value
	if p.Plain {
		return
	}
	switch mix(s.opts.Seed, salt(field), uint64(p.N)) % 24 {
	case 0:
		into[field] = nil
	case 1:
		delete(into, field)
	case 2:
		into[field] = ""
	}
}

func (o *okta) user(p *Person) obj {
	id, status := o.userID(p.N), o.status(p)
	profile := obj{"firstName": p.Given, "lastName": p.Family, "login": p.Email, "email": p.Email, "secondEmail": nil, "mobilePhone": nil}
	if p.Family == "" {
		profile["lastName"] = nil
	}
	if len(p.Aliases) > 0 {
		profile["secondEmail"] = p.Aliases[0]
	}
	o.s.optional(profile, p, "displayName", p.Name())
	if p.Kind == Human {
		o.s.optional(profile, p, "department", p.Department)
		o.s.optional(profile, p, "division", p.Division)
		o.s.optional(profile, p, "costCenter", p.CostCenter)
		o.s.optional(profile, p, "title", p.Title)
		o.s.optional(profile, p, "userType", map[bool]string{true: "Contractor", false: "Employee"}[p.Contractor])
		if p.Employment != NotInHR {
			profile["employeeNumber"] = p.Number()
		}
		if m := o.s.company.Person(p.Manager); m != nil {
			o.s.optional(profile, p, "manager", m.Name())
			profile["managerId"] = m.Email
		}
	}
	activated := any(stamp(p.HiredOn))
	if status == "STAGED" {
		activated = nil
	}
	self := "/api/v1/users/" + id
	out := obj{"id": id, "status": status, "created": stamp(p.HiredOn.AddDate(0, 0, -3)), "activated": activated,
		"statusChanged": activated, "lastLogin": stampOrNull(p.LastSeen), "lastUpdated": stamp(o.updated(p)),
		"passwordChanged": activated, "type": obj{"id": "oty" + spell(mix(o.s.opts.Seed, salt("type")), lower36, 17)}, "profile": profile,
		"credentials": obj{"provider": obj{"type": "OKTA", "name": "OKTA"}}, "_links": obj{"self": o.href(self)}}
	if t := o.suspended[p.N]; !t.IsZero() {
		out["statusChanged"] = stamp(t)
	}
	if status == "DEPROVISIONED" {
		out["statusChanged"] = stamp(p.LeftOn)
		if t := o.closed[p.N]; !t.IsZero() {
			out["statusChanged"] = stamp(t)
		}
	}
	return out
}

func oktaUserAttribute(search bool) func(string) bool {
	allowed := strings.Fields("status lastUpdated id profile.login profile.email profile.firstName profile.lastName")
	if search {
		allowed = strings.Fields("id status created activated statusChanged lastUpdated type.id")
	}
	return func(name string) bool {
		return slices.Contains(allowed, name) || (search && strings.HasPrefix(name, "profile."))
	}
}

func (o *okta) listUsers(x *exchange) {
	if !x.only("search", "filter", "q", "after", "limit", "sortBy", "sortOrder", "fields", "expand") {
		return
	}
	limit, ok := x.number("limit", 200, 1, 200)
	if !ok {
		return
	}
	text, search := x.q.Get("filter"), false
	if x.q.Has("search") {
		text, search = x.q.Get("search"), true
	} else if x.q.Has("sortBy") || x.q.Has("sortOrder") {
		o.refuse(x, http.StatusBadRequest, "sortBy needs search")
		return
	}
	var cond condition
	if text != "" {
		var err error
		if cond, err = parseFilter(text, oktaUserAttribute(search)); err != nil {
			o.refuse(x, http.StatusBadRequest, "Invalid search criteria: "+err.Error())
			return
		}
	}
	var found []*Person
	for _, p := range o.people() {
		if cond == nil {
			if o.status(p) != "DEPROVISIONED" { // a bare list leaves them out
				found = append(found, p)
			}
			continue
		}
		u := o.user(p)
		if cond(func(name string) (string, bool) { return attribute(u, name) }) {
			found = append(found, p)
		}
	}
	oktaPage(x, o, found, byNumber, limit, o.user)
}

func (o *okta) getUser(x *exchange) {
	if !x.only("fields", "expand") {
		return
	}
	p := o.byID(x.r.PathValue("id"))
	if p == nil {
		o.refuse(x, http.StatusNotFound, "")
		return
	}
	x.json(http.StatusOK, o.user(p))
}

func (o *okta) suspend(x *exchange) { o.lifecycle(x, "ACTIVE", true) }

func (o *okta) unsuspend(x *exchange) { o.lifecycle(x, "SUSPENDED", false) }

func (o *okta) lifecycle(x *exchange, from string, suspend bool) {
	p := o.byID(x.r.PathValue("id"))
	switch {
	case p == nil:
		o.refuse(x, http.StatusNotFound, "")
		return
	case o.status(p) != from:
		o.fail(x, http.StatusBadRequest, "E0000001", "Api validation failed: the account's status is "+o.status(p)+", and must be "+from)
		return
	case suspend:
		o.suspended[p.N] = x.now
	default:
		delete(o.suspended, p.N)
		p.Plain = true // the made-up status yields to what was asked
		p.Changed = x.now
	}
	x.json(http.StatusOK, obj{})
}

func (o *okta) org(x *exchange) {
	if !x.only() {
		return
	}
	x.json(http.StatusOK, obj{"id": "00o" + spell(mix(o.s.opts.Seed, salt("org")), lower36, 17), "subdomain": "acme", "companyName": o.s.company.Name,
		"status": "ACTIVE", "created": stamp(o.s.company.Today.AddDate(-9, 0, 0)), "lastUpdated": stamp(o.s.company.Today.AddDate(0, -2, 0)),
		"website": "https://example.com", "expiresAt": nil, "_links": obj{"contacts": o.href("/api/v1/org/contacts")}})
}
