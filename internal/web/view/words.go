package view

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"purser"
	"purser/internal/audit"
	"purser/internal/web/ui"
)

func current(yes bool) string {
	if yes {
		return "this browser"
	}
	return ""
}

// roleOptions are the roles, each with what it may do.
func roleOptions(chosen string) []ui.Option {
	hints := map[purser.Role]string{
		purser.RoleAdmin:    "everything, users and settings included",
		purser.RoleOperator: "connects and syncs applications; no prices, no users",
		purser.RoleFinance:  "reads inventory, prices and spend",
		purser.RoleAuditor:  "reads everything, changes nothing",
	}
	var out []ui.Option
	for _, r := range purser.Roles() {
		out = append(out, ui.Option{Value: string(r), Label: roleWords(r), Hint: hints[r], Checked: string(r) == chosen})
	}
	return out
}

// scopeOptions are the operations that an API token of the reader may be given.
func scopeOptions(may []purser.Operation, chosen map[purser.Operation]bool) []ui.Option {
	var out []ui.Option
	for _, op := range may {
		out = append(out, ui.Option{Value: string(op), Label: operationWords(op), Checked: chosen[op]})
	}
	return out
}

func joinOperations(ops []purser.Operation) string {
	words := make([]string, len(ops))
	for i, op := range ops {
		words[i] = operationWords(op)
	}
	return strings.Join(words, ", ")
}

// change writes what an entry of the audit log changed.
func change(l audit.Line) string {
	before, after := facts(l.Before), facts(l.After)
	switch {
	case before == "":
		return after
	case after == "":
		return before + " →"
	}
	return before + " → " + after
}

// facts writes a kept object as "name: value" pairs, without those that are empty.
func facts(raw []byte) string {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil {
		return string(raw) // no object: it stands as it is
	}
	return factPairs(object)
}

func factPairs(object map[string]any) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		value := factValue(object[name])
		switch name {
		case "auth":
			value = strings.ReplaceAll(value, "_", " ")
		case "every", "first run goes back":
			value = everyWords(value)
		}
		if value != "" {
			out = append(out, strings.ReplaceAll(name, "_", " ")+": "+value)
		}
	}
	return strings.Join(out, " · ")
}

func factValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case map[string]any:
		if inner := factPairs(v); inner != "" {
			return "(" + inner + ")"
		}
		return ""
	case []any:
		words := make([]string, 0, len(v))
		for _, e := range v {
			words = append(words, factValue(e))
		}
		return strings.Join(words, ", ")
	case string:
		return valueWords(v)
	}
	return fmt.Sprint(v)
}

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
