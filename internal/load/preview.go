package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"purser"
	"purser/internal/columns"
	"purser/internal/sheet"
	"purser/internal/source"
	"purser/internal/store"
)

// previewRows is how many rows a preview shows; so many more are looked at for faults.
const (
	previewRows = 10
	checkedRows = 1000
)

// FilePreview is what a file holds, and what a mapping makes of its first rows.
type FilePreview struct {
	Load    purser.Load     `json:"load"`
	Facts   sheet.Facts     `json:"facts"`
	Columns []string        `json:"columns"`
	Samples [][]string      `json:"samples"` // the first rows as they stand in the file
	Mapping columns.Mapping `json:"mapping"`
	Guessed bool            `json:"guessed"` // the mapping is proposed by the names of the columns
	// Problem says why the mapping cannot be used, "" if it can.
	Problem string          `json:"problem,omitempty"`
	Field   string          `json:"field,omitempty"` // at fault
	Rows    []FileRow       `json:"rows"`
	Checked int             `json:"checked"` // rows that were looked at
	Faulty  int             `json:"faulty"`  // of them, those that could not be read
	Faults  []columns.Fault `json:"faults"`  // the first of them
	// Words are what the file says in fields with a closed list of values.
	Words []columns.FieldWords `json:"words"`
}

// FileRow is one row as it would be kept.
type FileRow struct {
	Line   int             `json:"line"`
	Values map[string]any  `json:"values,omitempty"`
	Gone   bool            `json:"removed,omitempty"`
	Faults []columns.Fault `json:"faults,omitempty"`
}

// Preview shows a load's file with a mapping: the given one, else the one that the
// load has, else one that is proposed.
func (s *Service) Preview(ctx context.Context, id string, m *columns.Mapping) (FilePreview, error) {
	if err := s.Gate.Allow(ctx, purser.OpLoadWrite); err != nil {
		return FilePreview{}, err
	}
	row, err := s.row(ctx, id)
	if err != nil {
		return FilePreview{}, err
	}
	if row.Kept == 0 || row.Form == "pages" || row.Bytes == 0 {
		return FilePreview{}, &purser.Problem{Kind: purser.ProblemConflict, What: "there is no file to look at", Hint: "Send it first"}
	}
	p := FilePreview{Load: row.Load()}
	if m == nil && row.Mapping != "" {
		m = &columns.Mapping{}
		if err := json.Unmarshal([]byte(row.Mapping), m); err != nil {
			return FilePreview{}, fmt.Errorf("read a load's mapping: %w", err)
		}
	}
	o := sheet.Options{Name: row.Name}
	if m != nil {
		o.Sheet, o.HeaderRow = m.Sheet, m.HeaderRow
	}
	head, err := s.head(ctx, row, o)
	if err != nil {
		return FilePreview{}, refused(err)
	}
	p.Facts, p.Columns = head.facts, head.header
	for _, r := range head.rows[:min(previewRows, len(head.rows))] {
		p.Samples = append(p.Samples, r.Cells)
	}
	if m == nil {
		guess := columns.Suggest(purser.Kind(row.Kind), head.header, head.rows)
		m, p.Guessed = &guess, true
	}
	p.Mapping = *m
	p.Mapping.Kind = purser.Kind(row.Kind)
	p.try(head)
	return p, nil
}

// try makes records of the first rows.
func (p *FilePreview) try(h head) {
	p.Rows, p.Faults = []FileRow{}, []columns.Fault{}
	p.Words = columns.Words(p.Mapping, h.header, h.rows)
	convert, err := columns.NewConverter(p.Mapping, h.header, h.facts.Form)
	if err != nil {
		p.Problem = err.Error()
		if bad, ok := errors.AsType[*purser.Problem](err); ok {
			p.Problem, p.Field = bad.What, bad.Field
		}
		return
	}
	for _, row := range h.rows {
		p.Checked++
		record, faults := convert.Row(row)
		if len(faults) > 0 {
			p.Faulty++
			p.Faults = append(p.Faults, faults[:min(len(faults), max(0, 50-len(p.Faults)))]...)
		}
		if len(p.Rows) == previewRows {
			continue
		}
		out := FileRow{Line: row.Line, Faults: faults, Gone: record.Removed, Values: map[string]any{}}
		for _, v := range record.Values {
			out.Values[v.Name] = v.Value
		}
		p.Rows = append(p.Rows, out)
	}
}

// head is the beginning of a file.
type head struct {
	facts  sheet.Facts
	header []string
	rows   []sheet.Row
}

func (s *Service) head(ctx context.Context, row store.LoadRow, o sheet.Options) (h head, err error) {
	reader, err := sheet.Open(source.ReadParts(ctx, s.DB, row.No), o)
	if err != nil {
		return h, err
	}
	defer func() { _ = reader.Close() }()
	for len(h.rows) < checkedRows {
		r, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return h, err
		}
		r.Cells, r.Lists = slices.Clone(r.Cells), slices.Clone(r.Lists)
		for i, cell := range r.Cells {
			r.Cells[i] = cloned(cell)
		}
		h.rows = append(h.rows, r)
	}
	h.facts, h.header = reader.Facts(), slices.Clone(reader.Header())
	return h, nil
}

// cloned lets go of the line that a cell is a part of.
func cloned(s string) string { return string(append([]byte(nil), s...)) }

// refused tells a file that cannot be read as a refusal of the file.
func refused(err error) error {
	e, ok := errors.AsType[*purser.Error](err)
	if !ok || e.Class == purser.ClassInternal {
		return err
	}
	return &purser.Problem{Kind: purser.ProblemInvalid, Field: "file", What: e.What, Hint: e.Hint}
}
