package connectors_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// object is a piece of a vendor's description, as it was decoded.
type object = map[string]any

// operation is one request as a vendor describes it, whatever the format it came in.
type operation struct {
	query, header map[string]object // parameter: its schema
	required      []string          // query parameters that must be sent
	body          object            // schema of a JSON body, nil if none is described
	answers       []object          // schemas of a good answer
	samples       []any             // recorded shapes of a good answer, where the schema says less
}

// description finds operations and follows references between schemas.
type description struct {
	operation func(method, path string) (operation, bool)
	resolve   func(schema object) object
}

// vendorData is the folder of the vendors' own descriptions and recordings.
// They are not part of the product, so a test that needs them is skipped without.
func vendorData(t *testing.T, parts ...string) string {
	t.Helper()
	root := os.Getenv("PURSER_VENDOR_DATA")
	named := root != ""
	if !named {
		root = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(path); err != nil && named {
		t.Fatalf("PURSER_VENDOR_DATA names a folder without the vendors' data: %v", err)
	} else if err != nil {
		t.Skipf("the vendors' descriptions and recordings are not here (set PURSER_VENDOR_DATA to their folder): %v", err)
	}
	return path
}

func readDescription(t *testing.T, file string) object {
	t.Helper()
	data, err := os.ReadFile(vendorData(t, "specs", file))
	if err != nil {
		t.Fatal(err)
	}
	var root object
	if strings.HasSuffix(file, ".json") {
		err = json.Unmarshal(data, &root)
	} else {
		err = yaml.Unmarshal(data, &root)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return root
}

func child(o object, names ...string) object {
	for _, name := range names {
		next, _ := o[name].(object)
		o = next
	}
	return o
}

func list(v any) []any { l, _ := v.([]any); return l }

// pointers follows references within a description.
func pointers(root object) func(object) object {
	return func(s object) object {
		for range 20 {
			ref, ok := s["$ref"].(string)
			if !ok {
				break
			}
			s = child(root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
		return s
	}
}

// byPath reads descriptions that have paths: OpenAPI and Swagger. prefix is what
// stands before the paths in our requests, schema is that of a parameter, and fill adds
// what each says in its own way.
func byPath(root object, prefix string, schema func(param object) object, fill func(out *operation, op object, params []object)) description {
	resolve := pointers(root)
	find := func(method, path string) (operation, bool) {
		path, ok := strings.CutPrefix(path, prefix)
		item := child(root, "paths", bestTemplate(child(root, "paths"), path))
		op := child(item, strings.ToLower(method))
		if !ok || op == nil {
			return operation{}, false
		}
		out := operation{query: map[string]object{}, header: map[string]object{}}
		var params []object
		for _, raw := range append(list(item["parameters"]), list(op["parameters"])...) {
			p := resolve(raw.(object))
			params = append(params, p)
			name, _ := p["name"].(string)
			switch p["in"] {
			case "query":
				out.query[name] = resolve(schema(p))
				if p["required"] == true {
					out.required = append(out.required, name)
				}
			case "header":
				out.header[strings.ToLower(name)] = resolve(schema(p))
			}
		}
		fill(&out, op, params)
		return out, true
	}
	return description{find, resolve}
}

// openAPI reads OpenAPI 3.0 and 3.1.
func openAPI(t *testing.T, file, prefix string) description {
	root := readDescription(t, file)
	resolve := pointers(root)
	return byPath(root, prefix, func(p object) object { return child(p, "schema") }, func(out *operation, op object, _ []object) {
		out.body = resolve(bodyOf(child(resolve(child(op, "requestBody")), "content")))
		good := resolve(child(op, "responses", "200"))
		if good == nil {
			good = resolve(child(op, "responses", "2XX"))
		}
		if s := child(good, "content", "application/json", "schema"); s != nil {
			out.answers = append(out.answers, s)
		}
		if example, ok := child(good, "content", "application/json", "example")["value"]; ok {
			out.samples = append(out.samples, example)
		}
	})
}

// bodyOf is the schema of what is sent: as JSON, else as JSON of a special kind or as a form.
func bodyOf(content object) object {
	for _, kind := range []string{"application/json", "json", "form"} {
		for _, name := range slices.Sorted(maps.Keys(content)) {
			if strings.Contains(name, kind) {
				return child(content, name, "schema")
			}
		}
	}
	return nil
}

// discovery reads Google's Discovery format.
func discovery(t *testing.T, files ...string) description {
	var roots []object
	for _, file := range files {
		roots = append(roots, readDescription(t, file))
	}
	resolve := func(s object) object {
		for range 20 {
			ref, ok := s["$ref"].(string)
			if !ok {
				break
			}
			for _, root := range roots {
				if found := child(root, "schemas", ref); found != nil {
					s = found
				}
			}
		}
		return s
	}
	find := func(method, path string) (operation, bool) {
		for _, root := range roots {
			methods := object{}
			collectMethods(root, method, methods)
			m := child(methods, bestTemplate(methods, path))
			if m == nil {
				continue
			}
			out := operation{query: map[string]object{}, header: map[string]object{}, body: child(m, "request")}
			for _, from := range []object{child(root, "parameters"), child(m, "parameters")} {
				for name, raw := range from {
					p := raw.(object)
					if p["location"] != "query" {
						continue
					}
					out.query[name] = p
					if p["required"] == true {
						out.required = append(out.required, name)
					}
				}
			}
			out.answers = append(out.answers, child(m, "response"))
			return out, true
		}
		return operation{}, false
	}
	return description{find, resolve}
}

func collectMethods(resource object, method string, into object) {
	for _, raw := range child(resource, "methods") {
		m := raw.(object)
		if m["httpMethod"] == method {
			into["/"+m["path"].(string)] = m
		}
	}
	for _, raw := range child(resource, "resources") {
		collectMethods(raw.(object), method, into)
	}
}

// methodReference reads the reference of a vendor whose requests are methods by name.
func methodReference(t *testing.T, file, prefix string) description {
	root := readDescription(t, file)
	find := func(method, path string) (operation, bool) {
		name, ok := strings.CutPrefix(path, prefix)
		m := child(root, "methods", "data", name)
		if !ok || m == nil || m["http_method"] != method {
			return operation{}, false
		}
		out := operation{query: map[string]object{}, header: map[string]object{}}
		for name, raw := range child(m, "args", "properties") {
			out.query[name], _ = raw.(object)
		}
		for _, name := range list(child(m, "args")["required"]) {
			if name != "token" { // is sent as a header
				out.required = append(out.required, name.(string))
			}
		}
		if answer := child(m, "output"); answer != nil {
			out.answers = append(out.answers, answer)
		}
		if sample, ok := child(root, "samples", "data")["api/"+name+".json"]; ok {
			out.samples = append(out.samples, sample)
		}
		if example := child(m, "examples", "success", "example"); example != nil {
			out.samples = append(out.samples, example)
		}
		return out, true
	}
	return description{find, func(s object) object { return s }}
}

// bestTemplate returns the path template that fits a path with the most literal segments.
func bestTemplate(paths object, path string) string {
	best, most := "", -1
	have := strings.Split(path, "/")
	for template := range paths {
		want := strings.Split(template, "/")
		literal := 0
		for i := range want {
			switch {
			case len(want) != len(have):
				literal = -1 << 10
			case strings.EqualFold(want[i], have[i]):
				literal++
			case !strings.Contains(want[i], "{"):
				literal = -1 << 10
			}
		}
		if literal > most {
			best, most = template, literal
		}
	}
	return best
}
