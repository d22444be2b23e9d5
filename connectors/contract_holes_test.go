package connectors_test

import (
	"strconv"
)

// grown repeats the items until there are n.
func (a answerOf) grown(n int) any {
	_, items := a.items()
	l, ok := items.([]any)
	if !ok || len(l) == 0 {
		return a.with(items)
	}
	for len(l) < n {
		l = append(l, l[:min(len(l), n-len(l))]...)
	}
	return a.with(l)
}

// holed returns the answer with each item as it is and once for each way to leave
// a value null or out, and how many items that are.
func (a answerOf) holed() (root any, n int) {
	_, items := a.items()
	switch items := items.(type) {
	case []any:
		var out []any
		for _, item := range items {
			out = append(append(out, item), holes(item)...)
		}
		return a.with(out), len(out)
	case object:
		if a.stream.As == "one" {
			return nil, 0
		}
		out := object{}
		for key, item := range items {
			for i, hole := range holes(item) {
				out[key+"H"+strconv.Itoa(i)] = hole
			}
		}
		return a.with(out), len(out)
	}
	return nil, 0
}

// holes returns an item with, in turn, each of its values null, each left out, and all null.
func holes(item any) []any {
	o, ok := item.(object)
	if !ok {
		return []any{nil}
	}
	var out []any
	all := object{}
	for key, value := range o {
		all[key] = nil
		for _, changed := range append([]any{nil}, holesOf(value)...) {
			with := object{}
			for k, v := range o {
				with[k] = v
			}
			with[key] = changed
			out = append(out, with)
		}
		without := object{}
		for k, v := range o {
			if k != key {
				without[k] = v
			}
		}
		out = append(out, without)
	}
	return append(out, all)
}

func holesOf(value any) []any {
	switch v := value.(type) {
	case object:
		return holes(v)
	case []any:
		out := []any{[]any{}, []any{nil}}
		if len(v) > 0 {
			for _, hole := range holes(v[0]) {
				out = append(out, []any{hole})
			}
		}
		return out
	}
	return nil
}
