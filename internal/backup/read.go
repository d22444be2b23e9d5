package backup

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"filippo.io/age"

	"purser"
	"purser/internal/store"
)

// longest is how long a line may be: no row of Purser's comes near it.
const longest = 64 << 20

// Reader reads a backup, table after table.
type Reader struct {
	Header Header
	lines  *bufio.Reader
	sum    Summary
}

// Open reads the first line. Whoever cannot open the file is told so as a
// *purser.Problem.
func Open(r io.Reader, with ...age.Identity) (*Reader, error) {
	plain, err := age.Decrypt(bufio.NewReaderSize(r, 64<<10), with...)
	if err != nil {
		if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
			return nil, &purser.Problem{Kind: purser.ProblemInvalid, What: "the backup does not open with this passphrase or key",
				Hint: "Give the passphrase it was made with (--passphrase-file), or the age key of one of its recipients (--identity)"}
		}
		return nil, damaged(fmt.Errorf("it is no age file: %w", err))
	}
	unpacked, err := gzip.NewReader(plain)
	if err != nil {
		return nil, damaged(err)
	}
	b := &Reader{lines: bufio.NewReaderSize(unpacked, 64<<10)}
	line, err := b.line(nil)
	if err != nil {
		return nil, damaged(err)
	}
	if err := json.Unmarshal(line, &b.Header); err != nil || b.Header.Form == 0 {
		return nil, damaged(errors.New("it does not begin as a backup of Purser does"))
	}
	if b.Header.Form != form {
		return nil, &purser.Problem{Kind: purser.ProblemInvalid, What: fmt.Sprintf("the backup has form %d, this Purser reads form %d", b.Header.Form, form),
			Hint: "Restore it with the version that made it or a newer one"}
	}
	b.sum = Summary{MadeAt: b.Header.MadeAt, Version: b.Header.Version, Database: b.Header.Database}
	return b, nil
}

// damaged is the refusal of a file that is cut, changed or no backup.
func damaged(err error) error {
	return fmt.Errorf("%w (%w)", &purser.Problem{Kind: purser.ProblemInvalid, What: "the backup is damaged or incomplete",
		Hint: "Nothing was restored. Take another copy of it"}, err)
}

// Each calls fn with every table and what gives its rows, until nil; fn must take
// all of them. What was read holds only if Each returns nil: at the very end it is
// seen that nothing is missing.
func (b *Reader) Each(fn func(t store.Table, next func() ([]any, error)) error) (Summary, error) {
	for _, h := range b.Header.Tables {
		t := h.table()
		begin, err := b.mark()
		if err != nil || begin.Table != t.Name {
			return b.sum, damaged(errors.Join(err, fmt.Errorf("the rows of %s do not follow", t.Name)))
		}
		rows := &rows{reader: b, table: t, hash: sha256.New()}
		if err := fn(t, rows.next); err != nil {
			if rows.err != nil {
				return b.sum, damaged(rows.err)
			}
			return b.sum, err
		}
		if !rows.ended {
			return b.sum, fmt.Errorf("rows of %s were left", t.Name)
		}
		b.sum.Tables++
		b.sum.Rows += rows.n
	}
	end, err := b.mark()
	if err != nil || end.End != endOfBackup || end.Tables != b.sum.Tables || end.Rows != b.sum.Rows {
		return b.sum, damaged(errors.Join(err, errors.New("its end is missing")))
	}
	// Only the end of the file proves that age and gzip saw all of it.
	if _, err := b.lines.ReadByte(); !errors.Is(err, io.EOF) {
		return b.sum, damaged(errors.Join(err, errors.New("more follows after its end")))
	}
	return b.sum, nil
}

func (b *Reader) mark() (m mark, err error) {
	line, err := b.line(nil)
	if err == nil {
		err = json.Unmarshal(line, &m)
	}
	return m, err
}

// line reads a line, its end included, appending to into.
func (b *Reader) line(into []byte) ([]byte, error) {
	for {
		part, err := b.lines.ReadSlice('\n')
		into = append(into, part...)
		switch {
		case err == nil:
			return into, nil
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(into) > longest:
			return nil, errors.New("a line is longer than any row")
		}
	}
}

// rows are those of one table.
type rows struct {
	reader *Reader
	table  store.Table
	hash   hash.Hash
	buffer []byte
	n      int64
	ended  bool
	err    error
}

// next returns a row, nil after the last one once count and hash hold.
func (r *rows) next() (values []any, err error) {
	defer func() { r.err = err }()
	if r.buffer, err = r.reader.line(r.buffer[:0]); err != nil {
		return nil, err
	}
	if r.buffer[0] == '[' {
		r.hash.Write(r.buffer)
		r.n++
		return parseRow(r.buffer, r.table.Columns)
	}
	var end mark
	if err := json.Unmarshal(r.buffer, &end); err != nil {
		return nil, err
	}
	if end.End != r.table.Name || end.Rows != r.n || end.Hash != hex.EncodeToString(r.hash.Sum(nil)) {
		return nil, fmt.Errorf("the rows of %s are not those that were written: %d of %d", r.table.Name, r.n, end.Rows)
	}
	r.ended = true
	return nil, nil
}

// Check reads a whole backup and says what it holds, without restoring it.
func Check(r io.Reader, with ...age.Identity) (Summary, error) {
	b, err := Open(r, with...)
	if err != nil {
		return Summary{}, err
	}
	return b.Each(func(_ store.Table, next func() ([]any, error)) error {
		for {
			if values, err := next(); err != nil || values == nil {
				return err
			}
		}
	})
}
