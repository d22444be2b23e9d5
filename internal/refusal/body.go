package refusal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// document is a refusal's body, decoded; nil if it is not JSON.
type document struct{ root any }

// parse decodes a body; a body that is no JSON is a document in which nothing stands.
func parse(body []byte) document {
	var root any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		return document{}
	}
	return document{root}
}

// Text returns what stands at a dotted path of a JSON body, "" if nothing does.
// Names are compared without regard to case, lists are walked by number, and
// through a list without a number its first member is taken.
func Text(body []byte, path string) string { return parse(body).text(path) }

func (d document) text(path string) string {
	if path == "" {
		return ""
	}
	at := d.root
	for step := range strings.SplitSeq(path, ".") {
		at = enter(at, step)
	}
	switch v := at.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool, json.Number:
		return fmt.Sprint(v)
	}
	return ""
}

func enter(at any, step string) any {
	if list, ok := at.([]any); ok {
		if n, err := strconv.Atoi(step); err == nil {
			if n < 0 || n >= len(list) {
				return nil
			}
			return list[n]
		}
		if len(list) == 0 {
			return nil
		}
		at = list[0]
	}
	object, ok := at.(map[string]any)
	if !ok {
		return nil
	}
	if v, ok := object[step]; ok {
		return v
	}
	for name, v := range object {
		if strings.EqualFold(name, step) {
			return v
		}
	}
	return nil
}

// words returns the vendor's code and message, from the first shape that fits.
func (r Rules) words(d document) (code, message string) {
	for _, shape := range r.Bodies {
		code, message = d.text(shape.Code), d.text(shape.Message)
		if code != "" || message != "" {
			return oneLine(code, 100), message
		}
	}
	return "", ""
}

// said reports whether the body says what a good answer says. It stops at the
// value, which vendors write first: the page itself is not read here.
func (r Rules) said(body []byte) bool {
	if name := r.Success.Absent; name != "" {
		d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		open, err := d.ReadToken()
		return err != nil || open.Kind() != '{' || !seek(d, name)
	}
	want := fmt.Sprint(r.Success.Equals)
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	steps := strings.Split(r.Success.At, ".")
	for {
		open, err := d.ReadToken()
		if err != nil || open.Kind() != '{' {
			return false
		}
		if !seek(d, steps[0]) {
			return false
		}
		if steps = steps[1:]; len(steps) == 0 {
			value, err := d.ReadToken()
			return err == nil && value.String() == want
		}
	}
}

// seek reads on in an object to the value of a name.
func seek(d *jsontext.Decoder, name string) bool {
	for {
		member, err := d.ReadToken()
		if err != nil || member.Kind() != '"' {
			return false
		}
		if member.String() == name {
			return true
		}
		if d.SkipValue() != nil {
			return false
		}
	}
}
