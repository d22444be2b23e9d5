package main

import "net/url"

// grouping is what commands take whose list knows groups of conditions.
type grouping struct {
	Any []string `help:"A group of conditions, such as \"use=never&kind=guest\": what meets all of it; said again, what meets all of one of them." sep:"none" placeholder:"GROUP"`
}

func (g grouping) ask(q url.Values) {
	for _, group := range g.Any {
		q.Add("any", group)
	}
}
