package sandbox

import "time"

// bucket counts the requests of one fixed window.
type bucket struct {
	start time.Time
	used  int
}

// spend takes one request from a per-minute bucket and says what is left of it.
func (x *exchange) spend(name string, limit int) (left, of int, reset time.Time, ok bool) {
	if n, set := x.s.opts.Limits[name]; set {
		limit = n
	}
	b := x.s.buckets[name]
	if b == nil || x.now.Sub(b.start) >= time.Minute || x.now.Before(b.start) {
		b = &bucket{start: x.now.Truncate(time.Second)}
		x.s.buckets[name] = b
	}
	b.used++
	left = max(limit-b.used, 0)
	return left, limit, b.start.Add(time.Minute), b.used <= limit || x.s.opts.Unlimited
}
