package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// maxExpression is the longest expression in bytes, which bounds its depth too.
const maxExpression = 2000

// Functions returns the closed list of functions.
func Functions() []string {
	return []string{"lower", "trim", "join", "split", "first", "find", "filter", "map", "any", "len", "has", "string", "int",
		"number", "decimal", "bool", "time", "date", "epoch", "epoch_ms", "msdate", "money", "money_minor", "entries", "lookup", "renamed", "coalesce"}
}

// outside lists the names that do not belong to the record.
func outside(name string) bool {
	switch name {
	case "parent", "vary", "settings", "tenant", "run":
		return true
	}
	return false
}

// parse reads an expression and refuses what the language does not have.
func parse(src string) (ast.Node, error) {
	if strings.TrimSpace(src) == "" {
		return nil, fmt.Errorf("the expression is empty")
	}
	if len(src) > maxExpression {
		return nil, fmt.Errorf("the expression is longer than %d bytes", maxExpression)
	}
	tree, err := parser.Parse(src)
	if err != nil {
		if e, ok := err.(*file.Error); ok {
			return nil, fmt.Errorf("%s at column %d of %q", e.Message, e.Column+1, src)
		}
		return nil, err
	}
	return tree.Node, nil
}

// path is a chain of names from a root: a.b["c-d"].
type path []string

func (p path) String() string { return strings.Join(p, ".") }

// chain returns the names of a member chain that starts at an identifier; "this"
// is the record itself.
func chain(n ast.Node) (path, bool) {
	switch n := n.(type) {
	case *ast.ChainNode:
		return chain(n.Node)
	case *ast.IdentifierNode:
		return path{n.Value}, true
	case *ast.MemberNode:
		name, ok := n.Property.(*ast.StringNode)
		if !ok || n.Method {
			return nil, false
		}
		p, ok := chain(n.Node)
		if !ok {
			return nil, false
		}
		return append(slices.Clone(p), name.Value), true
	}
	return nil, false
}

// children returns the nodes below n that are not part of a chain.
func children(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.ChainNode:
		return []ast.Node{n.Node}
	case *ast.UnaryNode:
		return []ast.Node{n.Node}
	case *ast.BinaryNode:
		return []ast.Node{n.Left, n.Right}
	case *ast.MemberNode:
		return []ast.Node{n.Node, n.Property}
	case *ast.CallNode:
		return n.Arguments
	case *ast.BuiltinNode:
		return n.Arguments
	case *ast.PredicateNode:
		return []ast.Node{n.Node}
	case *ast.ConditionalNode:
		return []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.ArrayNode:
		return n.Nodes
	}
	return nil
}

// Paths returns the dotted paths of the record that an expression reads, such as
// profile.email, without parent, vary, settings and tenant.
func Paths(src string) ([]string, error) {
	n, err := parse(src)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range paths(n) {
		if p[0] == "this" || p[0] == "$env" {
			p = p[1:]
		}
		if len(p) > 0 && !outside(p[0]) {
			out = append(out, p.String())
		}
	}
	return out, nil
}

func paths(n ast.Node) []path {
	if p, ok := chain(n); ok {
		return []path{p}
	}
	var out []path
	for _, c := range children(n) {
		if c != nil {
			out = append(out, paths(c)...)
		}
	}
	return out
}
