package ui

import (
	"encoding/csv"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"purser"
)

// chartFile is the table behind a chart as a file. It stands in the page itself, so
// that it holds exactly what the reader sees.
type chartFile struct {
	Sentence string // of the chart
	Heads    []string
	Rows     [][]string
}

// name is a name of a file made of the first words of the sentence.
func (f chartFile) name() string {
	words := strings.FieldsFunc(strings.ToLower(f.Sentence), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words[:min(6, len(words))], "-") + ".csv"
}

func (f chartFile) href() templ.SafeURL {
	var text strings.Builder
	w := csv.NewWriter(&text) // a builder takes everything
	for _, row := range append([][]string{f.Heads}, f.Rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = purser.NeutralCell(cell)
		}
		_ = w.Write(cells)
	}
	w.Flush()
	return templ.SafeURL("data:text/csv;charset=utf-8," + url.PathEscape(text.String()))
}

func (d TrendData) file() chartFile {
	f := chartFile{Sentence: d.Sentence, Heads: []string{d.First}}
	for _, s := range d.Series {
		f.Heads = append(f.Heads, s.Label)
	}
	for i := len(d.Points) - 1; i >= 0; i-- {
		row := []string{d.Points[i].Label}
		for n := range d.Series {
			row = append(row, d.Points[i].text(n))
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

func barsFile(sentence string, bars []Bar) chartFile {
	f := chartFile{Sentence: sentence, Heads: []string{"What", "Number", "Note"}}
	for _, b := range bars {
		number := b.Text
		if number == "" {
			number = itoa(b.Value)
		}
		f.Rows = append(f.Rows, []string{b.Label, number, b.Note})
	}
	return f
}

func shareFile(sentence string, parts []Share) chartFile {
	f := chartFile{Sentence: sentence, Heads: []string{"What", "Number"}}
	for _, p := range parts {
		f.Rows = append(f.Rows, []string{p.Label, itoa(p.Value)})
	}
	return f
}
