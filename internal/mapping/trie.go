package mapping

import "slices"

// node is one step of the paths that expressions read. A node with a slot keeps
// everything below it; what no node names is skipped undecoded.
type node struct {
	names []string
	kids  []*node
	slot  int  // -1: none
	here  bool // the records stand here
}

func newNode() *node { return &node{slot: -1} }

func (n *node) child(name []byte) *node {
	for i, s := range n.names {
		if s == string(name) {
			return n.kids[i]
		}
	}
	return nil
}

// trie hands out slots for paths. Shorter paths are added first, so that a path
// below another one is read from that one's slot.
type trie struct {
	root  *node
	slots int
}

func newTrie(all []path) *trie {
	t := &trie{root: newNode()}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b path) int { return len(a) - len(b) })
	for _, p := range all {
		t.add(p)
	}
	return t
}

func (t *trie) add(p path) {
	n := t.root
	for _, name := range p {
		if n.slot >= 0 {
			return
		}
		i := slices.Index(n.names, name)
		if i < 0 {
			i = len(n.names)
			n.names, n.kids = append(n.names, name), append(n.kids, newNode())
		}
		n = n.kids[i]
	}
	if n.slot < 0 {
		n.slot = t.slots
		t.slots++
	}
}

// find returns the slot in which p is kept, and the names below it.
func (t *trie) find(p path) (slot int, below path) {
	n := t.root
	for i, name := range p {
		if n.slot >= 0 {
			return n.slot, p[i:]
		}
		n = n.kids[slices.Index(n.names, name)]
	}
	return n.slot, nil
}

// mark says where the records stand in an answer.
func (t *trie) mark(at path) {
	n := t.root
	for _, name := range at {
		i := slices.Index(n.names, name)
		if i < 0 {
			i = len(n.names)
			n.names, n.kids = append(n.names, name), append(n.kids, newNode())
		}
		n = n.kids[i]
	}
	n.here = true
}
