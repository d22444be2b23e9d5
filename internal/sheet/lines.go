package sheet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"purser"
)

func itoa(n int) string { return strconv.Itoa(n) }

// lineReader reads JSON Lines: an object a line. A member of an inner object is
// the column outer.inner; a list is one cell with its texts, and stands in Lists.
type lineReader struct {
	in     *bufio.Reader
	facts  Facts
	limits Limits
	header []string
	at     map[string]int
	line   int
	cells  []string
	lists  [][]string
}

func openLines(in *bufio.Reader, o Options, facts Facts) (Reader, error) {
	in, name, err := text(in, o.Encoding)
	if err != nil {
		return nil, err
	}
	facts.Encoding = name
	return &lineReader{in: in, facts: facts, limits: o.Limits, at: map[string]int{}}, nil
}

func (l *lineReader) Header() []string { return l.header }
func (l *lineReader) Facts() Facts     { return l.facts }
func (l *lineReader) Close() error     { return nil }

// Next returns the next object.
func (l *lineReader) Next() (Row, error) {
	for {
		raw, err := l.read()
		if err != nil {
			return Row{}, err
		}
		l.line++
		if raw = bytes.TrimSpace(raw); len(raw) == 0 {
			continue
		}
		clear(l.cells)
		clear(l.lists)
		if fault := l.object(raw); fault != "" {
			return Row{Line: l.line, Fault: fault}, nil
		}
		return Row{Line: l.line, Cells: l.cells, Lists: l.lists}, nil
	}
}

// read returns one line; a line that is too long ends the file.
func (l *lineReader) read() ([]byte, error) {
	var whole []byte
	for {
		part, err := l.in.ReadSlice('\n')
		if whole == nil && err == nil {
			return part, nil
		}
		whole = append(whole, part...)
		if len(whole) > l.limits.Cell {
			return nil, broken("line %d is longer than %d KiB", l.line+1, l.limits.Cell>>10)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(whole) > 0:
			return whole, nil
		case err != nil:
			if _, ok := errors.AsType[*purser.Error](err); ok || errors.Is(err, io.EOF) {
				return nil, err
			}
			return nil, broken("the file cannot be read further: %v", err)
		default:
			return whole, nil
		}
	}
}

func (l *lineReader) object(raw []byte) (fault string) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var object map[string]any
	if err := dec.Decode(&object); err != nil || object == nil {
		return "the line is no JSON object"
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return "more than one JSON object stands in the line"
	}
	return l.members("", object, 0)
}

func (l *lineReader) members(prefix string, object map[string]any, depth int) (fault string) {
	if depth > 8 {
		return "objects are nested too deep"
	}
	for name, v := range object {
		column := prefix + name
		switch v := v.(type) {
		case nil:
		case map[string]any:
			if fault := l.members(column+".", v, depth+1); fault != "" {
				return fault
			}
		case []any:
			texts := make([]string, 0, len(v))
			for _, item := range v {
				if s, ok := scalar(item); ok && s != "" {
					texts = append(texts, s)
				}
			}
			if fault := l.put(column, strings.Join(texts, "; "), texts); fault != "" {
				return fault
			}
		default:
			s, _ := scalar(v)
			if fault := l.put(column, s, nil); fault != "" {
				return fault
			}
		}
	}
	return ""
}

func (l *lineReader) put(column, cell string, list []string) (fault string) {
	i, known := l.at[column]
	if !known {
		if i = len(l.header); i >= l.limits.Columns {
			return "there are more than " + itoa(l.limits.Columns) + " different members"
		}
		l.at[column] = i
		l.header, l.cells, l.lists = append(l.header, column), append(l.cells, ""), append(l.lists, nil)
	}
	l.cells[i], l.lists[i] = cell, list
	return ""
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}
