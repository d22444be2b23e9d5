package connectors_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
)

// lines takes an answer apart that is a table or JSON Lines: an object a line.
func (a answerOf) lines() any {
	a.t.Helper()
	out := []any{}
	if a.stream.Body == "ndjson" {
		for line := range bytes.Lines(a.body) {
			var item any
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if err := json.Unmarshal(line, &item); err != nil {
				a.t.Fatal(err)
			}
			out = append(out, item)
		}
		return out
	}
	rows, err := csv.NewReader(bytes.NewReader(a.body)).ReadAll()
	if err != nil {
		a.t.Fatal(err)
	}
	for _, row := range rows[1:] {
		item := object{}
		for i, name := range a.columns() {
			item[name] = row[i]
		}
		out = append(out, item)
	}
	return out
}

// columns are the names in the first line of a table.
func (a answerOf) columns() []string {
	a.t.Helper()
	names, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\ufeff")))).Read()
	if err != nil {
		a.t.Fatal(err)
	}
	return names
}

// written puts an answer together again, in the stream's form.
func (a answerOf) written(root any) []byte {
	a.t.Helper()
	var b bytes.Buffer
	switch a.stream.Body {
	case "csv":
		b.WriteString(a.row(func(name string) any { return name }))
		for _, item := range root.([]any) {
			of, _ := item.(object)
			b.WriteString(a.row(func(name string) any { return of[name] }))
		}
	case "ndjson":
		for _, item := range root.([]any) {
			if err := json.NewEncoder(&b).Encode(item); err != nil {
				a.t.Fatal(err)
			}
		}
	default:
		body, err := json.Marshal(root)
		if err != nil {
			a.t.Fatal(err)
		}
		return body
	}
	return b.Bytes()
}

// row is a line of a table with every cell in quotes, so that a cut is seen wherever it is.
func (a answerOf) row(cell func(name string) any) string {
	var cells []string
	for _, name := range a.columns() {
		text := ""
		if v := cell(name); v != nil {
			text = fmt.Sprint(v)
		}
		cells = append(cells, `"`+strings.ReplaceAll(text, `"`, `""`)+`"`)
	}
	return strings.Join(cells, ",") + "\r\n"
}
