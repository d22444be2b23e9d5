package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Scale is the size of a generated Okta tenant. Its pages are made when they
// are asked for, so that a million users take no memory.
type Scale struct {
	Users, Apps, Assignments, Groups, Memberships int
	// Cache keeps each page as bytes once it was made, so that a later reading costs the server next to nothing.
	Cache bool
}

// Benchmark is the tenant of the figures: 100,000 users of about 1.5 KB, 50
// apps with 300,000 assignments in all, 200 groups with 200,000 memberships in
// all; part divides it (10 for a tenth).
func Benchmark(part int) Scale {
	return Scale{Users: 100_000 / part, Apps: max(1, 50/part), Assignments: 300_000 / part, Groups: max(1, 200/part), Memberships: 200_000 / part}
}

// scaleView serves the lists of a generated tenant.
type scaleView struct {
	o       *okta
	size    Scale
	stride  int
	touched atomic.Int64
	mu      sync.RWMutex
	cache   map[string]scalePage
}

type scalePage struct {
	link []string
	body []byte
}

func newScaleView(o *okta, size Scale) *scaleView {
	v := &scaleView{o: o, size: size, stride: 7919, cache: map[string]scalePage{}}
	for gcd(v.stride, max(size.Users, 1)) != 1 {
		v.stride++
	}
	return v
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (v *scaleView) touch(n int) {
	v.touched.Store(int64(n))
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.cache)
}

// scaleList is one list of the tenant: how long it is and how its rows are written.
type scaleList struct {
	scope  string
	length int
	most   int // rows a page
	def    int
	row    func(buf []byte, i int) []byte
	skip   func(i int) bool
}

// serve answers a request for one of the generated lists; false leaves it to the others.
func (v *scaleView) serve(x *exchange) bool {
	list, ok := v.list(x)
	if !ok {
		return false
	}
	v.o.s.mu.Lock()
	x.now = v.o.s.now()
	ok = v.o.allowed(x, list.scope)
	v.o.s.mu.Unlock()
	if !ok {
		return true
	}
	h := x.w.Header()
	h["X-Rate-Limit-Limit"], h["X-Rate-Limit-Remaining"] = []string{"1000000"}, []string{"999999"}
	h["X-Rate-Limit-Reset"] = []string{strconv.FormatInt(x.now.Add(time.Minute).Unix(), 10)}
	page, ok := v.page(x, list)
	if !ok {
		return true
	}
	h["Content-Type"], h["Link"] = []string{"application/json"}, page.link
	h["Content-Length"] = []string{strconv.Itoa(len(page.body))}
	_, _ = x.w.Write(page.body)
	return true
}

func (v *scaleView) list(x *exchange) (scaleList, bool) {
	rest, ok := strings.CutPrefix(x.r.URL.Path, "/api/v1/")
	if !ok || x.r.Method != http.MethodGet {
		return scaleList{}, false
	}
	parts := strings.Split(rest, "/")
	switch {
	case rest == "users":
		l := scaleList{scope: "okta.users.read", length: v.size.Users, most: 200, def: 200, row: v.user}
		if !x.q.Has("filter") && !x.q.Has("search") {
			l.skip = deprovisioned
		}
		return l, true
	case rest == "apps":
		return scaleList{scope: "okta.apps.read", length: v.size.Apps, most: 200, def: 20, row: v.app}, true
	case rest == "groups":
		return scaleList{scope: "okta.groups.read", length: v.size.Groups, most: 10_000, def: 10_000, row: v.group}, true
	case len(parts) == 3 && parts[2] == "users" && parts[0] == "apps":
		n, ok := scaleIndex("0oa", parts[1], v.size.Apps)
		return scaleList{scope: "okta.apps.read", length: share(v.size.Assignments, v.size.Apps, n), most: 500, def: 50,
			row: func(b []byte, i int) []byte { return v.appUser(b, v.pick(n, i)) }}, ok
	case len(parts) == 3 && parts[2] == "users" && parts[0] == "groups":
		n, ok := scaleIndex("00g", parts[1], v.size.Groups)
		return scaleList{scope: "okta.groups.read", length: share(v.size.Memberships, v.size.Groups, n), most: 1000, def: 1000,
			row: func(b []byte, i int) []byte { return v.user(b, v.pick(n, i)) }}, ok
	}
	return scaleList{}, false
}

// share is how many of all belong to the n-th of so many.
func share(all, of, n int) int {
	each := all / of
	if n < all%of {
		each++
	}
	return each
}

// pick is the i-th user of the n-th app or group: spread over all users, each once.
func (v *scaleView) pick(n, i int) int { return (n*104_729 + i*v.stride) % v.size.Users }

func deprovisioned(i int) bool { return i%50 == 49 }

func (v *scaleView) page(x *exchange, l scaleList) (scalePage, bool) {
	if v.size.Cache && x.fault == "" {
		v.mu.RLock()
		p, ok := v.cache[x.r.URL.RequestURI()]
		v.mu.RUnlock()
		if ok {
			return p, true
		}
	}
	limit, ok := x.number("limit", l.def, 1, l.most)
	if !ok {
		return scalePage{}, false
	}
	after, ok := decodeCursor("c", x.q.Get("after"))
	if !ok {
		v.o.refuse(x, http.StatusBadRequest, "Invalid cursor")
		return scalePage{}, false
	}
	buf := make([]byte, 1, limit*1700)
	buf[0] = '['
	i, rows := after, 0
	for ; i < l.length && rows < limit && x.fault != EmptyList; i++ {
		if l.skip != nil && l.skip(i) {
			continue
		}
		if rows++; rows > 1 {
			buf = append(buf, ',')
		}
		buf = l.row(buf, i)
	}
	next := i
	if i >= l.length || x.fault == EmptyList {
		next = -1
	}
	if x.fault == RepeatToken && after > 0 {
		next = after
	}
	v.o.links(x, encodeCursor("c", next))
	p := scalePage{x.w.Header()["Link"], append(buf, ']')}
	if v.size.Cache && x.fault == "" {
		v.mu.Lock()
		v.cache[x.r.URL.RequestURI()] = p
		v.mu.Unlock()
	}
	return p, true
}
