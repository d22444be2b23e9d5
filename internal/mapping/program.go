package mapping

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"purser"
)

// Spec is how records are made of an answer.
type Spec struct {
	Kind   []purser.Field // all fields of the record, in the order of its values
	Fields []FieldSpec    // those that are made
	Enrich bool           // leave what is not named unknown, even where the list has "unknown"

	Body    string // json (if empty), ndjson, csv
	At      string // dotted path to the records, "" for the whole answer
	As      string // list (if empty), entries, one
	Unwrap  string // dotted path to the record inside each item
	Explode string // dotted path to a list inside each record
	Absent  bool   // a missing list has no records, rather than being an error

	Keep    string // condition, "" for all
	Removed string // condition, "" for none
	Moment  string // expression: the moment of an item, for cursors
	LastID  string // expression: the id of an item, for paging

	Answer map[string]string // name: expression over the whole answer
}

// Program is a compiled Spec. It is safe for concurrent use.
type Program struct {
	kind    []purser.Field
	fields  []field
	idField int // in fields, -1 if the id is derived
	allKeys bool
	enrich  bool

	body    string
	at, as  string
	absent  bool
	explode code
	keep    code
	removed code
	moment  code
	lastID  code

	records  *trie
	answers  *trie
	named    []namedCode
	outside  []string
	separate bool // the answer's own values are read in a pass of their own
}

type namedCode struct {
	name string
	code code
}

// SpecError says which part of a Spec is wrong.
type SpecError struct {
	Part string // such as fields.email, keep, page.next
	Err  error
}

func (e *SpecError) Error() string { return e.Part + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *SpecError) Unwrap() error { return e.Err }

// Outside returns the names from outside the record that the program reads, such
// as parent.external_id: Env must know them.
func (p *Program) Outside() []string { return slices.Clone(p.outside) }

// part is one expression of a Spec on its way to code.
type part struct {
	name, src string
	node      ast.Node
	out       *code
}

// Compile compiles a Spec.
func Compile(s Spec) (*Program, error) {
	p := &Program{kind: s.Kind, enrich: s.Enrich, body: s.Body, at: s.At, as: s.As, absent: s.Absent, idField: -1}
	codes := make([]code, len(s.Fields))
	parts := []part{
		{name: "explode", src: s.Explode, out: &p.explode}, {name: "keep", src: s.Keep, out: &p.keep},
		{name: "removals", src: s.Removed, out: &p.removed}, {name: "cursor.from", src: s.Moment, out: &p.moment},
		{name: "page.next", src: s.LastID, out: &p.lastID},
	}
	for i, f := range s.Fields {
		parts = append(parts, part{name: "fields." + f.Field.Name, src: f.From, out: &codes[i]})
	}
	c := &compiler{explode: s.Explode != ""}
	if err := c.records(parts, splitPath(s.Unwrap)); err != nil {
		return nil, err
	}
	p.records = c.trie
	for i, f := range s.Fields {
		at := slices.IndexFunc(s.Kind, func(k purser.Field) bool { return k.Name == f.Field.Name })
		if at < 0 {
			return nil, &SpecError{"fields." + f.Field.Name, fmt.Errorf("there is no such field")}
		}
		if at == 0 {
			p.idField = i
		}
		p.fields = append(p.fields, newField(at, f, codes[i]))
	}
	p.allKeys = !slices.ContainsFunc(s.Kind, func(f purser.Field) bool { return f.Key })
	if err := p.answer(s, c); err != nil {
		return nil, err
	}
	p.outside = c.outside
	return p, nil
}

// records compiles the expressions over a record, below the path unwrap.
func (c *compiler) records(parts []part, unwrap path) error {
	var used []path
	for i := range parts {
		if parts[i].src == "" {
			continue
		}
		n, err := parse(parts[i].src)
		if err != nil {
			return &SpecError{parts[i].name, err}
		}
		parts[i].node = n
		inItem := *c
		inItem.explode = c.explode && parts[i].name != "explode"
		for _, p := range paths(n) {
			if in, ok := inItem.recordPath(p); ok {
				used = append(used, append(slices.Clone(unwrap), in...))
			}
		}
	}
	c.trie, c.unwrap = newTrie(used), unwrap
	exploded := c.explode
	for _, p := range parts {
		if p.node == nil {
			continue
		}
		c.explode = exploded && p.name != "explode"
		out, err := c.compile(p.node)
		if err != nil {
			return &SpecError{p.name, err}
		}
		*p.out = out
	}
	return nil
}

// answer compiles the expressions over the whole answer.
func (p *Program) answer(s Spec, c *compiler) error {
	names := slices.Sorted(maps.Keys(s.Answer))
	at := splitPath(s.At)
	p.separate = len(at) == 0 && (s.As == "entries" || s.As == "one")
	var used []path
	var nodes []ast.Node
	in := &compiler{}
	for _, name := range names {
		n, err := parse(s.Answer[name])
		if err != nil {
			return &SpecError{name, err}
		}
		nodes = append(nodes, n)
		for _, q := range paths(n) {
			if outside(q[0]) {
				continue
			}
			if q, _ = in.recordPath(q); len(q) == 0 {
				return &SpecError{name, fmt.Errorf("name a member of the answer, such as this[\"odd.name\"]")}
			}
			used = append(used, q)
			m := min(len(q), len(at))
			p.separate = p.separate || len(at) > 0 && slices.Equal(q[:m], at[:m])
		}
	}
	in = &compiler{trie: newTrie(used), outside: c.outside}
	for i, n := range nodes {
		out, err := in.compile(n)
		if err != nil {
			return &SpecError{names[i], err}
		}
		p.named = append(p.named, namedCode{names[i], out})
	}
	c.outside = in.outside
	p.answers = in.trie
	if !p.separate {
		p.answers.mark(at)
	}
	return nil
}

func splitPath(s string) path {
	if s == "" {
		return nil
	}
	return strings.Split(s, ".")
}
