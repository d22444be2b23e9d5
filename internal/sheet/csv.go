package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"purser"
)

// csvReader reads a CSV. A row that is not well formed is a fault of that row.
type csvReader struct {
	in     *csv.Reader
	header []string
	facts  Facts
	limits Limits
	ended  error
}

func openCSV(in *bufio.Reader, o Options, facts Facts) (Reader, error) {
	in, name, err := text(in, o.Encoding)
	if err != nil {
		return nil, err
	}
	facts.Encoding = name
	delimiter := o.Delimiter
	if delimiter == 0 {
		head, _ := in.Peek(32 << 10)
		delimiter = delimiterOf(string(head))
	}
	facts.Delimiter = string(delimiter)
	c := &csvReader{facts: facts, limits: o.Limits}
	c.in = csv.NewReader(&bounded{r: in, most: o.Limits.Cell})
	c.in.Comma, c.in.FieldsPerRecord, c.in.ReuseRecord, c.in.LazyQuotes = delimiter, -1, true, true
	if delimiter == '"' || delimiter == '\r' || delimiter == '\n' || delimiter == utf8.RuneError {
		return nil, broken("%q cannot separate columns", string(delimiter))
	}
	for {
		row, err := c.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil, broken("the file has no row with the names of the columns")
		case err != nil:
			return nil, err
		case o.HeaderRow > 0 && row.Line < o.HeaderRow:
			continue
		case row.Fault != "":
			return nil, broken("the names of the columns cannot be read: %s", row.Fault)
		}
		if c.header, err = names(row.Cells, o.Limits); err != nil {
			return nil, err
		}
		return c, nil
	}
}

// names makes names of the cells of a header: no column is without one, none has it twice.
func names(cells []string, l Limits) ([]string, error) {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > l.Columns {
		return nil, broken("the file has %d columns, at most %d are read", len(cells), l.Columns)
	}
	out := make([]string, len(cells))
	taken := map[string]bool{}
	for i, cell := range cells {
		name := strings.Join(strings.Fields(strings.ToValidUTF8(cell, "")), " ")
		if name == "" {
			name = "column"
		}
		for n, base := 2, name; taken[name]; n++ {
			name = base + " " + itoa(n)
		}
		taken[name] = true
		out[i] = strings.Clone(name)
	}
	return out, nil
}

func (c *csvReader) Header() []string { return c.header }
func (c *csvReader) Facts() Facts     { return c.facts }
func (c *csvReader) Close() error     { return nil }

// Next returns the next row that is not empty.
func (c *csvReader) Next() (Row, error) {
	for {
		if c.ended != nil {
			return Row{}, c.ended
		}
		cells, err := c.in.Read()
		line, _ := 0, 0
		if len(cells) > 0 {
			line, _ = c.in.FieldPos(0)
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			if errors.Is(bad.Err, csv.ErrFieldCount) {
				err = nil
			} else {
				return Row{Line: bad.StartLine, Fault: "quotes do not close"}, nil
			}
		}
		if err != nil {
			c.ended = err
			if _, ok := errors.AsType[*purser.Error](err); !ok && !errors.Is(err, io.EOF) {
				c.ended = broken("the file cannot be read further: %v", err)
			}
			continue
		}
		if blank(cells) {
			continue
		}
		row := Row{Line: line, Cells: cells}
		if len(cells) > c.limits.Columns {
			row.Fault, row.Cells = "the row has more than "+itoa(c.limits.Columns)+" columns", nil
		} else if c.header != nil && len(cells) > len(c.header) && !blank(cells[len(c.header):]) {
			row.Fault = "the row has " + itoa(len(cells)) + " columns, the first row names " + itoa(len(c.header))
		}
		return row, nil
	}
}

func blank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// delimiterOf finds the sign that separates columns: the one that stands as
// often, outside quotes, in each of the first lines.
func delimiterOf(head string) rune {
	lines := make([]map[rune]int, 0, 20)
	for line := range strings.Lines(head) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		counts, quoted := map[rune]int{}, false
		for _, r := range line {
			switch {
			case r == '"':
				quoted = !quoted
			case !quoted && strings.ContainsRune(",;\t|", r):
				counts[r]++
			}
		}
		if lines = append(lines, counts); len(lines) == cap(lines) {
			break
		}
	}
	best, most := ',', 0
	for _, r := range ",;\t|" {
		score := 0
		for i, counts := range lines {
			if counts[r] > 0 {
				score++
			}
			if i > 0 && counts[r] > 0 && counts[r] == lines[0][r] {
				score += 2
			}
		}
		if len(lines) > 0 && lines[0][r] == 0 {
			score = 0 // the names of the columns are separated, too
		}
		if score > most {
			best, most = r, score
		}
	}
	return best
}

// bounded refuses text without an end of a line: one cell would take all memory.
type bounded struct {
	r    io.Reader
	most int
	run  int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	for _, c := range p[:n] {
		if c == '\n' || c == '\r' {
			b.run = 0
			continue
		}
		if b.run++; b.run > 16*b.most {
			return 0, broken("a line is longer than %d MiB", 16*b.most>>20)
		}
	}
	return n, err
}
