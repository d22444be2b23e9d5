package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// login is one line of the access logs: all uses from one address and program.
type login struct {
	p           *Person
	first, last time.Time
	count       int
	ip          string
}

// logins folds the company's events of this application, newest first.
func (k *slack) logins(before time.Time) []login {
	type place struct {
		person int
		ip     string
	}
	lines := map[place]*login{}
	for _, e := range k.s.company.Events {
		p := k.s.company.Person(e.Person)
		if p == nil || !e.Success || e.At.After(before) || (e.App >= 0 && k.s.company.Apps[e.App].Key != "slack") {
			continue
		}
		at := place{e.Person, "198.51.100." + strconv.Itoa(e.Person%200+1+e.Seq%2)}
		if l := lines[at]; l != nil {
			l.last = e.At
			l.count++
			continue
		}
		lines[at] = &login{p, e.At, e.At, 1, at.ip}
	}
	out := make([]login, 0, len(lines))
	for _, l := range lines {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b login) int {
		if c := b.last.Compare(a.last); c != 0 {
			return c
		}
		if a.p.N != b.p.N {
			return a.p.N - b.p.N
		}
		return len(a.ip) - len(b.ip)
	})
	return out
}

func (k *slack) accessLogs(x *exchange, _ *grant) {
	before, ok := x.number("before", int(x.now.Unix()), 0, 1<<40)
	if !ok {
		return
	}
	all := k.logins(time.Unix(int64(before), 0))
	classic := x.q.Has("page") || x.q.Has("count")
	size, ok := x.number("limit", 100, 1, 1000)
	if !ok {
		return
	}
	if classic {
		if size, ok = x.number("count", 100, 1, 1000); !ok {
			return
		}
	}
	page, ok := x.number("page", 1, 1, 1<<20)
	if !ok {
		return
	}
	if page > 100 {
		k.fail(x, "over_pagination_limit", nil)
		return
	}
	after, ok := k.cursor(x)
	if !ok {
		return
	}
	if classic {
		after = (page - 1) * size
	}
	numbered := make([]at[login], len(all))
	for i, l := range all {
		numbered[i] = at[login]{i, l}
	}
	lines, next := pageOf(x, numbered, place[login], after, size)
	logins := []obj{}
	for _, a := range lines {
		l := a.it
		logins = append(logins, obj{"user_id": k.userID(l.p.N), "username": l.p.Email, "date_first": l.first.Unix(), "date_last": l.last.Unix(),
			"count": l.count, "ip": l.ip, "user_agent": "SandboxClient/1.0 (Linux)", "isp": "Example Net", "country": "NL", "region": "NH"})
	}
	body := obj{"ok": true, "logins": logins}
	if classic {
		body["paging"] = obj{"count": size, "total": len(all), "page": page, "pages": (len(all) + size - 1) / size}
	} else {
		body["response_metadata"] = slackNext(next)
	}
	x.json(http.StatusOK, body)
}
