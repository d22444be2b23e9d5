package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/columns"
	"purser/internal/sheet"
	"purser/internal/store"
)

// Limits of an import.
const (
	mostImport = 5 << 20 // bytes of the file
	mostRows   = 20_000
	// mostWritten is how many contracts one file may add and change: they are written in
	// one transaction, all or none, and SQLite has nobody else write meanwhile.
	mostWritten = 1_500
	weighed     = 100 // contracts that are looked at in one transaction
	keepImport  = 24 * time.Hour
)

// What a row of a file would do.
const (
	ImportNew      = "new"
	ImportChange   = "change"
	ImportSame     = "same"
	ImportConflict = "conflict" // the contract was changed since the file was exported
	ImportFault    = "fault"
)

// Import is a file with contracts, and what it would do. Nothing of it is written
// before it is confirmed.
type Import struct {
	ID      string          `json:"id"`
	File    string          `json:"file"`
	Facts   sheet.Facts     `json:"facts"`
	Columns []string        `json:"columns"`
	Samples [][]string      `json:"samples"`
	Mapping columns.Mapping `json:"mapping"`
	Guessed bool            `json:"guessed"`           // the mapping is proposed by the names of the columns
	Problem string          `json:"problem,omitempty"` // why the mapping cannot be used
	Field   string          `json:"field,omitempty"`   // at fault
	Rows    []ImportRow     `json:"rows"`              // one a contract
	Counts  map[string]int  `json:"counts"`            // by what they do
}

// ImportRow is what would become of a contract.
type ImportRow struct {
	Line    int             `json:"line"` // the first one of the contract
	ID      string          `json:"id,omitempty"`
	Name    string          `json:"name"`
	What    string          `json:"what" enum:"new,change,same,conflict,fault"`
	Changes []FieldChange   `json:"changes,omitempty"`
	Twin    string          `json:"twin,omitempty" doc:"a contract of the same name and vendor that is there already: this one would be another"`
	Managed []string        `json:"managed,omitempty" doc:"applications that would become managed, as the contract names them"`
	Faults  []columns.Fault `json:"faults,omitempty"`

	input purser.ContractInput
}

// FieldChange is one field that would change.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// StartImport keeps a file of contracts: CSV, JSON Lines or a workbook.
func (s *Service) StartImport(ctx context.Context, name string, r io.Reader) (Import, error) {
	if err := s.mayWrite(ctx); err != nil {
		return Import{}, err
	}
	content, err := io.ReadAll(io.LimitReader(r, mostImport+1))
	switch {
	case err != nil:
		return Import{}, purser.Invalid("file", "the file did not come whole: %v", err)
	case len(content) == 0:
		return Import{}, purser.Invalid("file", "the file is empty")
	case len(content) > mostImport:
		return Import{}, purser.Invalid("file", "the file is larger than %d MiB", mostImport>>20)
	}
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > 200 {
		name = "contracts"
	}
	row := store.ContractImportRow{ID: s.ids.New(purser.PrefixContractImport), Name: name, Content: content, MadeBy: by(ctx), MadeAt: purser.MicrosOf(s.Now())}
	if _, _, err := read(row, nil); err != nil {
		return Import{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.InsertContractImport(ctx, tx, row, purser.MicrosOf(s.Now().Add(-keepImport)))
	})
	if err != nil {
		return Import{}, err
	}
	return s.PreviewImport(ctx, row.ID, nil)
}

// PreviewImport tells what a file would do with a mapping, the proposed one if m is nil.
func (s *Service) PreviewImport(ctx context.Context, id string, m *columns.Mapping) (Import, error) {
	if err := s.mayWrite(ctx); err != nil {
		return Import{}, err
	}
	row, ok, err := store.ContractImport(ctx, s.DB.Read(), id)
	if err != nil {
		return Import{}, err
	}
	if !ok {
		return Import{}, purser.NotFound("import", id)
	}
	in, rows, err := read(row, m)
	if err != nil {
		return in, err
	}
	in.Rows, in.Counts = []ImportRow{}, map[string]int{}
	drafts, err := draftsOf(&in, rows)
	if err != nil {
		return in, err
	}
	managed := map[string]bool{} // by a row before
	for part := range slices.Chunk(drafts, weighed) {
		err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { // undone: it only finds out
			for _, d := range part {
				r := s.weigh(ctx, tx, in.Mapping, d)
				r.Managed = slices.DeleteFunc(r.Managed, func(name string) bool { return managed[name] })
				for _, name := range r.Managed {
					managed[name] = true
				}
				in.Rows = append(in.Rows, r)
			}
			return undone{}
		})
		if !errors.Is(err, undone{}) {
			return in, err
		}
	}
	for _, r := range in.Rows {
		in.Counts[r.What]++
	}
	if n := in.Counts[ImportNew] + in.Counts[ImportChange]; n > mostWritten {
		in.Field, in.Problem = "file", fmt.Sprintf("the file would write %d contracts, and one file writes %d at most: divide it into several; rows that change nothing do not count", n, mostWritten)
	}
	return in, nil
}

