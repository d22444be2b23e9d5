package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// listLogs answers the System Log: polling (no until, ascending) always has a
// next link; a bounded or descending query ends.
func (o *okta) listLogs(x *exchange) {
	if !x.only("since", "until", "after", "filter", "q", "limit", "sortOrder") {
		return
	}
	limit, ok := x.number("limit", 100, 0, 1000)
	if !ok {
		return
	}
	if x.q.Has("since") && x.q.Has("after") {
		o.refuse(x, http.StatusBadRequest, "since and after exclude each other")
		return
	}
	order := x.q.Get("sortOrder")
	if order != "" && order != "ASCENDING" && order != "DESCENDING" {
		o.refuse(x, http.StatusBadRequest, "sortOrder must be ASCENDING or DESCENDING")
		return
	}
	until, ok := o.instant(x, "until", x.now)
	if !ok {
		return
	}
	since, ok := o.instant(x, "since", until.AddDate(0, 0, -7))
	if !ok {
		return
	}
	after, ok := decodeCursor("e", x.q.Get("after"))
	if !ok {
		o.refuse(x, http.StatusBadRequest, "after is not a cursor of this log")
		return
	}
	var cond condition
	if text := x.q.Get("filter"); text != "" {
		var err error
		if cond, err = parseFilter(text, logAttribute); err != nil {
			o.refuse(x, http.StatusBadRequest, "Invalid filter: "+err.Error())
			return
		}
	}
	oldest := x.now.AddDate(0, 0, -90) // what is older is gone, and asking for it is no error
	var page []obj
	last, polling := after, !x.q.Has("until") && order != "DESCENDING"
	events := o.s.company.Events
	if order == "DESCENDING" {
		events = slices.Clone(events)
		slices.Reverse(events)
	}
	more := false
	for _, e := range events {
		if (after > 0 && e.Seq+1 <= after) || e.At.Before(oldest) || e.At.After(x.now) || (!x.q.Has("after") && e.At.Before(since)) || !e.At.Before(until.Add(1)) {
			continue
		}
		view := o.logEvent(e)
		if view == nil || (cond != nil && !cond(func(n string) (string, bool) { return attribute(view, n) })) {
			continue
		}
		if len(page) == limit {
			more = true
			break
		}
		page, last = append(page, view), e.Seq+1
	}
	if x.fault == EmptyList {
		page = nil
	}
	if polling && last == 0 { // the place before the first event that may come
		last = o.placeBefore(since)
	}
	next := ""
	if polling || more {
		next = encodeCursor("e", last)
	}
	if x.fault == RepeatToken && x.q.Get("after") != "" {
		next = x.q.Get("after")
	}
	o.links(x, next)
	if page == nil {
		page = []obj{}
	}
	x.json(http.StatusOK, page)
}

func (o *okta) placeBefore(t time.Time) int {
	n := 0
	for _, e := range o.s.company.Events {
		if e.At.Before(t) {
			n = e.Seq + 1
		}
	}
	return n
}

func (o *okta) instant(x *exchange, name string, def time.Time) (time.Time, bool) {
	raw := x.q.Get(name)
	if raw == "" {
		return def, true
	}
	t, err := time.Parse(time.RFC3339, raw)
	if err != nil {
		o.refuse(x, http.StatusBadRequest, name+" is not an ISO 8601 time")
		return t, false
	}
	return t, true
}

func logAttribute(name string) bool {
	return slices.Contains([]string{"eventType", "uuid", "outcome.result", "actor.id", "target.id", "severity"}, name)
}

// logEvent writes one event; nil where its person is gone.
func (o *okta) logEvent(e Event) obj {
	p := o.s.company.Person(e.Person)
	if p == nil || p.Kind != Human {
		return nil
	}
	kind, message := "user.session.start", "User login to Okta"
	target := []obj{{"id": o.userID(p.N), "type": "AppUser", "alternateId": p.Email, "displayName": p.Name(), "detailEntry": nil}}
	if e.App >= 0 {
		kind, message = "user.authentication.sso", "User single sign on to app"
		a := o.s.company.Apps[e.App]
		instance := obj{"id": o.appID(e.App), "type": "AppInstance", "alternateId": a.Label, "displayName": a.Label, "detailEntry": obj{"signOnModeType": a.SignOn}}
		if e.Seq%2 == 0 { // the order of targets is not fixed
			target = []obj{instance, target[0]}
		} else {
			target = append(target, instance)
		}
	}
	outcome := obj{"result": "SUCCESS", "reason": nil}
	if !e.Success {
		outcome = obj{"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}
	}
	h := mix(o.s.opts.Seed, salt("log"), uint64(e.Seq))
	return obj{"uuid": guid(h), "published": stamp(e.At), "eventType": kind, "displayMessage": message, "severity": "INFO", "version": "0",
		"legacyEventType": nil, "outcome": outcome, "target": target,
		"actor": obj{"id": o.userID(p.N), "type": "User", "alternateId": p.Email, "displayName": p.Name(), "detailEntry": nil},
		"client": obj{"ipAddress": "192.0.2." + strconv.Itoa(int(h%250)+1), "device": "Computer", "zone": "null", "id": nil,
			"userAgent": obj{"rawUserAgent": "Mozilla/5.0 (sandbox)", "os": "Linux", "browser": "FIREFOX"}},
		"authenticationContext": obj{"externalSessionId": "ses" + spell(h, lower36, 20), "authenticationStep": 0},
		"transaction":           obj{"type": "WEB", "id": spell(h, lower36, 24), "detail": obj{}}, "securityContext": obj{"isProxy": false}}
}
