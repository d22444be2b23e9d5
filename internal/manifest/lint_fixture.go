package manifest

import (
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"

	"purser/internal/mapping"
)

// fixture gathers the ends of all paths in a task's made-up answers; nil if there are none.
func (l *linter) fixture(t *Task) map[string]bool {
	data, err := fs.ReadFile(l.folder, "testdata/"+t.Name+".json")
	if err != nil {
		return nil
	}
	var f struct {
		Exchanges []struct {
			Answer struct {
				Body any    `json:"body"`
				Text string `json:"text"`
			} `json:"answer"`
		} `json:"exchanges"`
	}
	if json.Unmarshal(data, &f) != nil {
		return nil
	}
	seen := map[string]bool{}
	for _, e := range f.Exchanges {
		gather(e.Answer.Body, nil, seen)
		gatherText(e.Answer.Text, seen)
	}
	return seen
}

// gatherText gathers the members of JSON Lines, or the columns of a table.
func gatherText(text string, seen map[string]bool) {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		columns, _ := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).Read()
		for _, name := range columns {
			seen[strings.TrimSpace(name)] = true
		}
		return
	}
	for line := range strings.Lines(text) {
		var item any
		if json.Unmarshal([]byte(line), &item) == nil {
			gather(item, nil, seen)
		}
	}
}

func gather(v any, at []string, seen map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			gather(item, at, seen)
		}
	case map[string]any:
		for name, item := range v {
			here := append(slices.Clone(at), name)
			for i := range here {
				seen[strings.Join(here[i:], ".")] = true
			}
			gather(item, here, seen)
		}
	}
}

// inFixture says which paths of a stream are in no made-up answer: most are misspelt.
func (l *linter) inFixture(s *Stream, at, task string, seen map[string]bool) {
	check := func(key, src string) {
		paths, err := mapping.Paths(src)
		if err != nil || src == "" {
			return
		}
		for _, p := range paths {
			p = strings.TrimPrefix(strings.TrimPrefix(p, "item"), ".")
			if s.As == "entries" || strings.Contains(s.Explode, "entries(") {
				p = strings.TrimPrefix(strings.TrimPrefix(p, "key"), "value")
				p = strings.TrimPrefix(p, ".")
			}
			if p != "" && !seen[p] {
				l.fail(at+"."+key, "is it spelt as the vendor does? if so, add it to the fixture", "%s is in no answer of testdata/%s.json", p, task)
			}
		}
	}
	for _, f := range s.Fields {
		check("fields."+f.Name, f.From)
	}
	check("keep", s.Keep)
	check("removals", s.Removals)
	check("explode", s.Explode)
}
