package load

import (
	"context"
	"encoding/csv"
	"errors"
	"io"

	"purser"
	"purser/internal/sheet"
)

// Rejects writes the rows of a file that could not be read as a CSV: line, reason,
// and the cells as they stand in the file, to be mended and loaded again. It
// reads the file once more, so the file must be kept still.
func (s *Service) Rejects(ctx context.Context, id string, w io.Writer) error {
	if err := s.Gate.Allow(ctx, purser.OpLoadWrite); err != nil {
		return err
	}
	row, err := s.row(ctx, id)
	if err != nil {
		return err
	}
	if err := s.HasRejects(ctx, id); err != nil {
		return err
	}
	reader, convert, err := s.reading(ctx, row)
	if err != nil {
		return refused(err)
	}
	defer func() { _ = reader.Close() }()
	out := csv.NewWriter(w)
	header := reader.Header()
	if row.Form == string(sheet.JSONL) { // its columns come up on the way
		if header, err = s.allColumns(ctx, id); err != nil {
			return err
		}
	}
	if err := out.Write(append([]string{"line", "reason"}, neutral(header)...)); err != nil {
		return err
	}
	known := 0
	for ctx.Err() == nil {
		r, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return refused(err)
		}
		if h := reader.Header(); len(h) != known {
			known = len(h)
			convert.Columns(h)
		}
		_, faults := convert.Row(r)
		if len(faults) == 0 {
			continue
		}
		reason := ""
		for n, f := range faults {
			if n > 0 {
				reason += "; "
			}
			if f.Column != "" {
				reason += f.Column + ": "
			}
			reason += f.Reason
		}
		cells := make([]string, len(header))
		copy(cells, r.Cells)
		if err := out.Write(append([]string{itoa(r.Line), reason}, neutral(cells)...)); err != nil {
			return err
		}
	}
	out.Flush()
	return errors.Join(out.Error(), ctx.Err())
}

// HasRejects refuses to write rejects that cannot be had.
func (s *Service) HasRejects(ctx context.Context, id string) error {
	row, err := s.row(ctx, id)
	switch {
	case err != nil:
		return err
	case row.Form == "pages":
		return &purser.Problem{Kind: purser.ProblemConflict, What: "the load has pages, not a file", Hint: "The run's rejects name what could not be read"}
	case row.Kept == 0 || row.Mapping == "":
		return &purser.Problem{Kind: purser.ProblemConflict, What: "the file of this load is not kept any more", Hint: "The contents of the newest three loads of a kind are kept"}
	}
	return nil
}

// allColumns reads a file to its end for the names of its columns.
func (s *Service) allColumns(ctx context.Context, id string) ([]string, error) {
	row, err := s.row(ctx, id)
	if err != nil {
		return nil, err
	}
	reader, _, err := s.reading(ctx, row)
	if err != nil {
		return nil, refused(err)
	}
	defer func() { _ = reader.Close() }()
	for ctx.Err() == nil {
		if _, err := reader.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, refused(err)
		}
	}
	return reader.Header(), ctx.Err()
}

// neutral makes cells harmless for the spreadsheet in which they are mended.
func neutral(cells []string) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		out[i] = purser.NeutralCell(cell)
	}
	return out
}
