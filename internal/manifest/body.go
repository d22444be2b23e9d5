package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"

	"purser/internal/mapping"
)

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
	case c.text != nil && v == nil: // as it stands in the manifest
		return writeJSON(b, c.text.Source())
	case c.text != nil:
		s, err := c.text.Expand(v)
		if err != nil {
			return err
		}
		if c.text.Number() {
			b.WriteString(s)
			return nil
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
