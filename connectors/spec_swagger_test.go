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

// swagger reads Swagger 2.0.
func swagger(t *testing.T, file, prefix string) description {
	root := readDescription(t, file)
	resolve := pointers(root)
	return byPath(root, prefix, func(p object) object { return p }, func(out *operation, op object, params []object) {
		for _, scheme := range child(root, "securityDefinitions") {
			if s := scheme.(object); s["in"] == "header" {
				name, _ := s["name"].(string)
				out.header[strings.ToLower(name)] = s
			}
		}
		for _, p := range params {
			if p["in"] == "body" {
				out.body = resolve(child(p, "schema"))
			}
		}
		for _, status := range []string{"200", "201"} {
			if s := child(resolve(child(op, "responses", status)), "schema"); s != nil {
				out.answers = append(out.answers, s)
			}
		}
	})
}
