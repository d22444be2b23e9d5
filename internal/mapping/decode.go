package mapping

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"purser"
)

// Env is what expressions see beside the answer.
type Env struct {
	Value  func(name string) (string, bool) // parent.x, vary.x, settings.x, tenant.x
	Lookup func(stream, id string) (string, bool)
	Drift  bool // count the members that no expression names
}

// Page is what was read of one answer. Its texts share memory with each other:
// clone one that is kept for long.
type Page struct {
	Records []Record
	Rejects []Reject
	Items   int // items in the list, before keep and explode
	Oldest  int64
	Newest  int64  // greatest moment of an item in microseconds, 0 if none has one
	LastID  string // of the last item that has one
	Answer  Answer
	Drift   map[string]int // path: how often; only if asked for
}

// Record is one record.
type Record struct {
	ExternalID string
	Values     []purser.Value // as the fields of its kind
	Removed    bool
}

// Reject is an item that could not be read.
type Reject struct {
	ExternalID string
	Reason     string
}

// Answer holds the named values of an answer.
type Answer struct {
	named  []namedCode
	values []value
}

func (a Answer) get(name string) value {
	for i, n := range a.named {
		if n.name == name && i < len(a.values) {
			return a.values[i]
		}
	}
	return value{}
}

// Text returns a value as text; ok is false if it is unknown, or no scalar.
func (a Answer) Text(name string) (string, bool) { return a.get(name).text() }

// Int returns a whole number, also one that is written as a text.
func (a Answer) Int(name string) (int64, bool) {
	v := a.get(name)
	if v.kind == text {
		v = numberValue(v.s)
	}
	return v.i, v.kind == integer
}

// Is returns a condition.
func (a Answer) Is(name string) purser.Tristate {
	switch v := a.get(name); {
	case v.is(true):
		return purser.Yes
	case v.is(false):
		return purser.No
	}
	return purser.Unknown
}

// maxNesting is how deep a kept value may be nested.
const maxNesting = 100

// Decode reads an answer in one pass. It is all or nothing: what is not
// whole, valid JSON of the shape that the manifest states is an error of class
// invalid_response.
func (p *Program) Decode(body []byte, env Env) (*Page, error) {
	if err := looksLikeJSON(body); err != nil {
		return nil, err
	}
	w := newWalker(body)
	d := &decoding{walker: w, p: p, page: &Page{}}
	if env.Drift {
		d.page.Drift = map[string]int{}
	}
	d.frame = frame{slots: make([]value, p.records.slots), lookup: env.Lookup, outside: p.fromOutside(env)}
	answer := make([]value, p.answers.slots)
	var err error
	if p.separate {
		if err = d.at(splitPath(p.at)); err == nil {
			err = newWalker(body).whole(p.answers.root, answer)
		}
	} else {
		err = d.answer(p.answers.root, answer)
	}
	if err == nil {
		err = w.end()
	}
	if err == nil && !d.found && !p.absent {
		err = badAnswer("the answer has no " + p.what())
	}
	if err != nil {
		return nil, invalid(err)
	}
	in := frame{slots: answer, outside: d.frame.outside, fuel: fuelPerRecord}
	d.page.Answer.named = p.named
	for _, n := range p.named {
		d.page.Answer.values = append(d.page.Answer.values, n.code(&in))
	}
	return d.page, nil
}

func (p *Program) fromOutside(env Env) []value {
	out := make([]value, len(p.outside))
	for i, name := range p.outside {
		if env.Value == nil {
			break
		}
		if s, ok := env.Value(name); ok {
			out[i] = textValue(s)
		}
	}
	return out
}

func (p *Program) what() string {
	if p.at == "" {
		return "records"
	}
	return "records at " + p.at
}

// badAnswer is an answer that is JSON but not what the manifest states.
type badAnswer string

func (e badAnswer) Error() string { return string(e) }

func looksLikeJSON(body []byte) error {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	switch {
	case len(trimmed) == 0:
		return invalid(badAnswer("the answer is empty"))
	case trimmed[0] == '<':
		return invalid(badAnswer("the answer is HTML or XML where JSON is expected"))
	}
	return nil
}

// invalid tells what is wrong with an answer without quoting it: its text may be personal.
func invalid(err error) error {
	what := "the answer is not valid JSON"
	var bad badAnswer
	switch {
	case errors.As(err, &bad):
		what = string(bad)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		what = "the answer is cut off"
	case strings.Contains(err.Error(), "UTF-8"):
		what = "the answer is not valid UTF-8"
	}
	return &purser.Error{Class: purser.ClassInvalidResponse, What: what,
		Hint: "It is asked again with the next run; if it stays so, look whether a proxy or a maintenance page answers in the vendor's place."}
}

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
	if err := w.into(n, slots, nil, ""); err != nil {
		return err
	}
	return w.end()
}

// into reads the next value along a trie: what it names goes to slots, the rest is skipped.
func (w *walker) into(n *node, slots []value, drift map[string]int, at string) error {
	if n.slot >= 0 {
		v, err := w.value(0)
		slots[n.slot] = v
		return err
	}
	if w.dec.PeekKind() != '{' {
		return w.skip()
	}
	return w.members(func(name []byte) error {
		if kid := n.child(name); kid != nil {
			if drift != nil {
				return w.into(kid, slots, drift, at+string(name)+".")
			}
			return w.into(kid, slots, nil, "")
		}
		if drift != nil && len(drift) < maxDrift {
			drift[at+string(name)]++
		}
		return w.skip()
	})
}

// maxDrift bounds how many different unmapped members are counted.
const maxDrift = 500

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
