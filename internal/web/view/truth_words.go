package view

import (
	"strings"

	"purser"
	"purser/internal/web/ui"
)

// disputedWords says in how many fields sources differ.
func disputedWords(fields []purser.FieldTruth) string {
	n := 0
	for _, f := range fields {
		if f.Disputed {
			n++
		}
	}
	switch n {
	case 0:
		return "No source contradicts another."
	case 1:
		return "Sources say different things of one field."
	}
	return "Sources say different things of " + ui.Count(int64(n), "field", "fields") + "."
}

// decidedBy says what decides a field where it is not the order of sources.
func decidedBy(t purser.FieldTruth) string {
	if t.ByVendor {
		return "its own instance comes first"
	}
	return ""
}

// saidWord is a value for people.
func saidWord(field, value string) string {
	if field == "employment" {
		return strings.ReplaceAll(value, "_", " ")
	}
	return value
}

func sinceWord(v purser.SourceValue) string {
	if v.AtLeast {
		return ", since at least"
	}
	return ", since"
}

// rowHref is the page of the row in which a value stands.
func rowHref(id string) string {
	if rowIsPerson(id) {
		return "/people/" + id
	}
	return "/accounts/" + id
}

func rowIsPerson(id string) bool { return strings.HasPrefix(id, "per_") }

func sourceClassWords(c purser.SourceClass) string {
	switch c {
	case purser.SourceHR:
		return "an HR source"
	case purser.SourceDirectory:
		return "an identity provider or roster"
	}
	return "an application's accounts"
}

// ownFirst is the source that decides a field by an order of its own; "" if it has none.
func ownFirst(o purser.FieldOrder) string {
	if !o.Own || len(o.Sources) == 0 {
		return ""
	}
	return o.Sources[0].InstanceID
}

// firstOptions are the sources that may decide a single field first.
func firstOptions(all []purser.Source, o purser.FieldOrder) []ui.Option {
	out := []ui.Option{{Value: "", Label: "As above"}}
	hr := false
	for _, s := range all {
		hr = hr || s.Class == purser.SourceHR
	}
	for _, s := range all {
		if purser.OnlyHR(o.Field) && hr && s.Class != purser.SourceHR {
			continue
		}
		out = append(out, ui.Option{Value: s.InstanceID, Label: s.InstanceName + " first"})
	}
	return out
}
