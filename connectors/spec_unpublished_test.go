package connectors_test

import "strings"

// unpublished is a request that stands in no description which the vendor
// publishes; why says where its form is known from.
type unpublished struct {
	why, method, path string
	query             []string // names of its parameters
	body, answer      []string // paths in the body that is sent, and in a good answer
}

// known makes a description of requests that no published one has.
func (u unpublished) description() description {
	if u.why == "" || len(u.answer) == 0 {
		panic("a request that is not published needs a reason, and what it answers: " + u.path)
	}
	answer := object{}
	for _, path := range u.answer {
		at := answer
		for _, step := range strings.Split(path, ".") {
			next, ok := at[step].(object)
			if !ok {
				next = object{}
				at[step] = next
			}
			at = next
		}
	}
	body := object{}
	for _, path := range u.body {
		at := body
		for _, step := range strings.Split(path, ".") {
			properties, ok := at["properties"].(object)
			if !ok {
				properties = object{}
				at["properties"] = properties
			}
			if _, ok := properties[step].(object); !ok {
				properties[step] = object{}
			}
			at = properties[step].(object)
		}
	}
	return description{operation: func(method, path string) (operation, bool) {
		if method != u.method || path != u.path {
			return operation{}, false
		}
		out := operation{query: map[string]object{}, header: map[string]object{}, body: body, samples: []any{answer}}
		for _, name := range u.query {
			out.query[name] = object{}
		}
		return out, true
	}, resolve: func(s object) object { return s }}
}
