package manifest

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// MaxBytes is the largest manifest that is read.
const MaxBytes = 1 << 20

// Decode reads a manifest strictly: unknown keys, doubled keys, values outside a
// closed list and kinds that are not built yet are Problems with a line. The
// manifest is returned even then, as far as it could be read.
func Decode(data []byte) (*Manifest, error) {
	if len(data) > MaxBytes {
		return nil, Problems{{Message: fmt.Sprintf("the manifest is larger than %d KiB", MaxBytes>>10)}}
	}
	root, err := parse(data)
	if err != nil {
		return nil, Problems{{Line: yamlLine(err), Message: "this is not YAML: " + yamlMessage(err)}}
	}
	m := &Manifest{lines: map[string]int{}}
	d := decoder{lines: m.lines}
	d.value("", root, reflect.ValueOf(m).Elem(), "")
	if len(d.problems) > 0 {
		return m, d.problems.sorted()
	}
	return m, nil
}

// Line returns the line of the key at path, or of its nearest parent; 0 if unknown.
func (m *Manifest) Line(path string) int {
	for {
		if line, ok := m.lines[path]; ok {
			return line
		}
		cut := strings.LastIndexByte(path, '.')
		if cut < 0 {
			return 0
		}
		path = path[:cut]
	}
}

func parse(data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	if dec.Decode(&more) == nil {
		return nil, errors.New("there is more than one document in the file")
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, errors.New("the file is empty")
	}
	return doc.Content[0], nil
}

func yamlLine(err error) int {
	if m := regexp.MustCompile(`line (\d+)`).FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

func yamlMessage(err error) string {
	s := strings.TrimPrefix(err.Error(), "yaml: ")
	return regexp.MustCompile(`^line \d+: `).ReplaceAllString(s, "")
}

// decoder walks nodes and the Go values they fill, side by side.
type decoder struct {
	lines    map[string]int
	problems Problems
}

func (d *decoder) fail(n *yaml.Node, path, hint, format string, args ...any) {
	d.problems = append(d.problems, Problem{Line: n.Line, Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// nodeDecoder is a type with a form of its own in YAML.
type nodeDecoder interface {
	decodeNode(d *decoder, path string, n *yaml.Node)
}

func (d *decoder) value(path string, n *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	if path != "" {
		d.lines[path] = n.Line
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.fail(n, path, "write the value out", "anchors and aliases are not allowed")
		return
	}
	if own, ok := v.Addr().Interface().(nodeDecoder); ok {
		own.decodeNode(d, path, n)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(path, n, v.Elem(), tag)
	case reflect.Struct:
		d.structure(path, n, v)
	case reflect.Slice:
		d.slice(path, n, v, tag)
	case reflect.String:
		if s, ok := d.text(path, n); ok {
			v.SetString(s)
			d.closed(path, n, s, tag)
		}
	case reflect.Bool:
		d.scalar(path, n, v, "true or false")
	case reflect.Int:
		d.scalar(path, n, v, "a whole number")
	case reflect.Interface:
		d.scalar(path, n, v, "true, false, a number or a text")
	}
}

func (d *decoder) scalar(path string, n *yaml.Node, v reflect.Value, want string) {
	if n.Kind != yaml.ScalarNode || notInJSON(n) || n.Decode(v.Addr().Interface()) != nil {
		d.fail(n, path, "", "%s is expected here", want)
	}
}

// notInJSON reports infinity and what is no number: neither can be sent or compared.
func notInJSON(n *yaml.Node) bool {
	return n.Tag == "!!float" && strings.ContainsAny(n.Value, "nN") || n.Tag == "!!binary"
}

func (d *decoder) text(path string, n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		d.fail(n, path, "", "a text is expected here")
		return "", false
	}
	return n.Value, true
}

// closed holds a text against the closed list in the tag of its field.
func (d *decoder) closed(path string, n *yaml.Node, s string, tag reflect.StructTag) {
	later := strings.Split(tag.Get("later"), "|")
	for _, name := range later {
		if name != "" && (name == s || name == "*") {
			d.fail(n, path, "", "%s is not built yet", s)
			return
		}
	}
	list := tag.Get("oneof")
	if list == "" {
		return
	}
	names := strings.Split(list, "|")
	for _, name := range names {
		if name == s {
			return
		}
	}
	d.fail(n, path, suggestion(s, names), "%q is not known here", s)
}

func suggestion(s string, names []string) string {
	if m := meant(s, names); m != "" {
		return "did you mean " + m + "?"
	}
	return "one of: " + strings.Join(names, ", ")
}

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
			d.fail(kn, at, suggestion(key, names), "there is no key %q here", key)
			return
		}
		if f.Tag.Get("later") == "*" {
			d.fail(kn, at, "", "%s is not built yet", key)
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
