// Package connectortest runs a connector on the answers in its own testdata
// folder: each task through the engine, without a network, against the records
// that the author expects.
//
// A fixture is testdata/<task>.json: settings, tenant, the vendor's answers by
// request, and the records of each stream.
package connectortest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"strings"
	"time"
)

// Fixture is one file of answers and the records that must come of them.
type Fixture struct {
	Note      string              `json:"note,omitempty"`
	Now       time.Time           `json:"now"`
	Settings  map[string]string   `json:"settings"`
	Tenant    map[string]string   `json:"tenant"`
	Exchanges []Exchange          `json:"exchanges"`
	Records   map[string][]Record `json:"records"` // by stream, in the order of reading
}

// Exchange is a request and its answer. The value * of a parameter stands for
// any; a list stands for a parameter that is repeated.
type Exchange struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"` // without host and parameters
	Query   map[string]Values `json:"query,omitempty"`
	Headers map[string]string `json:"headers,omitempty"` // that must be sent, beside others
	JSON    json.RawMessage   `json:"json,omitempty"`
	Answer  Answer            `json:"answer"`
}

// Values are the values of a parameter, in their order: a text, or a list of texts.
type Values []string

// MarshalJSON writes a single value as a text.
func (v Values) MarshalJSON() ([]byte, error) {
	if len(v) == 1 {
		return json.Marshal(v[0])
	}
	return json.Marshal([]string(v))
}

// UnmarshalJSON reads either form.
func (v *Values) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*v = Values{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(v))
}

// Answer is what the vendor answers.
type Answer struct {
	Status  int                 `json:"status"`
	Headers map[string][]string `json:"headers,omitempty"`
	Body    json.RawMessage     `json:"body,omitempty"`
	Text    string              `json:"text,omitempty"` // the body where it is not one JSON value: CSV, JSON Lines
}

// Record is a record as a person writes it: field: value. A field that is
// unknown is left out, "never" is a date of use.
type Record map[string]any

// ReadFixture reads the fixture of a task; a file that says more than the format
// has is refused.
func ReadFixture(fsys fs.FS, connector, task string) (*Fixture, error) {
	name := path.Join(connector, "testdata", task+".json")
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	f := &Fixture{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(f); err != nil {
		return nil, fmt.Errorf("%s: %w", name, told(err))
	}
	if f.Now.IsZero() || len(f.Exchanges) == 0 {
		return nil, fmt.Errorf("%s: now and exchanges must be given", name)
	}
	for i := range f.Exchanges {
		if a := &f.Exchanges[i].Answer; a.Text != "" {
			a.Body = []byte(a.Text)
		}
	}
	return f, nil
}

// told says in words where a fixture is not of its form.
func told(err error) error {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return err
	}
	want, example := "", ""
	switch {
	case strings.HasSuffix(wrong.Field, "answer.headers") || strings.Contains(wrong.Field, "answer.headers."):
		want, example = "a list of texts", `"Link": ["<https://…>; rel=\"next\""]`
	case wrong.Type.Kind() == reflect.String:
		want, example = "a text", `"200"`
	case wrong.Type.Kind() == reflect.Slice:
		want, example = "a list", `["…"]`
	default:
		return err
	}
	return fmt.Errorf("%s is a %s where %s belongs, such as %s: %w", wrong.Field, wrong.Value, want, example, err)
}

// vars gives the ${…} places their values, as the running product would.
func (f *Fixture) vars(settings map[string]string) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		root, rest, _ := strings.Cut(name, ".")
		switch root {
		case "settings":
			v, ok := settings[rest]
			return v, ok
		case "tenant":
			v, ok := f.Tenant[rest]
			return v, ok
		}
		return "", false
	}
}
