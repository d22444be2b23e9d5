package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

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
	Value any // text or int
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
// ${end} or ${page} has no value is left out; any other missing value is an error.
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
	if m, ok := errors.AsType[*mapping.MissingError](err); ok && (m.Name == "start" || m.Name == "end" || m.Name == "page") {
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

// compiledTree is a JSON body.
type compiledTree struct {
	raw     string // a constant as JSON
	text    *mapping.Template
	names   []string // object
	members []*compiledTree
	list    bool
}

func compileTree(n *yaml.Node) (*compiledTree, error) {
	c := &compiledTree{}
	switch n.Kind {
	case yaml.MappingNode:
		c.names = []string{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			kid, err := compileTree(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			c.names, c.members = append(c.names, n.Content[i].Value), append(c.members, kid)
		}
	case yaml.SequenceNode:
		c.list = true
		for _, in := range n.Content {
			kid, err := compileTree(in)
			if err != nil {
				return nil, err
			}
			c.members = append(c.members, kid)
		}
	default:
		if n.Tag == "!!str" || n.Tag == "!!timestamp" {
			t, err := mapping.ParseTemplate(n.Value)
			c.text = &t
			return c, err
		}
		var v any
		if err := n.Decode(&v); err != nil {
			return nil, err
		}
		raw, err := json.Marshal(v)
		c.raw = string(raw)
		return c, err
	}
	return c, nil
}

func (c *compiledTree) build(v Vars, add []Member) ([]byte, error) {
	var b bytes.Buffer
	if c == nil {
		c = &compiledTree{names: []string{}}
	}
	if c.names == nil && len(add) > 0 {
		return nil, fmt.Errorf("paging in the JSON body needs an object there")
	}
	err := c.write(&b, v, add)
	return b.Bytes(), err
}

func (c *compiledTree) write(b *bytes.Buffer, v Vars, add []Member) error {
	switch {
	case c.raw != "":
		b.WriteString(c.raw)
		return nil
	case c.text != nil:
		s, err := c.text.Expand(v)
		if err != nil {
			return err
		}
		return writeJSON(b, s)
	case c.list:
		return c.writeAll(b, '[', ']', v, nil)
	}
	return c.writeAll(b, '{', '}', v, add)
}

func (c *compiledTree) writeAll(b *bytes.Buffer, open, closing byte, v Vars, add []Member) error {
	b.WriteByte(open)
	first := true
	for i, kid := range c.members {
		if c.names != nil && added(add, c.names[i]) {
			continue
		}
		mark := b.Len()
		if !first {
			b.WriteByte(',')
		}
		if c.names != nil {
			if err := writeJSON(b, c.names[i]); err != nil {
				return err
			}
			b.WriteByte(':')
		}
		left, err := leftOut(kid.write(b, v, nil))
		if err != nil {
			return err
		}
		if left {
			b.Truncate(mark)
			continue
		}
		first = false
	}
	for _, m := range add {
		if !first {
			b.WriteByte(',')
		}
		first = false
		if err := errors.Join(writeJSON(b, m.Name), b.WriteByte(':'), writeJSON(b, m.Value)); err != nil {
			return err
		}
	}
	b.WriteByte(closing)
	return nil
}

func added(add []Member, name string) bool {
	for _, m := range add {
		if m.Name == name {
			return true
		}
	}
	return false
}

func writeJSON(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // Encode ends with a line break
	return nil
}
