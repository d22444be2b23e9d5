package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// changes are what was asked of the identity provider, beside what the company says.
type oktaChanges struct {
	closed     map[int]time.Time // deactivated, by the person's number
	unassigned map[[2]int]bool   // app and person
	removed    map[[2]int]bool   // group and person
}

func newOktaChanges() oktaChanges {
	return oktaChanges{closed: map[int]time.Time{}, unassigned: map[[2]int]bool{}, removed: map[[2]int]bool{}}
}

// actions are the routes that change something, beside suspending.
func (o *okta) actions(api string) routes {
	return routes{
		"POST " + api + "/users/{id}/lifecycle/deactivate": o.api("users/id", 600, "okta.users.manage", o.deactivate),
		"DELETE " + api + "/users/{id}/sessions":           o.api("users/id", 600, "okta.users.manage", o.endSessions("oauthTokens", "forgetDevices")),
		"DELETE " + api + "/users/{id}/grants":             o.api("users/id", 600, "okta.users.manage", o.endSessions()),
		"DELETE " + api + "/apps/{id}/users/{user}":        o.api("apps/id", 600, "okta.apps.manage", o.unassign),
		"DELETE " + api + "/groups/{id}/users/{user}":      o.api("groups/id", 600, "okta.groups.manage", o.removeMember),
	}
}

// deactivate closes an account for good: nothing here opens it again.
func (o *okta) deactivate(x *exchange) {
	if !x.only("sendEmail") {
		return
	}
	p := o.byID(x.r.PathValue("id"))
	if p == nil || o.status(p) == "DEPROVISIONED" {
		o.refuse(x, http.StatusNotFound, "")
		return
	}
	delete(o.suspended, p.N)
	o.closed[p.N] = x.now
	x.json(http.StatusOK, obj{})
}

// endSessions ends what nobody can list afterwards.
func (o *okta) endSessions(params ...string) func(*exchange) {
	return func(x *exchange) {
		if !x.only(params...) {
			return
		}
		if o.byID(x.r.PathValue("id")) == nil {
			o.refuse(x, http.StatusNotFound, "")
			return
		}
		x.w.WriteHeader(http.StatusNoContent)
	}
}

func (o *okta) unassign(x *exchange) {
	if !x.only("sendEmail") {
		return
	}
	n, ok := o.appNumber(x)
	p := o.byID(x.r.PathValue("user"))
	switch {
	case !ok:
		return
	case p == nil || !o.hasApp(p, n):
		o.refuse(x, http.StatusNotFound, "")
	case o.s.company.Apps[n].ByGroup:
		o.fail(x, http.StatusForbidden, "E0000006", "The assignment comes from a group")
	default:
		o.unassigned[[2]int{n, p.N}] = true
		x.w.WriteHeader(http.StatusNoContent)
	}
}

func (o *okta) removeMember(x *exchange) {
	if !x.only() {
		return
	}
	p := o.byID(x.r.PathValue("user"))
	for n, team := range o.s.company.Teams {
		if o.groupID(n) != x.r.PathValue("id") || p == nil {
			continue
		}
		if !strings.HasPrefix(team.Type, "OKTA") {
			o.fail(x, http.StatusForbidden, "E0000006", "Only groups of the directory itself can be changed")
			return
		}
		o.removed[[2]int{n, p.N}] = true
		x.w.WriteHeader(http.StatusNoContent)
		return
	}
	o.refuse(x, http.StatusNotFound, "")
}

func (o *okta) hasApp(p *Person, n int) bool {
	return o.s.company.HasApp(p, n) && !o.unassigned[[2]int{n, p.N}]
}

func (o *okta) inTeam(p *Person, n int) bool {
	return o.s.company.InTeam(p, n) && !o.removed[[2]int{n, p.N}]
}
