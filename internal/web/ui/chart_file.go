package ui

import (
	"cmp"
	"encoding/csv"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"purser"
)

// chartFile is the table behind a chart as a file, an amount as a number with its currency
// beside it, as in all files. It stands in the page itself, so
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
	amounts := len(d.Points) > 0 && len(d.Points[0].Money) > 0
	for _, s := range d.Series {
		if f.Heads = append(f.Heads, s.Label); amounts {
			f.Heads = append(f.Heads, s.Label+": currency")
		}
	}
	for i := len(d.Points) - 1; i >= 0; i-- {
		row := []string{d.Points[i].Label}
		for n := range d.Series {
			if amounts {
				row = append(row, d.Points[i].Money[n].Decimal(), d.Points[i].Money[n].Currency)
			} else {
				row = append(row, itoa(d.Points[i].Values[n]))
			}
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

func barsFile(sentence string, bars []Bar) chartFile {
	f := chartFile{Sentence: sentence, Heads: []string{"What", "Number", "Note"}}
	amounts := len(bars) > 0 && bars[0].Money != nil
	if amounts {
		f.Heads = []string{"What", "Amount", "Currency", "Note"}
	}
	for _, b := range bars {
		row := []string{b.Label, cmp.Or(b.Text, itoa(b.Value)), b.Note}
		if amounts {
			row = []string{b.Label, b.Money.Decimal(), b.Money.Currency, b.Note}
		}
		f.Rows = append(f.Rows, row)
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
