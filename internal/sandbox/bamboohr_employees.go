package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

func (b *bamboo) changed(x *exchange) {
	if !x.only("since", "type") {
		return
	}
	since, err := time.Parse(time.RFC3339, x.q.Get("since"))
	kind := x.q.Get("type")
	if err != nil || !strings.Contains(" inserted updated deleted all ", " "+defaulted(kind, "all")+" ") {
		b.refuse(x, http.StatusBadRequest, "since must be an ISO 8601 time, type one of inserted, updated, deleted, all")
		return
	}
	latest, found := since, obj{}
	note := func(id, action string, at time.Time) {
		if at.Before(since) || at.After(x.now) || (kind != "" && kind != "all" && kind != strings.ToLower(action)) {
			return
		}
		found[id] = obj{"id": id, "action": action, "lastChanged": at.UTC().Format(time.RFC3339)}
		if at.After(latest) {
			latest = at
		}
	}
	for _, p := range b.people() {
		action := "Updated"
		if !p.HiredOn.Before(since) {
			action = "Inserted"
		}
		note(b.id(p), action, p.Changed)
	}
	for n, at := range b.s.company.Gone {
		note(strconv.Itoa(100+n), "Deleted", at)
	}
	if x.fault == EmptyList {
		found = obj{}
	}
	x.json(http.StatusOK, obj{"latest": latest.UTC().Format(time.RFC3339), "employees": found})
}

func defaulted(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

func (b *bamboo) employee(x *exchange) {
	if !x.only("fields", "onlyCurrent") {
		return
	}
	fields := strings.Split(x.q.Get("fields"), ",")
	if len(fields) > 400 {
		b.refuse(x, http.StatusBadRequest, "more than 400 fields")
		return
	}
	for _, p := range b.people() {
		if b.id(p) == x.r.PathValue("id") {
			out := b.show(b.values(p), fields)
			out["id"] = b.id(p)
			x.json(http.StatusOK, out)
			return
		}
	}
	b.refuse(x, http.StatusNotFound, "the employee does not exist")
}

func (b *bamboo) directory(x *exchange) {
	if !x.only("onlyCurrent") {
		return
	}
	names := []string{"displayName", "firstName", "lastName", "workEmail", "department", "location", "supervisor", "jobTitle"}
	fields, employees := []obj{}, []obj{}
	for _, n := range names {
		fields = append(fields, obj{"id": n, "type": "text", "name": n})
	}
	for _, p := range b.people() {
		if v := b.values(p); v["status"] == "Active" && x.fault != EmptyList {
			row := b.show(v, names)
			row["id"] = b.id(p)
			employees = append(employees, row)
		}
	}
	x.json(http.StatusOK, obj{"fields": fields, "employees": employees})
}

func (b *bamboo) metaFields(x *exchange) {
	if !x.only() {
		return
	}
	out := []obj{}
	for i, f := range bambooFields() {
		out = append(out, obj{"id": i + 1, "name": f.label, "type": f.kind, "alias": f.name})
	}
	x.json(http.StatusOK, out)
}

func (b *bamboo) metaUsers(x *exchange) {
	if !x.only("status") {
		return
	}
	out := obj{}
	for _, p := range b.people() {
		status := "enabled"
		if p.Employment == Left || p.Employment == Future {
			status = "disabled"
		}
		if p.Department != "People" && p.N > 12 || (x.q.Get("status") != "" && x.q.Get("status") != status) || x.fault == EmptyList {
			continue
		}
		u := obj{"id": p.N, "employeeId": 100 + p.N, "firstName": p.Given, "lastName": p.Family, "email": p.Email, "status": status}
		if !p.LastSeen.IsZero() {
			u["lastLogin"] = p.LastSeen.UTC().Format(time.RFC3339)
		}
		out[strconv.Itoa(p.N)] = u
	}
	x.json(http.StatusOK, out)
}