// undone ends a transaction that only found something out.
type undone struct{}

func (undone) Error() string { return "undone" }

// read reads a file with a mapping.
func read(row store.ContractImportRow, m *columns.Mapping) (in Import, rows []sheet.Row, err error) {
	in = Import{ID: row.ID, File: row.Name}
	o := sheet.Options{Name: row.Name}
	if m != nil {
		o.Sheet, o.HeaderRow = m.Sheet, m.HeaderRow
	}
	reader, err := sheet.Open(bytes.NewReader(row.Content), o)
	if err != nil {
		return in, nil, unreadable(err)
	}
	defer func() { _ = reader.Close() }()
	for {
		r, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return in, nil, unreadable(err)
		}
		if len(rows) == mostRows {
			return in, nil, purser.Invalid("file", "the file has more than %d rows", mostRows)
		}
		r.Cells, r.Lists = slices.Clone(r.Cells), slices.Clone(r.Lists)
		for i, cell := range r.Cells {
			r.Cells[i] = purser.BareCell(strings.Clone(cell))
		}
		rows = append(rows, r)
	}
	in.Facts, in.Columns = reader.Facts(), slices.Clone(reader.Header())
	for _, r := range rows[:min(5, len(rows))] {
		in.Samples = append(in.Samples, r.Cells)
	}
	if m == nil {
		guess := columns.Suggest(purser.KindContract, in.Columns, rows)
		m, in.Guessed = &guess, true
	}
	in.Mapping = *m
	in.Mapping.Kind = purser.KindContract
	return in, rows, nil
}

func unreadable(err error) error {
	if e, ok := errors.AsType[*purser.Error](err); ok && e.Class != purser.ClassInternal {
		return &purser.Problem{Kind: purser.ProblemInvalid, Field: "file", What: e.What, Hint: e.Hint}
	}
	return err
}

// ApplyImport writes what a file says, but for rows with faults and conflicts: those
// stay as they are and are told again. It is refused where nothing can be taken over.
func (s *Service) ApplyImport(ctx context.Context, id string, m *columns.Mapping) (Import, error) {
	in, err := s.PreviewImport(ctx, id, m)
	if err != nil {
		return in, err
	}
	if in.Problem != "" {
		return in, purser.Invalid(in.Field, "%s", in.Problem)
	}
	if in.Counts[ImportNew]+in.Counts[ImportChange] == 0 {
		return in, purser.Invalid("file", "nothing of the file would change anything")
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { // all of it or nothing, and once
		ok, err := store.DeleteContractImport(ctx, tx, id)
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: in.File + " was taken over already", Hint: "Look at the contracts: nothing was written twice"}
		}
		for i := range in.Rows {
			if err := s.take(ctx, tx, &in.Rows[i]); err != nil {
				return fmt.Errorf("take over line %d: %w", in.Rows[i].Line, err)
			}
		}
		return nil
	})
	if err != nil {
		return in, err
	}
	s.changed()
	in.Counts = map[string]int{}
	for _, r := range in.Rows {
		in.Counts[r.What]++
	}
	return in, nil
}

// take writes one contract of a file.
func (s *Service) take(ctx context.Context, tx bun.Tx, r *ImportRow) (err error) {
	switch r.What {
	case ImportNew:
		r.ID, err = s.create(ctx, tx, r.input)
	case ImportChange:
		err = s.changeIn(ctx, tx, r.ID, r.input.Version, func(ctx context.Context, tx bun.Tx, c *purser.Contract) ([]int64, error) {
			return s.settle(ctx, tx, c, r.input)
		})
		if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemConflict {
			r.What, r.Faults, err = ImportConflict, []columns.Fault{{Line: r.Line, Reason: p.What}}, nil
		}
	}
	return err
}
