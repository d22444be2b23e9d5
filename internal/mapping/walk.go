package mapping

import (
	"bytes"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxNesting is how deep a kept value may be nested.
const maxNesting = 100

// walker reads JSON and keeps what a trie names.
type walker struct {
	dec   *jsontext.Decoder
	kept  strings.Builder // texts that are kept, one after the other
	chunk int
}

func newWalker(body []byte) *walker {
	return &walker{dec: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))}
}

// keep copies a text out of the answer. Many texts share one piece of memory,
// which is cheaper than one each, and than to keep the whole answer.
func (w *walker) keep(s []byte) string {
	if w.kept.Cap()-w.kept.Len() < len(s) {
		w.chunk = min(max(512, 2*w.chunk), 16<<10)
		w.kept.Reset()
		w.kept.Grow(max(w.chunk, len(s)))
	}
	from := w.kept.Len()
	w.kept.Write(s)
	return w.kept.String()[from:]
}

// name returns the next name or text; the bytes hold until the next read.
func (w *walker) name() ([]byte, error) {
	v, err := w.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1], nil
	}
	return jsontext.AppendUnquote(nil, v)
}

// value reads a whole value.
func (w *walker) value(depth int) (value, error) {
	if depth > maxNesting {
		return value{}, badAnswer("the answer is nested too deep")
	}
	switch kind := w.dec.PeekKind(); kind {
	case '{', '[':
		return w.nested(kind, depth)
	case '"':
		s, err := w.name()
		return textValue(w.keep(s)), err
	case '0':
		s, err := w.dec.ReadValue()
		return numberValue(w.keep(s)), err
	default:
		tok, err := w.dec.ReadToken()
		if err != nil {
			return value{}, err
		}
		switch tok.Kind() {
		case 't':
			return boolValue(true), nil
		case 'f':
			return boolValue(false), nil
		}
		return value{}, nil
	}
}

func (w *walker) nested(kind jsontext.Kind, depth int) (value, error) {
	if _, err := w.dec.ReadToken(); err != nil {
		return value{}, err
	}
	v := value{kind: list, in: &inner{}}
	for next := w.dec.PeekKind(); next != '}' && next != ']'; next = w.dec.PeekKind() {
		if kind == '{' {
			name, err := w.name()
			if err != nil {
				return value{}, err
			}
			v.kind, v.in.names = object, append(v.in.names, w.keep(name))
		}
		item, err := w.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		v.in.items = append(v.in.items, item)
	}
	if kind == '{' {
		v.kind = object
	}
	_, err := w.dec.ReadToken()
	return v, err
}

// whole reads the one value there is into slots.
func (w *walker) whole(n *node, slots []value) error {
	if err := w.into(n, slots, nil); err != nil {
		return err
	}
	return w.end()
}

// into reads the next value along a trie: what it names goes to slots, the rest is skipped.
func (w *walker) into(n *node, slots []value, unnamed *drift) error {
	if n.slot >= 0 {
		v, err := w.value(0)
		slots[n.slot] = v
		return err
	}
	if w.dec.PeekKind() != '{' {
		return w.skip()
	}
	return w.members(func(name []byte) error {
		kid := n.child(name)
		if kid == nil {
			unnamed.count(name)
			return w.skip()
		}
		if kid.slot >= 0 { // nothing below it is looked at by name
			return w.into(kid, slots, nil)
		}
		at := unnamed.enter(name)
		err := w.into(kid, slots, unnamed)
		unnamed.leave(at)
		return err
	})
}

// members reads an object; each reads the value that follows a name.
func (w *walker) members(each func(name []byte) error) error {
	if _, err := w.dec.ReadToken(); err != nil {
		return err
	}
	for w.dec.PeekKind() != '}' {
		name, err := w.name()
		if err != nil {
			return err
		}
		if err := each(name); err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

// end refuses anything after the value.
func (w *walker) end() error {
	if _, err := w.dec.ReadToken(); err != io.EOF {
		return badAnswer("there is more after the end of the answer")
	}
	return nil
}

// skip validates a value and drops it. The whole answer is in memory, where
// reading a value at once is faster than token by token.
func (w *walker) skip() error {
	_, err := w.dec.ReadValue()
	return err
}
