package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"purser"
	"purser/internal/columns"
)

// mappingOf reads the form of a mapping: what it does not show stays as it was.
func mappingOf(r *http.Request) (*columns.Mapping, error) {
	if err := r.ParseForm(); err != nil {
		return nil, purser.Invalid("", "the form could not be read")
	}
	var m columns.Mapping
	if err := json.Unmarshal([]byte(r.PostFormValue("base")), &m); err != nil {
		return nil, purser.Invalid("", "the form could not be read")
	}
	var fields []columns.Field
	for _, k := range purser.Fields(m.Kind) {
		f := columns.Field{Name: k.Name}
		if i := slices.IndexFunc(m.Fields, func(f columns.Field) bool { return f.Name == k.Name }); i >= 0 {
			f = m.Fields[i]
		}
		f.Value, f.Derived = strings.TrimSpace(r.PostFormValue("value."+k.Name)), false
		switch chosen := r.PostFormValue("column." + k.Name); {
		case chosen == "=":
			f.Derived, f.Column, f.Join = true, "", nil
		case chosen == "+":
		case strings.HasPrefix(chosen, "c:"):
			f.Column, f.Join = chosen[2:], nil
		default:
			f.Column, f.Join = "", nil
		}
		f.Map = wordsOf(r, k.Name, f.Map)
		if f.Column != "" || len(f.Join) > 0 || f.Value != "" || f.Derived {
			fields = append(fields, f)
		}
	}
	m.Fields = fields
	m.Dates, m.Decimal = strings.Trim(r.PostFormValue("dates"), "-"), r.PostFormValue("decimal")
	if s := r.PostFormValue("sheet"); s != "" {
		m.Sheet = s
	}
	return &m, nil
}

// wordsOf reads what the words of a column mean: "as it is read" says nothing of a word.
func wordsOf(r *http.Request, field string, was map[string]string) map[string]string {
	words, means := r.PostForm["word."+field], r.PostForm["means."+field]
	out := maps.Clone(was)
	for i, word := range words[:min(len(words), len(means))] {
		maps.DeleteFunc(out, func(have, _ string) bool { return strings.EqualFold(have, word) })
		if means[i] != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[word] = means[i]
		}
	}
	return out
}
