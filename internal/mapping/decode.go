package mapping

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"purser"
)

// Env is what expressions see beside the answer.
type Env struct {
	Value  func(name string) (string, bool) // parent.x, vary.x, settings.x, tenant.x, run.today
	Lookup func(stream, id string) (string, bool)
	Drift  bool   // count the members that no expression names
	Spare  *Spare // memory of earlier pages; Page.Records then hold until the next page is read
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

// Decode reads an answer in one pass. It is all or nothing: what is not whole
// and valid in the form and shape that the manifest states is an error of class
// invalid_response.
func (p *Program) Decode(body []byte, env Env) (*Page, error) {
	if err := p.looksRight(body); err != nil {
		return nil, err
	}
	w := newWalker(body)
	d := &decoding{walker: w, p: p, page: &Page{Records: env.Spare.page()}, spare: env.Spare}
	defer func() { env.Spare.kept(d.page.Records) }()
	if env.Drift {
		d.drift = &drift{counts: map[string]*int{}}
	}
	d.frame = frame{slots: make([]value, p.records.slots), lookup: env.Lookup, outside: p.fromOutside(env)}
	answer := make([]value, p.answers.slots)
	var err error
	switch p.body {
	case "csv":
		err = d.table(body)
	case "ndjson":
		err = d.lines()
	default:
		err = d.json(body, answer)
	}
	if err != nil {
		return nil, p.invalid(err)
	}
	d.page.Drift = d.drift.all()
	in := frame{slots: answer, outside: d.frame.outside, fuel: fuelPerRecord}
	d.page.Answer.named = p.named
	for _, n := range p.named {
		d.page.Answer.values = append(d.page.Answer.values, n.code(&in))
	}
	return d.page, nil
}

// json reads an answer that is one JSON value.
func (d *decoding) json(body []byte, answer []value) (err error) {
	p := d.p
	if p.separate {
		if err = d.at(splitPath(p.at)); err == nil {
			err = newWalker(body).whole(p.answers.root, answer)
		}
	} else {
		err = d.answer(p.answers.root, answer)
	}
	if err == nil {
		err = d.end()
	}
	if err == nil && !d.found && !p.absent {
		err = badAnswer("the answer has no " + p.what())
	}
	return err
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

func (p *Program) looksRight(body []byte) error {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	switch {
	case len(trimmed) == 0:
		return p.invalid(badAnswer("the answer is empty"))
	case trimmed[0] == '<':
		return p.invalid(badAnswer("the answer is HTML or XML where " + p.form() + " is expected"))
	}
	return nil
}

// form is the name of the answer's form.
func (p *Program) form() string {
	switch p.body {
	case "csv":
		return "CSV"
	case "ndjson":
		return "JSON Lines"
	}
	return "JSON"
}

// invalid tells what is wrong with an answer without quoting it: its text may be personal.
func (p *Program) invalid(err error) error {
	what := "the answer is not valid " + p.form()
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
