package connectors_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// standing says how a path stands in a description.
type standing int

const (
	absent  standing = iota
	untyped          // it lies under a part that the vendor does not describe
	typed
)

// stand looks up a dotted path in a schema. Lists are entered without a step.
func (d description) stand(schema object, path []string) standing {
	schema = d.resolve(schema)
	if len(schema) == 0 || schema["type"] == "any" {
		return untyped
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		best := absent
		for _, part := range list(schema[key]) {
			if p, ok := part.(object); ok {
				best = max(best, d.stand(p, path))
			}
		}
		if best != absent {
			return best
		}
	}
	if len(path) == 0 {
		return typed
	}
	if items := child(schema, "items"); items != nil {
		if _, err := strconv.Atoi(path[0]); err == nil {
			path = path[1:]
		}
		return d.stand(items, path)
	}
	if p, ok := child(schema, "properties")[path[0]].(object); ok {
		return d.stand(p, path[1:])
	}
	if path[0] == "*" { // any of its members
		best := absent
		for _, p := range child(schema, "properties") {
			best = max(best, d.stand(p.(object), path[1:]))
		}
		if best != absent {
			return best
		}
	}
	for _, key := range []string{"additionalProperties", "patternProperties"} {
		switch p := schema[key].(type) {
		case bool:
			if p {
				return untyped
			}
		case object:
			if key == "patternProperties" {
				for _, one := range p {
					return d.stand(one.(object), path[1:])
				}
			}
			return d.stand(p, path[1:])
		}
	}
	best := absent
	for _, ref := range child(schema, "discriminator", "mapping") { // its forms know more
		form := d.resolve(object{"$ref": ref})
		for _, part := range list(form["allOf"]) {
			if p := part.(object); p["$ref"] == nil {
				best = max(best, d.stand(p, path))
			}
		}
	}
	if _, described := schema["properties"]; described || best != absent {
		return best
	}
	if kind := schema["type"]; kind == nil || kind == "object" || kind == "array" {
		return untyped
	}
	return absent
}

// inSample looks up a dotted path in a recorded shape.
func inSample(v any, path []string) bool {
	if l, ok := v.([]any); ok {
		return slices.ContainsFunc(l, func(item any) bool { return inSample(item, path) })
	}
	if len(path) == 0 {
		return true
	}
	o, ok := v.(object)
	if !ok {
		return false
	}
	for name, next := range o { // * is any name
		if (name == path[0] || path[0] == "*") && inSample(next, path[1:]) {
			return true
		}
	}
	return false
}

// answers looks up a path in everything that is known of a good answer.
func (d description) answers(op operation, path []string) standing {
	best := absent
	for _, s := range op.answers {
		best = max(best, d.stand(s, path))
	}
	for _, s := range op.samples {
		if inSample(s, path) {
			best = typed
		}
	}
	if len(op.answers)+len(op.samples) == 0 {
		return untyped
	}
	return best
}

// refuses returns why a described schema does not take a value, "" if it does.
func (d description) refuses(schema object, value any) string {
	schema = d.resolve(schema)
	for _, key := range []string{"anyOf", "oneOf"} {
		if parts := list(schema[key]); len(parts) > 0 {
			why := ""
			for _, part := range parts {
				if why = d.refuses(part.(object), value); why == "" {
					return ""
				}
			}
			return why
		}
	}
	if enum := list(schema["enum"]); len(enum) > 0 && !slices.ContainsFunc(enum, func(e any) bool { return fmt.Sprint(e) == fmt.Sprint(value) }) {
		return fmt.Sprintf("%v is none of %v", value, enum)
	}
	kinds := []string{}
	switch k := schema["type"].(type) {
	case string:
		kinds = append(kinds, k)
	case []any:
		for _, one := range k {
			kinds = append(kinds, fmt.Sprint(one))
		}
	}
	if slices.Contains(kinds, "integer") {
		n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		if err != nil {
			return fmt.Sprintf("%v is no number", value)
		}
		for key, outside := range map[string]func(limit float64) bool{
			"minimum": func(l float64) bool { return n < l }, "maximum": func(l float64) bool { return n > l }} {
			limit, err := strconv.ParseFloat(fmt.Sprint(schema[key]), 64)
			if err == nil && outside(limit) {
				return fmt.Sprintf("%v is beyond the %s of %v", value, key, limit)
			}
		}
	}
	if slices.Contains(kinds, "boolean") && fmt.Sprint(value) != "true" && fmt.Sprint(value) != "false" {
		return fmt.Sprintf("%v is neither true nor false", value)
	}
	if o, ok := value.(object); ok {
		return d.refusesObject(schema, o)
	}
	if l, ok := value.([]any); ok && schema["additionalProperties"] != true { // else a list of anything is described so
		for _, item := range l {
			if why := d.refuses(child(schema, "items"), item); why != "" {
				return why
			}
		}
	}
	return ""
}

func (d description) refusesObject(schema, value object) string {
	properties := d.properties(schema)
	for _, name := range list(schema["required"]) {
		if _, ok := value[name.(string)]; !ok {
			return fmt.Sprintf("%v is missing", name)
		}
	}
	for name, v := range value {
		p, ok := properties[name].(object)
		if !ok && schema["additionalProperties"] == true {
			continue
		}
		if !ok {
			return name + " is not described"
		}
		if why := d.refuses(p, v); why != "" {
			return name + ": " + why
		}
	}
	return ""
}

func steps(path string) []string {
	// Of an expression, the path that it begins with: a vendor's odd name, or what it tests first.
	path, _, _ = strings.Cut(path, " ")
	if name, ok := strings.CutPrefix(path, `this["`); ok {
		return []string{strings.TrimSuffix(name, `"]`)}
	}
	if path == "" {
		return nil
	}
	if odd, ok := strings.CutPrefix(path, `this["`); ok {
		return []string{strings.TrimSuffix(odd, `"]`)}
	}
	return strings.Split(path, ".")
}

// properties are the members that a schema describes, with those of its parts.
func (d description) properties(schema object) object {
	parts := list(schema["allOf"])
	if len(parts) == 0 {
		return child(schema, "properties")
	}
	all := object{}
	for _, part := range parts {
		maps.Copy(all, d.properties(d.resolve(part.(object))))
	}
	maps.Copy(all, child(schema, "properties"))
	return all
}
