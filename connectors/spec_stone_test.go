package connectors_test

import (
	"strings"
	"testing"
)

// stone reads the description of a vendor that writes its own language: routes with
// an argument and a result, structs that extend each other, and unions whose member
// is named by ".tag".
func stone(t *testing.T, file, prefix string) description {
	t.Helper()
	s := stoneFile{object(child(readDescription(t, file), "namespaces"))}
	find := func(method, path string) (operation, bool) {
		rest, ok := strings.CutPrefix(path, prefix)
		namespace, name, _ := strings.Cut(rest, "/")
		if base, version, has := strings.Cut(name, "_v"); has {
			name = base + ":" + version
		}
		if !ok || method != "POST" {
			return operation{}, false
		}
		for _, raw := range list(child(s.namespaces, namespace)["routes"]) {
			r := raw.(object)
			if r["route"] != name {
				continue
			}
			out := operation{query: map[string]object{}, header: map[string]object{}, answers: []object{s.reference(namespace, r["result"].(string))}}
			if arg := r["arg"].(string); arg != "Void" {
				out.body = s.resolve(s.reference(namespace, arg))
			}
			return out, true
		}
		return operation{}, false
	}
	return description{find, s.resolve}
}

type stoneFile struct{ namespaces object }

// reference stands for a type until it is needed: types refer to each other in circles.
func (s stoneFile) reference(namespace, name string) object {
	name, _, _ = strings.Cut(name, " = ")
	return object{"stone": strings.TrimSuffix(name, "?"), "in": namespace}
}

func (s stoneFile) resolve(schema object) object {
	name, ok := schema["stone"].(string)
	if !ok {
		return schema
	}
	namespace, _ := schema["in"].(string)
	if inner, ok := strings.CutPrefix(name, "List("); ok {
		inner, _, _ = strings.Cut(strings.TrimSuffix(inner, ")"), ", ")
		return object{"type": "array", "items": s.reference(namespace, inner)}
	}
	base, _, _ := strings.Cut(name, "(") // what follows are limits, such as a pattern
	if other, local, ok := strings.Cut(base, "."); ok {
		namespace, base = other, local
	}
	definition := child(s.namespaces, namespace, "types", base)
	if definition == nil {
		if alias, ok := child(s.namespaces, namespace, "aliases")[base].(string); ok {
			return s.resolve(s.reference(namespace, alias))
		}
		if kind, ok := map[string]string{"Boolean": "boolean", "UInt32": "integer", "UInt64": "integer", "String": "string", "Timestamp": "string"}[base]; ok {
			return object{"type": kind}
		}
		return object{} // was cut out of the description
	}
	properties := object{".tag": object{"type": "string"}}
	s.members(namespace, definition, properties)
	return object{"type": "object", "properties": properties}
}

// flattened adds the fields of a struct that is a member of a union: they stand beside the tag.
func (s stoneFile) flattened(namespace, kind string, into object) {
	if other, local, ok := strings.Cut(kind, "."); ok {
		namespace, kind = other, local
	}
	if definition := child(s.namespaces, namespace, "types", kind); definition["kind"] == "struct" {
		s.members(namespace, definition, into)
	}
}

// members gathers the fields of a struct with those that it extends, or the members of a union.
func (s stoneFile) members(namespace string, definition, into object) {
	if parent, ok := definition["extends"].(string); ok {
		if other, local, ok := strings.Cut(parent, "."); ok {
			s.members(other, child(s.namespaces, other, "types", local), into)
		} else {
			s.members(namespace, child(s.namespaces, namespace, "types", parent), into)
		}
	}
	for _, raw := range list(definition["fields"]) {
		f := raw.(object)
		kind, ok := f["type"].(string)
		if !ok {
			continue // a member of a union that says no more than its name
		}
		into[f["name"].(string)] = s.reference(namespace, kind)
		if union := strings.HasPrefix(definition["kind"].(string), "union"); union {
			s.flattened(namespace, kind, into)
		}
		if kind == "UserLogInfo" { // is written with the fields of the form that its tag names
			into[f["name"].(string)] = s.reference(namespace, "TeamMemberLogInfo")
		}
	}
}
