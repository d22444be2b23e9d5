package manifest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Schema returns the JSON Schema (draft 2020-12) of the language, for editors.
// It is derived from the same tags that Decode uses.
func Schema() []byte {
	s := &schema{defs: map[string]any{}}
	root := s.of(reflect.TypeFor[Manifest](), "")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Purser connector"
	root["required"] = []string{"manifest", "name", "title", "category", "hosts", "auth", "http", "tenant", "probe", "tasks"}
	root["$defs"] = s.defs
	raw, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		// Nothing but maps, lists and texts is in it; anything else is our bug.
		panic(fmt.Sprintf("manifest: the schema cannot be written: %v", err))
	}
	return append(raw, '\n')
}

type schema struct{ defs map[string]any }

type object = map[string]any

func (s *schema) of(t reflect.Type, tag reflect.StructTag) object {
	switch t {
	case reflect.TypeFor[Duration]():
		return object{"type": "string", "pattern": `^-?\d{1,6}[smhdw]$`, "examples": []string{"24h"}}
	case reflect.TypeFor[Scopes]():
		return object{"type": "array", "items": object{"anyOf": []object{text(), list(text())}}}
	case reflect.TypeFor[Vary]():
		return object{"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": orList(scalar())}
	case reflect.TypeFor[Tree]():
		return object{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem(), tag)
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer"}
	case reflect.Interface:
		return scalar()
	case reflect.String:
		return oneOf(tag)
	case reflect.Slice:
		return s.slice(t.Elem(), tag)
	}
	return s.structure(t)
}

func text() object { return object{"type": "string"} }

func scalar() object { return object{"type": []string{"string", "number", "boolean"}} }

func list(of object) object { return object{"type": "array", "items": of} }

func orList(of object) object { return object{"anyOf": []object{of, list(of)}} }

func oneOf(tag reflect.StructTag) object {
	out := text()
	if names := tag.Get("oneof"); names != "" {
		out["enum"] = strings.Split(names, "|")
	}
	return out
}

func (s *schema) slice(elem reflect.Type, tag reflect.StructTag) object {
	if elem == reflect.TypeFor[Pair]() {
		return object{"type": "object", "additionalProperties": orList(scalar())}
	}
	if elem == reflect.TypeFor[*string]() {
		return list(object{"type": []string{"string", "null"}})
	}
	if key, ok := keyField(elem); ok {
		out := object{"type": "object", "additionalProperties": s.of(elem, "")}
		if names := key.Tag.Get("oneof"); names != "" {
			out["propertyNames"] = oneOf(key.Tag)
		}
		if elem == reflect.TypeFor[Field]() { // rows of fields
			return object{"anyOf": []object{out, list(out)}}
		}
		return out
	}
	if elem == reflect.TypeFor[CredentialField]() { // or by their names
		one := s.of(elem, "")
		return object{"anyOf": []object{list(one), {"type": "object", "additionalProperties": one}}}
	}
	return orList(s.of(elem, tag))
}

// structure writes a struct once, under its name, and refers to it.
func (s *schema) structure(t reflect.Type) object {
	ref := object{"$ref": "#/$defs/" + t.Name()}
	if _, ok := s.defs[t.Name()]; ok {
		return withShorthand(t, ref)
	}
	properties := object{}
	out := object{"type": "object", "additionalProperties": false, "properties": properties}
	s.defs[t.Name()] = out
	known := map[string]reflect.StructField{}
	var names []string
	collect(t, nil, known, &names)
	for name, f := range known {
		if f.Tag.Get("later") == "*" {
			continue
		}
		p := s.of(f.Type, f.Tag)
		if takesAway(t) { // null takes away what is said elsewhere
			p = object{"anyOf": []object{p, {"type": "null"}}}
		}
		if doc := f.Tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		properties[name] = p
	}
	if t == reflect.TypeFor[Manifest]() {
		delete(s.defs, t.Name())
		return out
	}
	return withShorthand(t, ref)
}

// takesAway reports whether parts of t may be null: what can be said for many.
func takesAway(t reflect.Type) bool {
	return t == reflect.TypeFor[Stream]() || t == reflect.TypeFor[Action]() || t == reflect.TypeFor[Auth]()
}

func withShorthand(t reflect.Type, ref object) object {
	if _, ok := shorthand(reflect.New(t).Elem()); ok {
		return object{"anyOf": []object{text(), ref}}
	}
	return ref
}
