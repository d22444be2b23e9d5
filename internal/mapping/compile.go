package mapping

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/expr-lang/expr/ast"
)

// code is a compiled expression.
type code func(f *frame) value

// frame is what an expression sees while one record is made.
type frame struct {
	slots   []value
	outside []value // values of names from outside the record
	item    value   // of an exploded list
	inner   []value // current items of predicates, the innermost last
	args    []value // of the calls that are being made
	lookup  func(stream, id string) (string, bool)
	fuel    int // steps left; see spend
	fault   string
}

// fuelPerRecord bounds the work of all expressions of one record: one for each
// item of a predicate and for each 16 bytes that a function makes.
const fuelPerRecord = 50_000

// spend uses fuel; without any left the record is refused.
func (f *frame) spend(n int) bool {
	f.fuel -= n
	if f.fuel < 0 {
		f.fail("an expression needs too much work")
		return false
	}
	return true
}

// fail refuses the record. The first reason stands. It names no value: values may be personal.
func (f *frame) fail(format string, args ...any) value {
	if f.fault == "" {
		f.fault = fmt.Sprintf(format, args...)
	}
	return value{}
}

// compiler compiles the expressions of one program over one trie.
type compiler struct {
	trie    *trie
	outside []string // names from outside, in the order of frame.outside
	explode bool     // item is an exploded item rather than the record
	depth   int      // of predicates
	unwrap  path     // where the record stands in an item
}

// recordPath returns where in the record a chain points to; ok is false for
// chains from outside and exploded items.
func (c *compiler) recordPath(p path) (path, bool) {
	switch {
	case outside(p[0]):
		return nil, false
	case p[0] == "item":
		return p[1:], !c.explode
	case p[0] == "$env", p[0] == "this":
		return p[1:], true
	}
	return p, true
}

func (c *compiler) compile(n ast.Node) (code, error) {
	if p, ok := chain(n); ok {
		return c.chain(p), nil
	}
	switch n := n.(type) {
	case *ast.NilNode:
		return constant(value{}), nil
	case *ast.BoolNode:
		return constant(boolValue(n.Value)), nil
	case *ast.IntegerNode:
		return constant(intValue(int64(n.Value))), nil
	case *ast.FloatNode:
		return constant(numberValue(strconv.FormatFloat(n.Value, 'f', -1, 64))), nil
	case *ast.StringNode:
		return constant(textValue(n.Value)), nil
	case *ast.ChainNode:
		return c.compile(n.Node)
	case *ast.PointerNode:
		if n.Name != "" {
			return nil, fmt.Errorf("#%s is not known; use # or .name", n.Name)
		}
		return func(f *frame) value { return f.inner[len(f.inner)-1] }, nil
	case *ast.MemberNode:
		return c.member(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.ArrayNode:
		return c.array(n)
	case *ast.BuiltinNode:
		return c.call(n.Name, n.Arguments)
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			return c.call(id.Value, n.Arguments)
		}
		return nil, fmt.Errorf("methods cannot be called")
	}
	return nil, fmt.Errorf("let, ranges, slices, maps and sequences are not part of this language")
}

func constant(v value) code { return func(*frame) value { return v } }

func (c *compiler) chain(p path) code {
	if outside(p[0]) {
		name := p.String()
		i := slices.Index(c.outside, name)
		if i < 0 {
			i = len(c.outside)
			c.outside = append(c.outside, name)
		}
		return func(f *frame) value { return f.outside[i] }
	}
	if p[0] == "item" && c.explode {
		below := p[1:]
		return func(f *frame) value { return follow(f.item, below) }
	}
	in, _ := c.recordPath(p)
	slot, below := c.trie.find(append(slices.Clone(c.unwrap), in...))
	if len(below) == 0 {
		return func(f *frame) value { return f.slots[slot] }
	}
	return func(f *frame) value { return follow(f.slots[slot], below) }
}

func follow(v value, names path) value {
	for _, name := range names {
		v = v.member(name)
	}
	return v
}

func (c *compiler) member(n *ast.MemberNode) (code, error) {
	if n.Method {
		return nil, fmt.Errorf("methods cannot be called")
	}
	of, err := c.compile(n.Node)
	if err != nil {
		return nil, err
	}
	if name, ok := n.Property.(*ast.StringNode); ok {
		return func(f *frame) value { return of(f).member(name.Value) }, nil
	}
	index, err := c.compile(n.Property)
	if err != nil {
		return nil, err
	}
	return func(f *frame) value {
		v, at := of(f), index(f)
		switch at.kind {
		case integer:
			return v.at(at.i)
		case text:
			return v.member(at.s)
		}
		return value{}
	}, nil
}

func (c *compiler) conditional(n *ast.ConditionalNode) (code, error) {
	all, err := c.all([]ast.Node{n.Cond, n.Exp1, n.Exp2})
	if err != nil {
		return nil, err
	}
	return func(f *frame) value {
		switch v := all[0](f); {
		case v.is(true):
			return all[1](f)
		case v.is(false):
			return all[2](f)
		}
		return value{} // an unknown condition has an unknown outcome
	}, nil
}

func (c *compiler) array(n *ast.ArrayNode) (code, error) {
	all, err := c.all(n.Nodes)
	if err != nil {
		return nil, err
	}
	return func(f *frame) value {
		items := make([]value, len(all))
		for i, item := range all {
			items[i] = item(f)
		}
		return listValue(items)
	}, nil
}

func (c *compiler) all(nodes []ast.Node) ([]code, error) {
	out := make([]code, len(nodes))
	for i, n := range nodes {
		var err error
		if out[i], err = c.compile(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pattern compiles the constant pattern of matches.
func pattern(n ast.Node) (*regexp.Regexp, error) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		return nil, fmt.Errorf("the pattern of matches must be a constant text")
	}
	re, err := regexp.Compile(s.Value)
	if err != nil {
		return nil, fmt.Errorf("the pattern of matches: %w", err)
	}
	return re, nil
}
