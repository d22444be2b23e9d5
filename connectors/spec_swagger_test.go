package connectors_test

import (
	"strings"
	"testing"
)

// withHeader adds a header that a vendor describes elsewhere for all its requests.
func withHeader(d description, name string) description {
	find := d.operation
	d.operation = func(method, path string) (operation, bool) {
		op, ok := find(method, path)
		if ok {
			op.header[name] = object{"type": "string"}
		}
		return op, ok
	}
	return d
}

// swagger reads Swagger 2.0; prefix is what stands before its paths in our requests.
func swagger(t *testing.T, file, prefix string) description {
	root := readDescription(t, file)
	resolve := func(s object) object {
		for range 20 {
			ref, ok := s["$ref"].(string)
			if !ok {
				break
			}
			s = child(root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
		return s
	}
	find := func(method, path string) (operation, bool) {
		path, ok := strings.CutPrefix(path, prefix)
		item := child(root, "paths", bestTemplate(child(root, "paths"), path))
		op := child(item, strings.ToLower(method))
		if !ok || op == nil {
			return operation{}, false
		}
		out := operation{query: map[string]object{}, header: map[string]object{}}
		for _, scheme := range child(root, "securityDefinitions") {
			if s := scheme.(object); s["in"] == "header" {
				name, _ := s["name"].(string)
				out.header[strings.ToLower(name)] = s
			}
		}
		for _, raw := range append(list(item["parameters"]), list(op["parameters"])...) {
			p := resolve(raw.(object))
			name, _ := p["name"].(string)
			switch p["in"] {
			case "query":
				out.query[name] = p
				if p["required"] == true {
					out.required = append(out.required, name)
				}
			case "header":
				out.header[strings.ToLower(name)] = p
			case "body":
				out.body = resolve(child(p, "schema"))
			}
		}
		for _, status := range []string{"200", "201"} {
			if s := child(resolve(child(op, "responses", status)), "schema"); s != nil {
				out.answers = append(out.answers, s)
			}
		}
		return out, true
	}
	return description{find, resolve}
}
