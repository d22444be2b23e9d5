package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of the parts of a workbook, which is a packed folder.
const (
	maxParts    = 2000
	maxUnpacked = 1 << 30
	maxRatio    = 250      // of a part above 8 MiB: written numbers pack twenty-fold, hardly ever a hundred-fold
	inMemory    = 16 << 20 // a larger part is unpacked into a temporary file
)

// bookReader reads a sheet of a workbook row by row. Cells come as they are kept
// and not as they are shown: a date is a number of days (see Serial).
type bookReader struct {
	file   *excelize.File
	rows   *excelize.Rows
	header []string
	facts  Facts
	line   int
	limits Limits
}

func openWorkbook(in io.Reader, o Options, facts Facts) (_ Reader, err error) {
	raw, err := io.ReadAll(io.LimitReader(in, o.Limits.Workbook+1))
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) > o.Limits.Workbook {
		return nil, broken("the workbook is larger than %d MiB: save it as CSV, which may be larger", o.Limits.Workbook>>20)
	}
	if err := weigh(raw); err != nil {
		return nil, err
	}
	b := &bookReader{facts: facts, limits: o.Limits}
	defer func() {
		if p := recover(); p != nil { // the library's own slip on a damaged file
			err = broken("the workbook is damaged (%v)", fmt.Sprintf("%T", p))
		}
		if err != nil {
			_ = b.Close()
		}
	}()
	b.file, err = excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: inMemory})
	if err != nil {
		if errors.Is(err, excelize.ErrWorkbookPassword) || errors.Is(err, excelize.ErrWorkbookFileFormat) {
			return nil, broken("the workbook is protected by a password, or is no workbook of Excel 2007 or later")
		}
		return nil, broken("the workbook cannot be opened")
	}
	b.facts.Sheets = b.file.GetSheetList()
	b.facts.Sheet = o.Sheet
	if b.facts.Sheet == "" && len(b.facts.Sheets) > 0 {
		b.facts.Sheet = b.facts.Sheets[0]
	}
	if !slices.Contains(b.facts.Sheets, b.facts.Sheet) {
		return nil, broken("the workbook has no sheet %q; it has %s", b.facts.Sheet, strings.Join(b.facts.Sheets, ", "))
	}
	if b.rows, err = b.file.Rows(b.facts.Sheet); err != nil {
		return nil, broken("the sheet %s cannot be read", b.facts.Sheet)
	}
	for {
		row, err := b.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil, broken("the sheet %s has no row with the names of the columns", b.facts.Sheet)
		case err != nil:
			return nil, err
		case o.HeaderRow > 0 && row.Line < o.HeaderRow:
			continue
		}
		if b.header, err = names(row.Cells, o.Limits); err != nil {
			return nil, err
		}
		return b, nil
	}
}

// weigh refuses a workbook that would grow beyond all measure, before it is unpacked.
func weigh(raw []byte) error {
	folder, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return broken("the file is no workbook of Excel 2007 or later, or it is cut off")
	}
	if len(folder.File) > maxParts {
		return broken("the workbook has %d parts: it is refused", len(folder.File))
	}
	var all uint64
	for _, part := range folder.File {
		all += part.UncompressedSize64
		if all > maxUnpacked {
			return broken("the workbook grows to more than %d MiB: it is refused", maxUnpacked>>20)
		}
		if part.UncompressedSize64 > 8<<20 && part.UncompressedSize64 > part.CompressedSize64*maxRatio {
			return broken("a part of the workbook grows to more than %d times its size: it is refused", maxRatio)
		}
	}
	return nil
}

func (b *bookReader) Header() []string { return b.header }
func (b *bookReader) Facts() Facts     { return b.facts }

// Close removes the temporary files.
func (b *bookReader) Close() error {
	var errs []error
	if b.rows != nil {
		errs = append(errs, b.rows.Close())
	}
	if b.file != nil {
		errs = append(errs, b.file.Close())
	}
	return errors.Join(errs...)
}

// Next returns the next row that is not empty.
func (b *bookReader) Next() (row Row, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = broken("the sheet %s is damaged after row %d", b.facts.Sheet, b.line)
		}
	}()
	for b.rows.Next() {
		b.line++
		cells, err := b.rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return Row{}, broken("the sheet %s cannot be read after row %d", b.facts.Sheet, b.line-1)
		}
		if blank(cells) {
			continue
		}
		if len(cells) > b.limits.Columns && !blank(cells[b.limits.Columns:]) {
			return Row{Line: b.line, Fault: "the row has more than " + itoa(b.limits.Columns) + " columns"}, nil
		}
		for i, cell := range cells {
			cells[i] = exact(cell)
		}
		row := Row{Line: b.line, Cells: cells}
		if b.header != nil && len(cells) > len(b.header) && !blank(cells[len(b.header):]) {
			row.Fault = "the row has " + itoa(len(cells)) + " columns, the first row names " + itoa(len(b.header))
		}
		return row, nil
	}
	if err := b.rows.Error(); err != nil {
		return Row{}, broken("the sheet %s cannot be read after row %d", b.facts.Sheet, b.line)
	}
	return Row{}, io.EOF
}

// noisy is how a spreadsheet keeps 19.99: 19.989999999999998.
var noisy = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$`)

// exact gives a number the fifteen digits that a spreadsheet counts with.
func exact(cell string) string {
	if len(cell) < 16 && !strings.Contains(cell, "E") || !strings.ContainsAny(cell, ".E") || !noisy.MatchString(cell) {
		return cell
	}
	f, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return cell
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil {
		return cell
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
