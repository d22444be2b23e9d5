package manifest

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// escaped finds what stands in the address of another program's request and would
// be sent as it is written.
func escaped(value string) bool { return regexp.MustCompile(`%[0-9A-Fa-f]{2}|\+|#`).MatchString(value) }

// methods are the keys that ask; a stream that asks otherwise takes none of them over.
func methods() []string { return []string{"get", "post", "put", "patch", "delete"} }

// streams writes every_stream, like, the modes, the rows of fields and the queries
// of addresses out.
func (d *decoder) streams(root *yaml.Node) {
	common := take(root, "every_stream")
	d.stream("every_stream", common)
	known := map[string]*yaml.Node{}
	each(child(root, "tasks"), func(task string, _, t *yaml.Node) *yaml.Node {
		at := "tasks." + task
		base := take(t, "every_stream")
		d.stream(at+".every_stream", base)
		switch {
		case !isMapping(base):
			d.mapping(at+".every_stream", base)
			base = common
		case isMapping(common):
			base = inherited(common, base)
		}
		each(child(t, "streams"), func(name string, _, s *yaml.Node) *yaml.Node {
			where := at + ".streams." + name
			d.stream(where, s)
			if like := take(s, "like"); like != nil {
				s = d.likeStream(where, like, s, known)
			} else if isMapping(base) {
				s = inherited(base, s)
			}
			known[name] = s
			return s
		})
		return t
	})
	d.mapping("every_stream", common)
}

// mapping says that a mapping belongs where something else stands.
func (d *decoder) mapping(path string, n *yaml.Node) {
	if n != nil && !isMapping(n) {
		d.fail(n, path, "write key: value lines here", "a mapping is expected here")
	}
}

// inherited is a stream over what holds for it, too.
func inherited(base, s *yaml.Node) *yaml.Node {
	for _, method := range methods() {
		if member(s, method) != nil {
			base = lacking(base, methods()...)
			break
		}
	}
	return merged(base, s, "query", "first_query", "headers", "fields")
}

// likeStream is a stream over an earlier one: all that it does not say itself, and
// the fields where both give the same kind of record.
func (d *decoder) likeStream(at string, like, s *yaml.Node, known map[string]*yaml.Node) *yaml.Node {
	base := known[like.Value]
	if base == nil {
		d.fail(like, at+".like", "streams are read in the order of the file", "there is no stream %q before this one", like.Value)
		return s
	}
	if emits := member(s, "emits"); emits != nil {
		if other := member(base, "emits"); other == nil || other.Value != emits.Value {
			base = lacking(base, "fields")
		}
	}
	return inherited(base, s)
}

// stream writes out what one stream says in a short form.
func (d *decoder) stream(at string, s *yaml.Node) {
	if !isMapping(s) {
		return
	}
	for _, mode := range []string{"snapshot", "delta", "events"} {
		kind := take(s, mode)
		if kind == nil {
			continue
		}
		if member(s, "mode") != nil || member(s, "emits") != nil {
			d.double(kind, at+"."+mode, mode, "emits and mode")
		}
		put(s, "emits", kind, kind)
		put(s, "mode", word(mode, kind), kind)
	}
	d.address(at, s)
	if rows := member(s, "fields"); rows != nil && rows.Kind == yaml.SequenceNode {
		all := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: rows.Line, Column: rows.Column}
		for _, row := range rows.Content {
			if !isMapping(row) {
				d.fail(row, at+".fields", "- {external_id: id, email: lower(email)}", "a row of fields is expected here")
				continue
			}
			all.Content = append(all.Content, row.Content...)
		}
		*rows = *all
	}
	each(member(s, "fields"), func(_ string, _, f *yaml.Node) *yaml.Node {
		gathered(member(f, "map"))
		return f
	})
}

// gathered writes {open: [PENDING, WAITING]} as {PENDING: open, WAITING: open}.
func gathered(pairs *yaml.Node) {
	if !isMapping(pairs) {
		return
	}
	var out []*yaml.Node
	for i := 0; i+1 < len(pairs.Content); i += 2 {
		ours, theirs := pairs.Content[i], pairs.Content[i+1]
		if theirs.Kind != yaml.SequenceNode {
			out = append(out, ours, theirs)
			continue
		}
		for _, name := range theirs.Content {
			out = append(out, name, ours)
		}
	}
	pairs.Content = out
}

// address takes the query out of an address: /users?limit=200&role=${vary.role}.
func (d *decoder) address(at string, n *yaml.Node) {
	for _, method := range methods() {
		where := member(n, method)
		if where == nil || where.Kind != yaml.ScalarNode {
			continue
		}
		path, query, ok := cutQuery(where.Value)
		if !ok {
			continue
		}
		pairs := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle, Line: where.Line, Column: where.Column}
		for _, pair := range strings.Split(query, "&") {
			name, value, ok := strings.Cut(pair, "=")
			if !ok || name == "" || escaped(pair) || member(pairs, name) != nil {
				d.fail(where, at+"."+method, "write it under query, plain", "%q cannot stand in an address", pair)
				continue
			}
			put(pairs, name, word(value, where), where)
		}
		short := *where
		short.Value = path
		*where = short
		if own := take(n, "query"); isMapping(own) {
			for i := 0; i+1 < len(own.Content); i += 2 {
				if member(pairs, own.Content[i].Value) != nil {
					d.double(own.Content[i], at+".query", own.Content[i].Value, "the address")
				}
			}
			pairs.Content = append(pairs.Content, own.Content...)
		} else if own != nil {
			d.mapping(at+".query", own)
		}
		put(n, "query", pairs, where)
	}
}

// cutQuery cuts an address at its question mark, where that stands in no ${…}.
func cutQuery(address string) (path, query string, ok bool) {
	depth := 0
	for i := range address {
		switch {
		case strings.HasPrefix(address[i:], "${"):
			depth++
		case address[i] == '}' && depth > 0:
			depth--
		case address[i] == '?' && depth == 0:
			return address[:i], address[i+1:], true
		}
	}
	return address, "", false
}
