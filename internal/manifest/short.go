package manifest

import (
	"bytes"
	"strconv"

	"gopkg.in/yaml.v3"
)

// What is written once and holds for many places is written out before a manifest
// is decoded: the decoder, the linter and the digest know the long form only, and
// every part keeps the line on which it stands in the file.
//
// Short forms take nothing away that a reader needs: each is written where it is
// used (like, snapshot, a query in its address, fields in rows), stands at the head
// of what it holds for (every_stream, every_action), or follows from the name of
// an action.

// maxExpanded is how many parts a manifest may have when everything is written out.
const maxExpanded = 200_000

// Expand returns the manifest as it is understood: nothing is left to a default of
// the language or said elsewhere. It means the same, and has the same digest.
func Expand(data []byte) ([]byte, error) {
	if _, err := Decode(data); err != nil {
		return nil, err
	}
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	(&decoder{lines: map[string]int{}, keep: true}).expand(root)
	for part, depth := range map[string]int{"": 1, "auth": 2, "tasks": 4, "actions": 2} {
		if n := child(root, part); n != nil {
			blocks(n, depth)
		}
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, err
	}
	return out.Bytes(), enc.Close()
}

// blocks writes mappings a key a line, down to a depth: that of a way, a stream or an action.
func blocks(n *yaml.Node, depth int) {
	if n.Kind != yaml.MappingNode || depth == 0 {
		return
	}
	n.Style &^= yaml.FlowStyle
	for _, kid := range n.Content {
		blocks(kid, depth-1)
	}
}

// expand writes short forms out, in place. What is no mapping where one belongs is
// left for the decoder, which says so.
func (d *decoder) expand(root *yaml.Node) {
	d.credentials(root)
	for _, at := range []string{"probe", "tenant.from"} {
		if n := child(root, at); n != nil {
			d.address(at, n)
		}
	}
	d.streams(root)
	d.actions(root)
	if left := maxExpanded; !within(root, &left) {
		d.fail(root, "", "say less in every_stream and like, or make two connectors", "written out, the manifest has more than %d parts", maxExpanded)
		root.Kind, root.Content = yaml.MappingNode, nil
	}
}

// within counts the parts of a tree down from left.
func within(n *yaml.Node, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	for _, kid := range n.Content {
		if !within(kid, left) {
			return false
		}
	}
	return true
}

// child returns the value at a dotted path of mappings, nil if there is none.
func child(n *yaml.Node, path string) *yaml.Node {
	for n != nil && path != "" {
		key := path
		path = ""
		for i := range key {
			if key[i] == '.' {
				key, path = key[:i], key[i+1:]
				break
			}
		}
		n = member(n, key)
	}
	return n
}

// member returns the value of a key of a mapping, nil if there is none.
func member(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && n.Content[i].Kind == yaml.ScalarNode {
			return n.Content[i+1]
		}
	}
	return nil
}

// take removes a key from a mapping and returns its value, nil if there is none.
func take(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && n.Content[i].Kind == yaml.ScalarNode {
			value := n.Content[i+1]
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
			return value
		}
	}
	return nil
}

// put adds a key to a mapping, on the line of at.
func put(n *yaml.Node, key string, value *yaml.Node, at *yaml.Node) {
	n.Content = append(n.Content, word(key, at), value)
}

// word is a text on the line of at.
func word(s string, at *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Line: at.Line, Column: at.Column}
}

func truth(at *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true", Line: at.Line, Column: at.Column}
}

func isMapping(n *yaml.Node) bool { return n != nil && n.Kind == yaml.MappingNode && n.Anchor == "" }

func isNull(n *yaml.Node) bool { return n != nil && n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// merged is own over base: what own says wins, null takes a part of base away, and
// the mappings named in deep are merged themselves. Neither is changed.
func merged(base, own *yaml.Node, deep ...string) *yaml.Node {
	out := *own
	out.Content = nil
	done := map[string]bool{}
	for i := 0; i+1 < len(base.Content); i += 2 {
		key, value := base.Content[i], base.Content[i+1]
		mine := member(own, key.Value)
		switch {
		case mine == nil:
			out.Content = append(out.Content, key, value)
			continue
		case isNull(mine):
			done[key.Value] = true
			continue
		}
		for _, name := range deep {
			if name == key.Value && isMapping(value) && isMapping(mine) {
				mine = merged(value, mine)
			}
		}
		out.Content = append(out.Content, key, mine)
		done[key.Value] = true
	}
	for i := 0; i+1 < len(own.Content); i += 2 {
		if key := own.Content[i]; done[key.Value] {
			done[key.Value] = false // a key that stands there twice is still told
		} else {
			out.Content = append(out.Content, key, own.Content[i+1])
		}
	}
	return &out
}

// lacking returns a mapping without some keys. It is not changed.
func lacking(n *yaml.Node, keys ...string) *yaml.Node {
	out := *n
	out.Content = append([]*yaml.Node(nil), n.Content...)
	for _, key := range keys {
		take(&out, key)
	}
	return &out
}

// each calls do with every named part of a mapping of mappings, and puts what it
// returns in its place.
func each(n *yaml.Node, do func(name string, kn, vn *yaml.Node) *yaml.Node) {
	if !isMapping(n) {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if kn, vn := n.Content[i], n.Content[i+1]; isMapping(vn) {
			n.Content[i+1] = do(kn.Value, kn, vn)
		}
	}
}

func (d *decoder) double(n *yaml.Node, path, key, other string) {
	d.fail(n, path, "keep one of the two", "%s and %s say the same", strconv.Quote(key), strconv.Quote(other))
}
