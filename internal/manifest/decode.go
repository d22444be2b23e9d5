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
		return nil, Problems{{Line: yamlLine(err), Message: "this is not YAML: " + yamlMessage(err), Hint: yamlHint(err)}}
	}
	m := &Manifest{lines: map[string]int{}}
	d := decoder{lines: m.lines}
	d.expand(root)
	d.value("", root, reflect.ValueOf(m).Elem(), "")
	if len(d.problems) > 0 {
		return m, d.problems.sorted().once()
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

// yamlHint says what is the reason most often: an address or an expression that
// YAML takes for signs of its own.
func yamlHint(err error) string {
	switch s := err.Error(); {
	case strings.Contains(s, "did not find expected ',' or"):
		return "between { } and [ ] a text with ?, :, {, }, [ or a comma stands in quotes: {get: \"/users?limit=1\"}"
	case strings.Contains(s, "mapping values are not allowed"), strings.Contains(s, "did not find expected key"), strings.Contains(s, "cannot start any token"):
		return "a text with a colon and a space, or that begins with a sign or a quote, stands in quotes as a whole; tabs are not allowed"
	}
	return ""
}

// decoder walks nodes and the Go values they fill, side by side.
type decoder struct {
	lines    map[string]int
	problems Problems
	keep     bool // null stays where it says that what is usual does not hold: for a file that is read again
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
			d.fail(n, path, "use one of "+strings.ReplaceAll(tag.Get("oneof"), "|", ", "), "%s is not built yet", s)
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
