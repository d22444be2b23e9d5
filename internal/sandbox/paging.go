package sandbox

import "slices"

// linkHost is the host that followed links name: the vendor's, or a stranger's on cue.
func (x *exchange) linkHost() string {
	if x.fault == ForeignLink {
		return "evil.example.net"
	}
	return x.host
}

// pageOf cuts the page after a key from items in the order of their keys; next
// is -1 at the end. Faults of paging are played here.
func pageOf[T any](x *exchange, items []T, key func(T) int, after, limit int) (page []T, next int) {
	if x.fault == EmptyList {
		return nil, -1
	}
	start, _ := slices.BinarySearchFunc(items, after, func(it T, k int) int { return key(it) - k - 1 })
	end := min(start+limit, len(items))
	next = -1
	if end < len(items) {
		next = key(items[end-1])
	}
	if x.fault == RepeatToken && after > 0 {
		next = after
	}
	return items[start:end], next
}
