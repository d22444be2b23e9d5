package view

import (
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
		out = append(out, ui.Option{Value: string(r), Label: string(r), Hint: hints[r], Checked: string(r) == chosen})
	}
	return out
}

// scopeOptions are the operations that an API token of the reader may be given.
func scopeOptions(may []purser.Operation, chosen map[purser.Operation]bool) []ui.Option {
	var out []ui.Option
	for _, op := range may {
		out = append(out, ui.Option{Value: string(op), Label: string(op), Checked: chosen[op]})
	}
	return out
}

func joinOperations(ops []purser.Operation) string {
	words := make([]string, len(ops))
	for i, op := range ops {
		words[i] = string(op)
	}
	return strings.Join(words, ", ")
}

// change writes what an entry of the audit log changed.
func change(l audit.Line) string {
	before, after := string(l.Before), string(l.After)
	switch {
	case before == "" || before == "null":
		return after
	case after == "" || after == "null":
		return before + " →"
	}
	return before + " → " + after
}

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
