package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Shorter says where a manifest may say the same in fewer words. None of it is
// wrong; a manifest that cannot be read has nothing to shorten.
func Shorter(data []byte) Problems {
	if _, err := Decode(data); err != nil {
		return nil
	}
	root, err := parse(data)
	if err != nil {
		return nil
	}
	s := &shortener{}
	each(child(root, "auth"), func(name string, _, way *yaml.Node) *yaml.Node {
		s.fields("auth."+name, member(way, "fields"))
		return way
	})
	var streams, actions []*yaml.Node
	each(child(root, "tasks"), func(task string, _, t *yaml.Node) *yaml.Node {
		each(child(t, "streams"), func(name string, _, stream *yaml.Node) *yaml.Node {
			s.stream("tasks."+task+".streams."+name, stream)
			streams = append(streams, stream)
			return stream
		})
		return t
	})
	s.common("tasks", "every_stream", streams, "scopes", "page", "at", "on_not_found")
	each(child(root, "actions"), func(name string, _, a *yaml.Node) *yaml.Node {
		s.address("actions."+name, a)
		actions = append(actions, a)
		return a
	})
	s.common("actions", "every_action", actions, "scopes", "idempotent")
	s.usual(root)
	return s.found.sorted()
}

// shortener gathers what could be said in fewer words.
type shortener struct{ found Problems }

// say notes a hint, unless a comment says why it is written so.
func (s *shortener) say(n *yaml.Node, path, hint, format string, args ...any) {
	if n.LineComment != "" {
		return
	}
	s.found = append(s.found, Problem{Line: n.Line, Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (s *shortener) stream(at string, stream *yaml.Node) {
	if emits, mode := member(stream, "emits"), member(stream, "mode"); emits != nil && mode != nil {
		s.say(mode, at, mode.Value+": "+emits.Value, "emits and mode can be one line")
	}
	s.address(at, stream)
	each(member(stream, "fields"), func(name string, _, f *yaml.Node) *yaml.Node {
		s.gather(at+".fields."+name, member(f, "map"))
		return f
	})
}

// address looks for a query that can stand in the address that it belongs to.
func (s *shortener) address(at string, n *yaml.Node) {
	query := member(n, "query")
	if !isMapping(query) {
		return
	}
	for _, method := range methods() {
		where := member(n, method)
		if where == nil || where.Kind != yaml.ScalarNode {
			continue
		}
		var pairs []string
		for i := 0; i+1 < len(query.Content); i += 2 {
			name, value := query.Content[i].Value, query.Content[i+1]
			if value.Kind != yaml.ScalarNode || !regexp.MustCompile(`^[A-Za-z0-9_.,:${}-]+$`).MatchString(value.Value) || !regexp.MustCompile(`^[A-Za-z0-9_.-]+$`).MatchString(name) {
				return
			}
			pairs = append(pairs, name+"="+value.Value)
		}
		sign := "?"
		if strings.Contains(where.Value, "?") {
			sign = "&"
		}
		if short := method + ": " + where.Value + sign + strings.Join(pairs, "&"); len(short) < 100 {
			s.say(query, at+".query", short, "the query can stand in the address")
		}
	}
}

// gather looks for several names that mean the same to us.
func (s *shortener) gather(at string, pairs *yaml.Node) {
	if !isMapping(pairs) {
		return
	}
	names := map[string][]string{}
	for i := 0; i+1 < len(pairs.Content); i += 2 {
		if v := pairs.Content[i+1]; v.Kind == yaml.ScalarNode {
			names[v.Value] = append(names[v.Value], pairs.Content[i].Value)
		}
	}
	for i := 1; i < len(pairs.Content); i += 2 {
		ours := pairs.Content[i].Value
		if theirs := names[ours]; len(theirs) > 1 {
			delete(names, ours)
			s.say(pairs, at, ours+": ["+strings.Join(theirs, ", ")+"]", "what means the same can be said once")
		}
	}
}

// fields looks for what a person enters that has its usual label.
func (s *shortener) fields(at string, list *yaml.Node) {
	if list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return
	}
	var short []string
	for _, f := range list.Content {
		label, format, shown := usualField(said(f, "name"))
		if label == "" || said(f, "label") != label || said(f, "format") != format || (said(f, "shown") == "true") != shown ||
			said(f, "help") == "" || len(lacking(f, "name", "label", "help", "format", "shown").Content) > 0 {
			return
		}
		short = append(short, said(f, "name")+": …")
	}
	s.say(list, at+".fields", "{"+strings.Join(short, ", ")+"} with the help alone", "the labels are the usual ones")
}

// said is what a key says, "" if it is not there.
func said(n *yaml.Node, key string) string {
	if v := member(n, key); v != nil {
		return v.Value
	}
	return ""
}

// common looks for what every one of several parts says in the same words.
func (s *shortener) common(at, head string, parts []*yaml.Node, keys ...string) {
	if len(parts) < 3 {
		return
	}
	for _, key := range keys {
		first := member(parts[0], key)
		if first != nil && !slices.ContainsFunc(parts, func(p *yaml.Node) bool { return !same(first, member(p, key)) }) {
			s.say(first, at, head+": {"+key+": …}", "each says the same %s", key)
		}
	}
}

// usual looks for what follows from the name of an action.
func (s *shortener) usual(root *yaml.Node) {
	all, long := child(root, "actions"), clone(root)
	(&decoder{lines: map[string]int{}}).streams(long) // the list that proves an action is found by its mode
	for _, key := range []string{"target", "when", "reads_back", "undo", "irreversible"} {
		each(all, func(name string, kn, a *yaml.Node) *yaml.Node {
			given := member(a, key)
			if given == nil || isNull(given) || member(a, "like") != nil {
				return a
			}
			d := &decoder{lines: map[string]int{}}
			if follows := member(d.usual(long, child(long, "actions"), name, kn, lacking(a, key)), key); follows != nil && same(given, follows) {
				s.say(given, "actions."+name+"."+key, "leave it out", "%s follows from the name of the action", key)
			}
			return a
		})
	}
}

func clone(n *yaml.Node) *yaml.Node {
	out := *n
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, kid := range n.Content {
		out.Content[i] = clone(kid)
	}
	return &out
}

// same compares what two nodes say, not how they are written.
func same(a, b *yaml.Node) bool {
	return a != nil && b != nil && a.Kind == b.Kind && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, same)
}
