package draft

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// document is an OpenAPI 3 or Swagger 2 document as it was decoded. It is read
// leniently: what a vendor's document has wrong elsewhere does not matter to a guess.
type document struct{ root map[string]any }

// parse reads JSON or YAML, which holds JSON.
func parse(text []byte) (document, error) {
	var d document
	if err := yaml.Unmarshal(text, &d.root); err != nil {
		return d, err
	}
	if len(object(d.root["paths"])) == 0 {
		return d, errors.New("it has no paths")
	}
	return d, nil
}

// object is a map with texts as keys; YAML also takes numbers, such as a status.
func object(v any) map[string]any {
	if odd, ok := v.(map[any]any); ok {
		m := make(map[string]any, len(odd))
		for k, value := range odd {
			m[fmt.Sprint(k)] = value
		}
		return m
	}
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// follow resolves references within the document; others, and circles, are nothing.
func (d document) follow(v any) map[string]any {
	at := object(v)
	for range 20 {
		ref := text(at["$ref"])
		if ref == "" {
			return at
		}
		path, ok := strings.CutPrefix(ref, "#/")
		if !ok {
			return nil
		}
		at = d.root
		for _, segment := range strings.Split(path, "/") {
			at = object(at[strings.NewReplacer("~1", "/", "~0", "~").Replace(segment)])
		}
	}
	return nil
}

// schema is what is used of a schema. Zero is a schema of which nothing is known.
type schema struct {
	d    document
	of   map[string]any
	kind string // object, array, string, boolean, integer, number, or ""
}

func (d document) schema(v any) schema {
	of := d.follow(v)
	s := schema{d: d, of: of, kind: text(of["type"])}
	for _, t := range list(of["type"]) { // OpenAPI 3.1: [string, "null"]
		if k := text(t); k != "null" && s.kind == "" {
			s.kind = k
		}
	}
	return s
}

func (s schema) items() schema { return s.d.schema(s.of["items"]) }

func (s schema) enum() []string {
	var out []string
	for _, v := range list(s.of["enum"]) {
		if t := text(v); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// members are those of an object, of all its parts and of its alternatives.
func (s schema) members() map[string]schema { return s.within(8) }

func (s schema) within(depth int) map[string]schema {
	out := map[string]schema{}
	if depth == 0 {
		return out
	}
	for _, part := range list(s.of["allOf"]) {
		for name, m := range s.d.schema(part).within(depth - 1) {
			out[name] = m
		}
	}
	for _, one := range slices.Concat(list(s.of["oneOf"]), list(s.of["anyOf"])) {
		for name, m := range s.d.schema(one).within(depth - 1) {
			out[name] = m
		}
	}
	for name, m := range object(s.of["properties"]) {
		out[name] = s.d.schema(m)
	}
	return out
}

// operation is a GET of the document.
type operation struct {
	path   string
	params map[string]bool // in the query
	answer schema          // of a good answer
}

// operations returns every GET without a parameter in its path, in the order of paths.
func (d document) operations() []operation {
	var out []operation
	paths := object(d.root["paths"])
	for path, v := range paths {
		item := d.follow(v)
		get := d.follow(item["get"])
		if len(get) == 0 || strings.Contains(path, "{") {
			continue
		}
		op := operation{path: path, params: map[string]bool{}}
		for _, p := range slices.Concat(list(item["parameters"]), list(get["parameters"])) {
			if param := d.follow(p); text(param["in"]) == "query" {
				op.params[text(param["name"])] = true
			}
		}
		answers := object(get["responses"])
		good := d.follow(answers["200"])
		if good == nil {
			good = d.follow(answers["default"])
		}
		op.answer = d.schema(good["schema"]) // Swagger 2
		for kind, content := range object(good["content"]) {
			if strings.Contains(kind, "json") {
				op.answer = d.schema(object(content)["schema"])
			}
		}
		out = append(out, op)
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.path, b.path) })
	return out
}

// server is the host and the path before all others.
func (d document) server() string {
	if servers := list(d.root["servers"]); len(servers) > 0 {
		return text(object(servers[0])["url"])
	}
	if host := text(d.root["host"]); host != "" {
		return "https://" + host + text(d.root["basePath"])
	}
	return ""
}

// schemes are the ways to authorize.
func (d document) schemes() map[string]any {
	if s := object(object(d.root["components"])["securitySchemes"]); len(s) > 0 {
		return s
	}
	return object(d.root["securityDefinitions"])
}
