package ui

import (
	"maps"
	"slices"
	"strings"
)

// Resume is a form that was sent when its sender had to prove first who they are:
// it was not acted upon, and stands in the page again, to be checked and sent.
type Resume struct {
	Action string // address that the form goes to
	Fields map[string][]string
}

// lines are what was typed, for readers without our script.
func (r Resume) lines() []KV {
	var all []KV
	for _, name := range slices.Sorted(maps.Keys(r.Fields)) {
		if value := strings.Join(r.Fields[name], ", "); value != "" {
			all = append(all, KV{Key: fieldWords(name), Value: value})
		}
	}
	return all
}

// fieldWords makes words of a field's name: "set.account_name" is "Account name".
func fieldWords(name string) string {
	name = name[strings.LastIndexByte(name, '.')+1:]
	name = strings.NewReplacer("_", " ", "-", " ").Replace(name)
	if name == "" {
		return "Value"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
