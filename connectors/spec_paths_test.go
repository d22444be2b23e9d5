package connectors_test

import (
	"testing"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// pathsOf lists every path that an expression reads, also those inside
// conditions on items: find(a.b, .c == "x").d reads a.b, a.b.c and a.b.d.
func pathsOf(t *testing.T, src string) [][]string {
	t.Helper()
	tree, err := parser.Parse(src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	w := pathWalker{}
	w.value(tree.Node, nil)
	return w.found
}

type pathWalker struct{ found [][]string }

// value notes the paths of a node and returns the node's own, nil if it has none.
// A list and its items have the same path.
func (w *pathWalker) value(n ast.Node, item []string) []string {
	switch n := n.(type) {
	case *ast.ChainNode:
		return w.value(n.Node, item)
	case *ast.IdentifierNode:
		return w.note([]string{n.Value})
	case *ast.PointerNode:
		return item
	case *ast.MemberNode:
		of := w.value(n.Node, item)
		name, ok := n.Property.(*ast.StringNode)
		if of == nil || !ok {
			return of
		}
		return w.note(append(append([]string{}, of...), name.Value))
	case *ast.BuiltinNode:
		return w.call(n.Name, n.Arguments, item)
	case *ast.CallNode:
		name, _ := n.Callee.(*ast.IdentifierNode)
		return w.call(name.Value, n.Arguments, item)
	case *ast.PredicateNode:
		w.value(n.Node, item)
	case *ast.UnaryNode:
		w.value(n.Node, item)
	case *ast.BinaryNode:
		left := w.value(n.Left, item)
		w.value(n.Right, item)
		if n.Operator == "??" {
			return left
		}
	case *ast.ConditionalNode:
		for _, part := range []ast.Node{n.Cond, n.Exp1, n.Exp2} {
			w.value(part, item)
		}
	case *ast.ArrayNode:
		for _, part := range n.Nodes {
			w.value(part, item)
		}
	}
	return nil
}

func (w *pathWalker) call(name string, args []ast.Node, item []string) []string {
	var of []string
	for i, a := range args {
		if i == 0 {
			of = w.value(a, item)
			continue
		}
		if _, condition := a.(*ast.PredicateNode); condition {
			w.value(a, of)
		} else {
			w.value(a, item)
		}
	}
	switch name {
	case "find", "filter", "first":
		return of
	}
	return nil
}

func (w *pathWalker) note(p []string) []string {
	w.found = append(w.found, p)
	return p
}
