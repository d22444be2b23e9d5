package view

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// node is a part of a help page. Help pages of one's own connectors are not
// trusted, so the tree is drawn by our components, which escape all text; raw
// HTML in it is dropped.
type node struct {
	kind     string // heading, p, ol, ul, li, text, strong, em, code, pre, a
	text     string
	href     string
	level    int
	children []node
}

// parseMarkdown reads CommonMark (https://spec.commonmark.org/0.31.2/).
func parseMarkdown(source string) []node {
	src := []byte(source)
	root := goldmark.DefaultParser().Parse(text.NewReader(src))
	return nodesOf(root, src)
}

func nodesOf(parent ast.Node, src []byte) []node {
	var out []node
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		out = append(out, nodeOf(n, src)...)
	}
	return out
}

func nodeOf(n ast.Node, src []byte) []node {
	inner := func(kind string) []node { return []node{{kind: kind, children: nodesOf(n, src)}} }
	switch n := n.(type) {
	case *ast.Heading:
		// The page has its h1 and the panel its h2: help begins at h3.
		return []node{{kind: "heading", level: min(n.Level+2, 5), children: nodesOf(n, src)}}
	case *ast.Paragraph:
		return inner("p")
	case *ast.TextBlock:
		return nodesOf(n, src)
	case *ast.List:
		if n.IsOrdered() {
			return inner("ol")
		}
		return inner("ul")
	case *ast.ListItem:
		return inner("li")
	case *ast.Emphasis:
		if n.Level == 2 {
			return inner("strong")
		}
		return inner("em")
	case *ast.CodeSpan:
		return inner("code")
	case *ast.Link:
		return []node{{kind: "a", href: string(n.Destination), children: nodesOf(n, src)}}
	case *ast.AutoLink:
		return []node{{kind: "a", href: string(n.URL(src)), children: []node{{kind: "text", text: string(n.Label(src))}}}}
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return []node{{kind: "pre", text: linesOf(n, src)}}
	case *ast.Text:
		s := string(n.Segment.Value(src))
		if n.SoftLineBreak() || n.HardLineBreak() {
			s += " "
		}
		return []node{{kind: "text", text: s}}
	case *ast.String:
		return []node{{kind: "text", text: string(n.Value)}}
	}
	return nil
}

func linesOf(n ast.Node, src []byte) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(src))
	}
	return b.String()
}

func plainText(all []node) string {
	var b strings.Builder
	for _, n := range all {
		b.WriteString(n.text)
		b.WriteString(plainText(n.children))
	}
	return b.String()
}
