package mapping

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// maxDepth is how deep predicates may stand in each other.
const maxDepth = 4

// function is one of the closed list: it gets values that are known to be there
// only in number; each may be nothing.
type function struct {
	least, most int // number of arguments
	run         func(f *frame, args []value) value
}

// functionOf returns a function by name; those with a predicate are compiled apart.
func functionOf(name string) (function, bool) {
	switch name {
	case "lower":
		return function{1, 1, lower}, true
	case "trim":
		return function{1, 1, trim}, true
	case "join":
		return function{1, 2, joinTexts}, true
	case "split":
		return function{2, 2, split}, true
	case "first":
		return function{1, 1, first}, true
	case "len":
		return function{1, 1, length}, true
	case "has":
		return function{1, 1, has}, true
	case "string":
		return function{1, 1, toText}, true
	case "int":
		return function{1, 1, toInt}, true
	case "number", "decimal":
		return function{1, 1, toNumber}, true
	case "bool":
		return function{1, 1, toBool}, true
	case "time":
		return function{1, 1, toMoment}, true
	case "date":
		return function{1, 1, toDay}, true
	case "epoch":
		return function{1, 1, func(f *frame, a []value) value { return fromCount(f, "epoch", a[0], 1_000_000) }}, true
	case "epoch_ms":
		return function{1, 1, func(f *frame, a []value) value { return fromCount(f, "epoch_ms", a[0], 1000) }}, true
	case "msdate":
		return function{1, 1, toDotNet}, true
	case "money":
		return function{2, 2, money}, true
	case "money_minor":
		return function{1, 1, moneyMinor}, true
	case "entries":
		return function{1, 1, entries}, true
	case "lookup":
		return function{2, 2, lookup}, true
	case "renamed":
		return function{3, 3, renamed}, true
	case "coalesce":
		return function{1, 16, coalesce}, true
	}
	return function{}, false
}

func (c *compiler) call(name string, args []ast.Node) (code, error) {
	switch name {
	case "find", "filter", "map", "any":
		return c.predicate(name, args)
	}
	fn, ok := functionOf(name)
	if !ok {
		return nil, fmt.Errorf("there is no function %s; known are %v", name, Functions())
	}
	if len(args) < fn.least || len(args) > fn.most {
		return nil, fmt.Errorf("%s takes %s, not %d", name, count(fn.least, fn.most), len(args))
	}
	all, err := c.all(args)
	if err != nil {
		return nil, err
	}
	run := fn.run
	return func(f *frame) value {
		// Arguments stand on one stack of the frame: nothing is allocated for a call.
		base := len(f.args)
		for _, a := range all {
			v := a(f)
			f.args = append(f.args, v)
		}
		out := run(f, f.args[base:])
		f.args = f.args[:base]
		return out
	}, nil
}

func count(least, most int) string {
	if least == most {
		return fmt.Sprintf("%d values", least)
	}
	return fmt.Sprintf("%d to %d values", least, most)
}

// predicate compiles the functions that run a condition or an expression for
// each item. Only yes is yes: an item whose condition is unknown is not taken.
func (c *compiler) predicate(name string, args []ast.Node) (code, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("%s takes a list and a condition on its items, such as %s(emails, .primary)", name, name)
	}
	body, ok := args[1].(*ast.PredicateNode)
	if !ok {
		return nil, fmt.Errorf("%s takes a condition as its second value", name)
	}
	if c.depth++; c.depth > maxDepth {
		return nil, fmt.Errorf("conditions stand in each other more than %d deep", maxDepth)
	}
	defer func() { c.depth-- }()
	of, err := c.compile(args[0])
	if err != nil {
		return nil, err
	}
	each, err := c.compile(body.Node)
	if err != nil {
		return nil, err
	}
	gather := map[string]func(*frame, value, code) value{"find": find, "filter": filter, "map": mapEach, "any": anyOf}[name]
	return func(f *frame) value {
		v := of(f)
		if v.kind != list {
			return value{}
		}
		if !f.spend(len(v.in.items)) {
			return value{}
		}
		f.inner = append(f.inner, value{})
		out := gather(f, v, each)
		f.inner = f.inner[:len(f.inner)-1]
		return out
	}, nil
}

func (f *frame) each(item value, body code) value {
	f.inner[len(f.inner)-1] = item
	return body(f)
}

func find(f *frame, v value, body code) value {
	for _, item := range v.in.items {
		if f.each(item, body).is(true) {
			return item
		}
	}
	return value{}
}

func filter(f *frame, v value, body code) value {
	var out []value
	for _, item := range v.in.items {
		if f.each(item, body).is(true) {
			out = append(out, item)
		}
	}
	return listValue(out)
}

func mapEach(f *frame, v value, body code) value {
	out := make([]value, 0, len(v.in.items))
	for _, item := range v.in.items {
		out = append(out, f.each(item, body))
	}
	return listValue(out)
}

func anyOf(f *frame, v value, body code) value {
	outcome := boolValue(false)
	for _, item := range v.in.items {
		switch is := f.each(item, body); {
		case is.is(true):
			return is
		case !is.is(false):
			outcome = value{}
		}
	}
	return outcome
}

func first(_ *frame, a []value) value { return a[0].at(0) }

func length(_ *frame, a []value) value {
	switch a[0].kind {
	case list, object:
		return intValue(int64(len(a[0].in.items)))
	case text:
		return intValue(int64(len([]rune(a[0].s))))
	}
	return value{}
}

func has(_ *frame, a []value) value { return boolValue(a[0].kind != nothing) }

// coalesce is the first value that is there and not an empty text.
func coalesce(_ *frame, a []value) value {
	i := slices.IndexFunc(a, func(v value) bool { return v.kind != nothing && (v.kind != text || v.s != "") })
	if i < 0 {
		return value{}
	}
	return a[i]
}

// entries turns an object into a list of {key, value}.
func entries(f *frame, a []value) value {
	if a[0].kind != object || !f.spend(len(a[0].in.items)) {
		return value{}
	}
	out := make([]value, len(a[0].in.items))
	for i, item := range a[0].in.items {
		out[i] = value{kind: object, in: &inner{names: []string{"key", "value"}, items: []value{textValue(a[0].in.names[i]), item}}}
	}
	return listValue(out)
}

// lookup is the name of an id, from a lookup stream of the run.
func lookup(f *frame, a []value) value {
	stream, ok1 := a[0].text()
	id, ok2 := a[1].text()
	if !ok1 || !ok2 || f.lookup == nil {
		return value{}
	}
	if name, ok := f.lookup(stream, id); ok {
		return textValue(name)
	}
	return value{}
}
