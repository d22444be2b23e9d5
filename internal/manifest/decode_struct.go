package manifest

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// structure fills a struct from a mapping; a plain text fills the field that stands for it.
func (d *decoder) structure(path string, n *yaml.Node, v reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		if short, ok := shorthand(v); ok {
			d.value(path, n, short, "")
			return
		}
	}
	if n.Kind != yaml.MappingNode {
		d.fail(n, path, "write key: value lines here", "a mapping is expected here")
		return
	}
	known := map[string]reflect.StructField{}
	var names []string
	collect(v.Type(), nil, known, &names)
	d.keys(path, n, func(key string, kn, vn *yaml.Node) {
		at := join(path, key)
		f, ok := known[key]
		if !ok {
			hint := suggestion(key, names)
			if inner := holder(key, names, known); inner != "" {
				hint = "it stands under " + inner + ": " + inner + ": {" + key + ": …}"
			}
			d.fail(kn, at, hint, "there is no key %q here", key)
			return
		}
		if f.Tag.Get("later") == "*" {
			d.fail(kn, at, "leave it out: this version of Purser cannot do it", "%s is not built yet", key)
			return
		}
		d.value(at, vn, v.FieldByIndex(f.Index), f.Tag)
		d.lines[at] = kn.Line
	})
}

// shorthand is the field that a plain text stands for in place of a mapping.
func shorthand(v reflect.Value) (reflect.Value, bool) {
	switch s := v.Addr().Interface().(type) {
	case *Field:
		return reflect.ValueOf(&s.From).Elem(), true
	case *ForEach:
		return reflect.ValueOf(&s.Stream).Elem(), true
	case *CredentialField:
		return reflect.ValueOf(&s.Name).Elem(), true
	case *Choice:
		return reflect.ValueOf(&s.Title).Elem(), true
	}
	return reflect.Value{}, false
}

// holder is the key of the mapping here in which a key stands, "" if there is none or several.
func holder(key string, names []string, known map[string]reflect.StructField) string {
	found := ""
	for _, name := range names {
		t := known[name].Type
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			continue
		}
		inner, all := map[string]reflect.StructField{}, []string(nil)
		if collect(t, nil, inner, &all); slices.Contains(all, key) {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}

// collect gathers the keys of a struct, with those of inlined structs.
func collect(t reflect.Type, index []int, known map[string]reflect.StructField, names *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		f.Index = append(append([]int(nil), index...), i)
		name, opts, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case opts == "inline":
			collect(f.Type, f.Index, known, names)
		case name != "":
			known[name] = f
			*names = append(*names, name)
		}
	}
}

func (d *decoder) keys(path string, n *yaml.Node, each func(key string, kn, vn *yaml.Node)) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		kn, vn := n.Content[i], n.Content[i+1]
		if kn.Kind != yaml.ScalarNode {
			d.fail(kn, path, "", "a key must be a plain text")
			continue
		}
		if seen[kn.Value] {
			d.fail(kn, join(path, kn.Value), "keep one of the two", "the key %q stands here twice", kn.Value)
			continue
		}
		seen[kn.Value] = true
		each(kn.Value, kn, vn)
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// slice fills a list. A list of named structs is a mapping in YAML, and keeps its order.
func (d *decoder) slice(path string, n *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	elem := v.Type().Elem()
	if elem == reflect.TypeFor[Pair]() {
		v.Set(reflect.ValueOf(d.pairs(path, n)))
		return
	}
	if key, ok := keyField(elem); ok {
		if n.Kind != yaml.MappingNode {
			d.fail(n, path, "write name: … lines here", "a mapping of names is expected here")
			return
		}
		d.keys(path, n, func(name string, kn, vn *yaml.Node) {
			item := reflect.New(elem).Elem()
			item.FieldByIndex(key.Index).SetString(name)
			d.closed(join(path, name), kn, name, key.Tag)
			d.value(join(path, name), vn, item, "")
			d.lines[join(path, name)] = kn.Line
			v.Set(reflect.Append(v, item))
		})
		return
	}
	items := []*yaml.Node{n} // a single value may stand for a list of one
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for i, in := range items {
		item := reflect.New(elem).Elem()
		if elem.Kind() == reflect.Pointer && in.Tag == "!!null" {
			v.Set(reflect.Append(v, item))
			continue
		}
		at := path
		if n.Kind == yaml.SequenceNode {
			at = path + "." + strconv.Itoa(i)
		}
		d.value(at, in, item, tag)
		v.Set(reflect.Append(v, item))
	}
}

func keyField(t reflect.Type) (reflect.StructField, bool) {
	if t.Kind() != reflect.Struct {
		return reflect.StructField{}, false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("yaml") == ",key" {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func structOf[T any](p *T) reflect.Value { return reflect.ValueOf(p).Elem() }
