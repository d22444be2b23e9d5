package mapping

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/expr-lang/expr/ast"
)

func (c *compiler) unary(n *ast.UnaryNode) (code, error) {
	of, err := c.compile(n.Node)
	if err != nil {
		return nil, err
	}
	switch n.Operator {
	case "!", "not":
		return func(f *frame) value {
			if v := of(f); v.kind == boolean {
				return boolValue(v.i == 0)
			}
			return value{}
		}, nil
	case "-":
		return func(f *frame) value { return arithmetic("-", intValue(0), of(f)) }, nil
	case "+":
		return of, nil
	}
	return nil, fmt.Errorf("the operator %s is not known", n.Operator)
}

func (c *compiler) binary(n *ast.BinaryNode) (code, error) {
	if n.Operator == "matches" {
		re, err := pattern(n.Right)
		if err != nil {
			return nil, err
		}
		of, err := c.compile(n.Left)
		return func(f *frame) value {
			if s, ok := of(f).text(); ok {
				return boolValue(f.spend(len(s)/16) && re.MatchString(s))
			}
			return value{}
		}, err
	}
	both, err := c.all([]ast.Node{n.Left, n.Right})
	if err != nil {
		return nil, err
	}
	a, b := both[0], both[1]
	switch n.Operator {
	case "==", "!=":
		return equality(n, a, b), nil
	case "and", "&&":
		return func(f *frame) value { return and(a(f), b, f) }, nil
	case "or", "||":
		return func(f *frame) value { return or(a(f), b, f) }, nil
	case "??":
		return func(f *frame) value {
			if v := a(f); v.kind != nothing {
				return v
			}
			return b(f)
		}, nil
	case "<", "<=", ">", ">=":
		op := n.Operator
		return func(f *frame) value { return ordered(op, a(f), b(f)) }, nil
	case "+", "-", "*", "/", "%":
		op := n.Operator
		return func(f *frame) value {
			v, w := a(f), b(f)
			if op == "+" && v.kind == text && w.kind == text && f.spend((len(v.s)+len(w.s))/16) {
				return textValue(v.s + w.s)
			}
			return arithmetic(op, v, w)
		}, nil
	case "in":
		return func(f *frame) value { return within(a(f), b(f)) }, nil
	case "contains", "startsWith", "endsWith":
		test := map[string]func(s, part string) bool{"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix}[n.Operator]
		return func(f *frame) value {
			v, w := a(f), b(f)
			if v.kind != text || w.kind != text {
				return value{}
			}
			return boolValue(test(v.s, w.s))
		}, nil
	}
	return nil, fmt.Errorf("the operator %s is not part of this language", n.Operator)
}

// equality compares. Only against a written nil is the outcome known whatever
// the other side is.
func equality(n *ast.BinaryNode, a, b code) code {
	want := n.Operator == "=="
	_, leftNil := n.Left.(*ast.NilNode)
	_, rightNil := n.Right.(*ast.NilNode)
	return func(f *frame) value {
		v, w := a(f), b(f)
		if leftNil || rightNil {
			return boolValue((v.kind == w.kind) == want)
		}
		if v.kind == nothing || w.kind == nothing {
			return value{}
		}
		return boolValue(equal(v, w) == want)
	}
}

func equal(v, w value) bool {
	if (v.kind == integer || v.kind == number) && (w.kind == integer || w.kind == number) {
		if v.kind == integer && w.kind == integer {
			return v.i == w.i
		}
		x, ok1 := v.rat()
		y, ok2 := w.rat()
		return ok1 && ok2 && x.Cmp(y) == 0
	}
	if v.kind != w.kind {
		return false
	}
	switch v.kind {
	case list, object:
		if len(v.in.items) != len(w.in.items) {
			return false
		}
		for i := range v.in.items {
			if v.kind == object && v.in.names[i] != w.in.names[i] || !equal(v.in.items[i], w.in.items[i]) {
				return false
			}
		}
		return true
	}
	return v.i == w.i && v.s == w.s
}

func and(v value, b code, f *frame) value {
	if v.is(false) {
		return v
	}
	w := b(f)
	switch {
	case w.is(false):
		return w
	case v.is(true) && w.is(true):
		return v
	}
	return value{}
}

func or(v value, b code, f *frame) value {
	if v.is(true) {
		return v
	}
	w := b(f)
	switch {
	case w.is(true):
		return w
	case v.is(false) && w.is(false):
		return v
	}
	return value{}
}

func ordered(op string, v, w value) value {
	var cmp int
	switch {
	case v.kind == moment && w.kind == moment:
		cmp = compareInt(v.i, w.i)
	case v.kind == text && w.kind == text:
		cmp = strings.Compare(v.s, w.s)
	default:
		x, ok1 := v.rat()
		y, ok2 := w.rat()
		if !ok1 || !ok2 {
			return value{}
		}
		cmp = x.Cmp(y)
	}
	switch op {
	case "<":
		return boolValue(cmp < 0)
	case "<=":
		return boolValue(cmp <= 0)
	case ">":
		return boolValue(cmp > 0)
	}
	return boolValue(cmp >= 0)
}

func compareInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// arithmetic is exact; without two numbers, or divided by zero, the outcome is unknown.
func arithmetic(op string, v, w value) value {
	if v.kind == integer && w.kind == integer && op == "%" {
		if w.i == 0 || v.i == math.MinInt64 && w.i == -1 {
			return value{}
		}
		return intValue(v.i % w.i)
	}
	x, ok1 := v.rat()
	y, ok2 := w.rat()
	if !ok1 || !ok2 {
		return value{}
	}
	switch op {
	case "+":
		return ratValue(new(big.Rat).Add(x, y))
	case "-":
		return ratValue(new(big.Rat).Sub(x, y))
	case "*":
		return ratValue(new(big.Rat).Mul(x, y))
	case "/":
		if y.Sign() != 0 {
			return ratValue(new(big.Rat).Quo(x, y))
		}
	}
	return value{}
}

// within says whether a list has an item or an object a name.
func within(v, w value) value {
	if v.kind == nothing {
		return value{}
	}
	switch w.kind {
	case list:
		unsure := false
		for _, item := range w.in.items {
			if item.kind == nothing {
				unsure = true
			} else if equal(v, item) {
				return boolValue(true)
			}
		}
		if unsure {
			return value{}
		}
		return boolValue(false)
	case object:
		if v.kind == text {
			for _, name := range w.in.names {
				if name == v.s {
					return boolValue(true)
				}
			}
		}
		return boolValue(false)
	}
	return value{}
}
