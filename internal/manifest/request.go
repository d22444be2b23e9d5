package manifest

import (
	"errors"
	"fmt"
	"strings"

	"purser/internal/mapping"
)

// Vars gives the values of ${…} places: settings.x, tenant.x, parent.x, vary.x,
// account.x, start, end, page.
type Vars func(name string) (string, bool)

// Built is a request with all its values.
type Built struct {
	Method      string
	URL         string // absolute
	Route       string // the address without values, for budgets and logs
	Header      [][2]string
	Body        []byte // nil if there is none
	ContentType string
}

// Added is what paging adds to a request.
type Added struct {
	Query  [][2]string
	Header [][2]string
	JSON   []Member // members of the JSON body's top
}

// Member is one member of a JSON object.
type Member struct {
	Name  string
	Value any // text, int or json.RawMessage
}

// CompiledRequest is a request that only needs values.
type CompiledRequest struct {
	method  string
	route   string
	address mapping.Template
	query   []compiledPair
	header  []compiledPair
	form    []compiledPair
	body    *compiledTree
}

type compiledPair struct {
	name   string
	values []mapping.Template
}

// Build puts values in place. A parameter, header or member whose ${start},
// ${end} or ${page} has no value, or whose optional setting nobody filled in, is
// left out; any other missing value is an error.
func (c *CompiledRequest) Build(v Vars, add Added) (Built, error) {
	b := Built{Method: c.method, Route: c.route}
	address, err := c.address.ExpandURL(v)
	if err != nil {
		return b, err
	}
	query, err := expandPairs(c.query, v)
	if err != nil {
		return b, err
	}
	for _, name := range add.Query { // paging replaces what the manifest says
		query = without(query, name[0])
	}
	b.URL = withQuery(address, append(query, add.Query...))
	if b.Header, err = expandPairs(c.header, v); err != nil {
		return b, err
	}
	b.Header = append(b.Header, add.Header...)
	for _, h := range b.Header {
		if strings.ContainsAny(h[0]+h[1], "\r\n\x00") {
			return b, fmt.Errorf("the header %s would have a line break", h[0])
		}
	}
	switch {
	case c.body != nil || len(add.JSON) > 0:
		b.ContentType = "application/json"
		b.Body, err = c.body.build(v, add.JSON)
	case c.form != nil:
		b.ContentType = "application/x-www-form-urlencoded"
		var form [][2]string
		form, err = expandPairs(c.form, v)
		b.Body = []byte(strings.TrimPrefix(withQuery("", form), "?"))
	}
	return b, err
}

func expandPairs(pairs []compiledPair, v Vars) ([][2]string, error) {
	var out [][2]string
	for _, p := range pairs {
		for _, t := range p.values {
			s, err := t.Expand(v)
			if left, err := leftOut(err); left {
				continue
			} else if err != nil {
				return nil, err
			}
			out = append(out, [2]string{p.name, s})
		}
	}
	return out, nil
}

// leftOut reports whether a missing value leaves its parameter out.
func leftOut(err error) (bool, error) {
	if m, ok := errors.AsType[*mapping.MissingError](err); ok && (m.Name == "start" || m.Name == "end" || m.Name == "page" || strings.HasPrefix(m.Name, "settings.")) {
		return true, nil
	}
	return false, err
}

func without(pairs [][2]string, name string) [][2]string {
	var out [][2]string
	for _, p := range pairs {
		if p[0] != name {
			out = append(out, p)
		}
	}
	return out
}

func withQuery(address string, query [][2]string) string {
	var b strings.Builder
	b.WriteString(address)
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	for _, q := range query {
		b.WriteString(sep + mapping.EscapeQuery(q[0]) + "=" + mapping.EscapeQuery(q[1]))
		sep = "&"
	}
	return b.String()
}
