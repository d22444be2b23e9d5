package mapping

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// lines reads JSON Lines: an item a line. A line that is cut off is no end.
func (d *decoding) lines() error {
	for {
		if d.dec.PeekKind() == 0 {
			if _, err := d.dec.ReadToken(); !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return err
			}
			return nil
		}
		if err := d.item(); err != nil {
			return err
		}
	}
}

// table reads CSV (RFC 4180, in UTF-8, with or without a byte order mark). The
// first line names the columns, and each further line is an item with a text a
// column; an empty cell says nothing. A line with fewer or more cells than the
// first is an error: it may be cut off.
func (d *decoding) table(body []byte) error {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if !utf8.Valid(body) {
		return badAnswer("the answer is not valid UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(body))
	r.ReuseRecord = true
	first, err := r.Read()
	if err != nil {
		return tableError(err)
	}
	columns, err := d.columns(first)
	if err != nil {
		return err
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return tableError(err)
		}
		d.reset()
		d.row(columns, cells)
		d.made()
	}
}

// columns finds where each column of a table goes; those that no expression
// reads stay unread. A table without any that is read is another table.
func (d *decoding) columns(names []string) ([]column, error) {
	out := make([]column, len(names))
	seen, read := map[string]bool{}, false
	root := d.p.records.root
	for i, name := range names {
		name = strings.TrimSpace(name)
		if seen[name] && name != "" {
			return nil, badAnswer("two columns of the answer have the same name")
		}
		seen[name] = true
		out[i] = column{name: strings.Clone(name), slot: -1}
		if kid := root.child([]byte(name)); kid != nil {
			out[i].slot, read = kid.slot, true
		} else if root.slot < 0 {
			d.drift.count([]byte(name))
		}
	}
	if !read && root.slot < 0 && len(root.kids) > 0 {
		return nil, badAnswer("the first line of the answer names none of the columns that are read")
	}
	return out, nil
}

// column is one column of a table: its slot, -1 where nothing reads it.
type column struct {
	name string
	slot int
}

func (d *decoding) row(columns []column, cells []string) {
	root := d.p.records.root
	whole := &inner{}
	for i, c := range columns {
		var v value
		if cell := strings.TrimSpace(cells[i]); cell != "" && (c.slot >= 0 || root.slot >= 0) {
			v = textValue(d.keep([]byte(cell)))
		}
		if c.slot >= 0 {
			d.frame.slots[c.slot] = v
		}
		if root.slot >= 0 {
			whole.names, whole.items = append(whole.names, c.name), append(whole.items, v)
		}
	}
	if root.slot >= 0 {
		d.frame.slots[root.slot] = value{kind: object, in: whole}
	}
}

// tableError tells what is wrong with a line without quoting it.
func tableError(err error) error {
	bad, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case !ok:
		return err
	case errors.Is(bad.Err, csv.ErrFieldCount):
		return badAnswer(fmt.Sprintf("line %d of the answer has another number of cells than the first", bad.Line))
	}
	return badAnswer(fmt.Sprintf("line %d of the answer is not valid CSV", bad.Line))
}
