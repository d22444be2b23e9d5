package sandbox_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// description is a vendor's own description of its API: OpenAPI or Discovery.
type description struct {
	root map[string]any
	// spare are names that the real API sends and the description lacks, by the last part of a path, each with its reason.
	spare map[string]string
}

// describe reads a description, or skips the test where the vendors' data is not at hand.
func describe(t *testing.T, file string, spare map[string]string) description {
	t.Helper()
	dir := os.Getenv("PURSER_VENDOR_DATA")
	named := dir != ""
	if !named {
		dir = "../../../shared"
	}
	raw, err := os.ReadFile(filepath.Join(dir, "specs", file))
	if err != nil && named {
		t.Fatalf("PURSER_VENDOR_DATA names a folder without the vendors' data: %v", err)
	} else if err != nil {
		t.Skipf("the vendors' descriptions are not here; set PURSER_VENDOR_DATA to their folder: %v", err)
	}
	d := description{spare: spare}
	if strings.HasSuffix(file, ".json") {
		err = json.Unmarshal(raw, &d.root)
	} else {
		err = yaml.Unmarshal(raw, &d.root)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return d
}

func dig(v any, keys ...string) any {
	for _, k := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[k]
	}
	return v
}

// response is the schema of an OpenAPI operation's 200 answer.
func (d description) response(t *testing.T, method, path string) any {
	t.Helper()
	s := dig(d.resolve(dig(d.root, "paths", path, method, "responses", "200")), "content", "application/json", "schema")
	if s == nil {
		t.Fatalf("%s %s has no described answer", method, path)
	}
	return s
}

func (d description) resolve(s any) any {
	for {
		ref, ok := dig(s, "$ref").(string)
		if !ok {
			return s
		}
		if !strings.HasPrefix(ref, "#/") { // Discovery
			s = dig(d.root, "schemas", ref)
			continue
		}
		s = dig(d.root, strings.Split(ref[2:], "/")...)
	}
}

// problems lists where a value is not as a schema says.
func (d description) problems(schema, v any, path string) []string {
	m, ok := d.resolve(schema).(map[string]any)
	if !ok || v == nil { // a null stands for a missing value with every vendor
		return nil
	}
	for _, word := range []string{"oneOf", "anyOf"} {
		if choices, ok := m[word].([]any); ok {
			var first []string
			for i, c := range choices {
				p := d.problems(c, v, path)
				if len(p) == 0 {
					return nil
				}
				if i == 0 {
					first = p
				}
			}
			return first
		}
	}
	if v, ok := v.(map[string]any); ok {
		return d.object(m, v, path)
	}
	if v, ok := v.([]any); ok {
		if t := kinds(m); len(t) > 0 && !slices.Contains(t, "array") && !slices.Contains(t, "any") {
			return []string{path + ": a list, and not " + strings.Join(t, ", ")}
		}
		var out []string
		for i, it := range v {
			out = append(out, d.problems(m["items"], it, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return out
	}
	return scalar(m, v, path)
}

// kinds are the types that a schema names.
func kinds(m map[string]any) []string {
	switch t := m["type"].(type) {
	case string:
		return []string{t}
	case []any:
		var out []string
		for _, k := range t {
			out = append(out, fmt.Sprint(k))
		}
		return out
	}
	return nil
}

func scalar(m map[string]any, v any, path string) []string {
	want := kinds(m)
	got := ""
	switch v.(type) {
	case string:
		got = "string"
	case bool:
		got = "boolean"
	case float64:
		got = "number"
	}
	if len(want) > 0 && !slices.Contains(want, got) && !slices.Contains(want, "any") && !(got == "number" && slices.Contains(want, "integer")) {
		return []string{fmt.Sprintf("%s: a %s, and not %s", path, got, strings.Join(want, ", "))}
	}
	if enum, ok := m["enum"].([]any); ok && !slices.ContainsFunc(enum, func(e any) bool { return fmt.Sprint(e) == fmt.Sprint(v) }) {
		return []string{fmt.Sprintf("%s: %v is none of %v", path, v, enum)}
	}
	if s, ok := v.(string); ok && m["format"] == "date-time" {
		_, err := time.Parse(time.RFC3339, s)
		_, zoneless := time.Parse("2006-01-02T15:04:05.999999999", s) // as in the vendors' own examples
		if err != nil && zoneless != nil {
			return []string{path + ": " + s + " is no time"}
		}
	}
	return nil
}

// parts collects the properties of a schema and of all that it is made of.
func (d description) parts(m map[string]any, into map[string]any, required *[]string) (open bool) {
	for name, p := range asMap(m["properties"]) {
		into[name] = p
	}
	for _, r := range asList(m["required"]) {
		*required = append(*required, fmt.Sprint(r))
	}
	open = m["additionalProperties"] != nil && m["additionalProperties"] != false
	for _, part := range asList(m["allOf"]) {
		open = d.parts(asMap(d.resolve(part)), into, required) || open
	}
	return open
}

func (d description) object(m, v map[string]any, path string) []string {
	props, required := map[string]any{}, []string{}
	open := d.parts(m, props, &required)
	if t := kinds(m); len(t) > 0 && !slices.Contains(t, "object") && !slices.Contains(t, "any") {
		return []string{path + ": an object, and not " + strings.Join(t, ", ")}
	}
	var out []string
	for _, r := range required {
		if _, ok := v[r]; !ok {
			out = append(out, path+"."+r+": missing")
		}
	}
	for name, val := range v {
		p, ok := props[name]
		switch {
		case ok:
			out = append(out, d.problems(p, val, path+"."+name)...)
		case open:
			out = append(out, d.problems(m["additionalProperties"], val, path+"."+name)...)
		case len(props) > 0 && d.spare[name] == "":
			out = append(out, path+"."+name+": not described")
		}
	}
	return out
}

func asMap(v any) map[string]any { m, _ := v.(map[string]any); return m }
func asList(v any) []any         { l, _ := v.([]any); return l }

// fits fails the test for each place where an answer is not as described.
func (d description) fits(t *testing.T, name string, schema any, body []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	seen := map[string]bool{}
	for _, p := range d.problems(schema, v, "") {
		at, what, _ := strings.Cut(p, ":")
		key := strings.Join(strings.FieldsFunc(at, func(r rune) bool { return r >= '0' && r <= '9' }), "") + what
		if !seen[key] {
			seen[key] = true
			t.Errorf("%s %s", name, p)
		}
	}
}
