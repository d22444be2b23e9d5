package columns

import (
	"cmp"
	"maps"
	"slices"

	"purser"
	"purser/internal/sheet"
)

// FieldWords are the words that a column uses for a field with a closed list of values.
type FieldWords struct {
	Field  string   `json:"field"`
	Values []string `json:"values"` // that the field knows
	Words  []Word   `json:"words"`  // the most frequent first
	More   int      `json:"more"`   // further words, not listed
}

// Word is a word of the file, and what it becomes.
type Word struct {
	Word   string `json:"word"`             // as written; "" is an empty cell, "*" any other one
	Rows   int    `json:"rows"`             // of those looked at
	Means  string `json:"means,omitempty"`  // what is kept of it; "" if it cannot be read
	Mapped string `json:"mapped,omitempty"` // what the mapping says, "" if it says nothing
}

// mostWords is how many words of one column are listed.
const mostWords = 40

// Words lists what the columns of a mapping say where a field has a closed list of
// values: so that a person can say what the vendor's words mean.
func Words(m Mapping, header []string, rows []sheet.Row) []FieldWords {
	out := []FieldWords{}
	kinds := purser.Fields(m.Kind)
	for _, f := range m.Fields {
		i := slices.IndexFunc(kinds, func(k purser.Field) bool { return k.Name == f.Name })
		if i < 0 || f.Column == "" || kinds[i].Type != purser.Enum && kinds[i].Type != purser.Bool {
			continue
		}
		mk := maker{Field: f, kind: kinds[i], at: []int{place(header, f.Column)}}
		fw := FieldWords{Field: f.Name, Values: valuesOf(kinds[i])}
		seen := map[string]*Word{}
		for word, ours := range f.Map {
			seen[fold(word)] = &Word{Word: word, Mapped: ours, Means: ours}
		}
		for _, row := range rows {
			s := mk.cell(row)
			w := seen[fold(s)]
			if w == nil {
				if s == "" {
					continue
				}
				w = &Word{Word: s, Means: meaning(kinds[i], s)}
				seen[fold(s)] = w
			}
			w.Rows++
		}
		if seen["*"] == nil && len(seen) > 0 {
			seen["*"] = &Word{Word: "*"}
		}
		all := slices.SortedFunc(maps.Values(seen), func(a, b *Word) int {
			return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Word, b.Word))
		})
		for n, w := range all {
			if n >= mostWords && w.Mapped == "" && w.Word != "*" {
				fw.More++
				continue
			}
			fw.Words = append(fw.Words, *w)
		}
		if len(fw.Words) > 0 {
			out = append(out, fw)
		}
	}
	return out
}

// last puts what is no word of its own behind the words.
func last(w *Word) int {
	if w.Word == "*" || w.Word == "" {
		return 1
	}
	return 0
}

func valuesOf(k purser.Field) []string {
	if k.Type == purser.Bool {
		return []string{"true", "false", "unknown"}
	}
	return k.Values
}

// meaning is what a word becomes without a mapping.
func meaning(k purser.Field, s string) string {
	if k.Type == purser.Enum {
		return enum(k, s)
	}
	switch v, why := boolean(s); {
	case why != "":
		return ""
	case v == true:
		return "true"
	case v == false:
		return "false"
	}
	return "unknown"
}
