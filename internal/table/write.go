package table

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"purser"
)

// Formats lists the kinds of files; lines is one JSON object a line.
func Formats() []string { return []string{"csv", "xlsx", "json", "lines"} }

// Media is the media type of a kind of file.
func Media(format string) string {
	switch format {
	case "xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case "json":
		return "application/json"
	case "lines":
		return "application/x-ndjson"
	}
	return "text/csv; charset=utf-8"
}

// Writer writes rows one by one: memory does not grow with them.
type Writer interface {
	Row(cells []string) error
	Close() error
	// Drop lets go of what was written so far: the file is not to be finished.
	Drop()
}

// NewWriter begins a file of some columns. In CSV and workbooks text that a table
// program would run as a formula is made plain; JSON computes nothing, and keeps it.
// A column of money becomes two, of numbers and of currencies.
func NewWriter(w io.Writer, format, title string, heads []Head, named bool) (Writer, error) {
	heads = filed(heads)
	names := make([]string, len(heads))
	for i, h := range heads {
		if names[i] = h.Title; named || format == "json" || format == "lines" {
			names[i] = h.Key
		}
	}
	switch format {
	case "csv":
		out := &csvWriter{w: csv.NewWriter(w), heads: make([]Head, len(heads))}
		err := out.Row(names)
		out.heads = heads
		return out, err
	case "xlsx":
		return newBook(w, title, heads, names)
	case "json", "lines":
		return newJSON(w, format == "lines", heads, names)
	}
	return nil, purser.Invalid("format", "%q is not a kind of file; csv, xlsx and json are", format)
}

// write writes the file that rows begins, once it knows the columns, and fills.
func write(w io.Writer, format, title string, named bool, rows func(begin func([]Head) error, fn func([]string) error) error) error {
	var out Writer
	err := rows(func(heads []Head) (err error) {
		out, err = NewWriter(w, format, title, heads, named)
		return err
	}, func(cells []string) error { return out.Row(cells) })
	switch {
	case out == nil:
		return err
	case err != nil:
		out.Drop()
		return err
	}
	return out.Close()
}

type csvWriter struct {
	w     *csv.Writer
	heads []Head // of the rows to come
}

// Row writes a line. A number below 0 begins like a formula, and is none.
func (c *csvWriter) Row(cells []string) error {
	for i, cell := range cells {
		if _, none := strconv.ParseFloat(cell, 64); none != nil || !c.heads[i].Number && !c.heads[i].amount {
			cells[i] = purser.NeutralCell(cell)
		}
	}
	return c.w.Write(cells)
}

// Close writes what is left.
func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// Drop has nothing to let go of.
func (c *csvWriter) Drop() {}

// sheetRows is how many rows a sheet of a workbook holds, its head among them.
const sheetRows = 1_048_576

// book is a workbook. Its rows wait in a temporary file above 16 MiB: an .xlsx is
// a packed folder, of which nothing can be sent before the last row is known.
type book struct {
	out    io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	title  string
	heads  []Head
	names  []any
	sheet  int
	row    int
}

func newBook(w io.Writer, title string, heads []Head, names []string) (*book, error) {
	b := &book{out: w, file: excelize.NewFile(), title: sheetName(title), heads: heads}
	for _, n := range names {
		b.names = append(b.names, purser.NeutralCell(n))
	}
	return b, b.begin()
}

// sheetName is a title as a workbook takes it for the name of a sheet: at most 31
// characters, with room for the number of a second sheet, and none of its marks.
func sheetName(title string) string {
	plain := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) {
			return '-'
		}
		return r
	}, title))
	return strings.Trim(string(plain[:min(len(plain), 28)]), " '")
}

// begin starts the first sheet, or the next one where a sheet is full.
func (b *book) begin() (err error) {
	name := b.title
	if b.sheet++; b.sheet > 1 {
		if err := b.stream.Flush(); err != nil {
			return err
		}
		name = fmt.Sprintf("%s %d", b.title, b.sheet)
		_, err = b.file.NewSheet(name)
	} else {
		err = b.file.SetSheetName("Sheet1", name)
	}
	if err != nil {
		return err
	}
	if b.stream, err = b.file.NewStreamWriter(name); err != nil {
		return err
	}
	if err := b.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	b.row = 1
	return b.stream.SetRow("A1", b.names)
}

// Row adds a row. Numbers stay numbers, everything else is text.
func (b *book) Row(cells []string) error {
	if b.row == sheetRows {
		if err := b.begin(); err != nil {
			return err
		}
	}
	b.row++
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = purser.NeutralCell(c)
		if n, err := strconv.ParseInt(c, 10, 64); err == nil && b.heads[i].Number {
			values[i] = n
		}
		if n, err := strconv.ParseFloat(c, 64); err == nil && b.heads[i].amount {
			values[i] = n
		}
	}
	return b.stream.SetRow("A"+strconv.Itoa(b.row), values)
}

// Close sends the workbook.
func (b *book) Close() error {
	return errors.Join(b.stream.Flush(), b.file.Write(b.out), b.file.Close())
}

// Drop removes the temporary files.
func (b *book) Drop() { _ = b.file.Close() }

// jsonWriter writes objects whose members stand in the order of the columns.
type jsonWriter struct {
	w     io.Writer
	heads []Head
	keys  [][]byte
	lines bool
	any   bool
}

func newJSON(w io.Writer, lines bool, heads []Head, names []string) (*jsonWriter, error) {
	j := &jsonWriter{w: w, heads: heads, lines: lines}
	for _, n := range names {
		key, err := json.Marshal(n)
		if err != nil {
			return nil, err
		}
		j.keys = append(j.keys, key)
	}
	return j, nil
}

// Row writes an object. A number that nobody knows is null.
func (j *jsonWriter) Row(cells []string) error {
	var line []byte
	switch {
	case j.lines:
	case j.any:
		line = append(line, ",\n"...)
	default:
		line = append(line, "[\n"...)
	}
	j.any = true
	line = append(line, '{')
	for i, c := range cells {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(append(line, j.keys[i]...), ':')
		n, err := strconv.ParseInt(c, 10, 64)
		_, noAmount := strconv.ParseFloat(c, 64)
		switch {
		case j.heads[i].amount && c == "":
			line = append(line, "null"...)
		case j.heads[i].amount && noAmount == nil:
			line = append(line, c...)
		case j.heads[i].Number && err == nil:
			line = strconv.AppendInt(line, n, 10)
		case j.heads[i].Number:
			line = append(line, "null"...)
		default:
			value, err := json.Marshal(c)
			if err != nil {
				return err
			}
			line = append(line, value...)
		}
	}
	line = append(line, '}')
	if j.lines {
		line = append(line, '\n')
	}
	_, err := j.w.Write(line)
	return err
}

// Close ends the list.
func (j *jsonWriter) Close() error {
	end := "\n]\n"
	switch {
	case j.lines:
		return nil
	case !j.any:
		end = "[]\n"
	}
	_, err := io.WriteString(j.w, end)
	return err
}

// Drop has nothing to let go of.
func (j *jsonWriter) Drop() {}
