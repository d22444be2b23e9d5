package credential

import (
	"encoding/json"
	"fmt"
	"strings"

	"purser"
)

// values are what ${…} may stand for in the texts of an auth entry.
type values struct {
	settings map[string]string
	secret   map[string]string
	own      map[string]string // token, token_url, scope
}

// with returns v with one more own value.
func (v values) with(name, value string) values {
	own := map[string]string{name: value}
	for n, old := range v.own {
		if n != name {
			own[n] = old
		}
	}
	v.own = own
	return v
}

// expand replaces each ${name} in text. A name without a value is a wrong
// setting; the error names it and never shows a value.
func (v values) expand(text string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", fmt.Errorf("%q has no closing brace", text)
		}
		name = strings.TrimSpace(name)
		inner, constant := strings.CutPrefix(name, "constant(")
		if constant {
			name = strings.TrimSuffix(inner, ")")
		}
		value, ok := v.find(name)
		if constant { // ACCOUNT_SB1, where addresses have account-sb1
			value = strings.ReplaceAll(strings.ToUpper(value), "-", "_")
		}
		if !ok {
			return "", &purser.Error{Class: purser.ClassConfig, Code: "missing_value", Field: name,
				What: "there is no value for " + name, Hint: "Fill it in under the instance's settings and credentials."}
		}
		out.WriteString(value)
		text = after
	}
}

func (v values) find(name string) (string, bool) {
	kind, rest, dotted := strings.Cut(name, ".")
	switch {
	case !dotted:
		value, ok := v.own[name]
		return value, ok
	case kind == "settings":
		value, ok := v.settings[rest]
		return value, ok
	case kind == "secret":
		field, part, parts := strings.Cut(rest, ".")
		value, ok := v.secret[field]
		if !parts || !ok {
			return value, ok
		}
		return jsonPart(value, part)
	}
	return "", false
}

// jsonPart returns one member of a key file in JSON.
func jsonPart(document, name string) (string, bool) {
	var members map[string]any
	if json.Unmarshal([]byte(document), &members) != nil {
		return "", false
	}
	value, ok := members[name].(string)
	return value, ok
}
