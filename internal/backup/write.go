package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"filippo.io/age"

	"purser/internal/store"
)

// form is the number of the file's form.
const form = 1

// Header is the first line of a backup.
type Header struct {
	Form     int           `json:"purser_backup"`
	Version  string        `json:"version"`  // of the Purser that made it
	MadeAt   time.Time     `json:"made_at"`  // all rows are as of then
	Database string        `json:"database"` // sqlite, postgres
	Level    []string      `json:"level"`    // migrations that were applied
	Tables   []headerTable `json:"tables"`
}

type headerTable struct {
	Name    string      `json:"name"`
	Columns [][2]string `json:"columns"` // name and type: int, text, bytes, bool, real
	Last    int64       `json:"last,omitempty"`
}

func headerOf(t store.Table) headerTable {
	h := headerTable{Name: t.Name, Last: t.Last, Columns: make([][2]string, len(t.Columns))}
	for i, c := range t.Columns {
		h.Columns[i] = [2]string{c.Name, string(c.Type)}
	}
	return h
}

func (h headerTable) table() store.Table {
	t := store.Table{Name: h.Name, Last: h.Last, Columns: make([]store.Column, len(h.Columns))}
	for i, c := range h.Columns {
		t.Columns[i] = store.Column{Name: c[0], Type: store.ColumnType(c[1])}
	}
	return t
}

// mark is a line between rows.
type mark struct {
	Table  string `json:"table,omitempty"` // its rows follow
	End    string `json:"end,omitempty"`   // a table's name, or "backup"
	Rows   int64  `json:"rows"`
	Tables int    `json:"tables,omitempty"`
	Hash   string `json:"sha256,omitempty"`
}

const endOfBackup = "backup"

// Summary is what a backup holds.
type Summary struct {
	MadeAt   time.Time `json:"made_at"`
	Version  string    `json:"version"`
	Database string    `json:"database"`
	Tables   int       `json:"tables"`
	Rows     int64     `json:"rows"`
}

// Write writes the database as it stands now, encrypted to the recipients. Memory
// does not grow with the data. What was written is worth nothing unless it returns nil.
func Write(ctx context.Context, w io.Writer, db *store.DB, version string, to []age.Recipient) (sum Summary, err error) {
	sealed, err := age.Encrypt(w, to...)
	if err != nil {
		return sum, fmt.Errorf("encrypt the backup: %w", err)
	}
	packed, err := gzip.NewWriterLevel(sealed, gzip.BestSpeed)
	if err != nil {
		return sum, err
	}
	lines := bufio.NewWriterSize(packed, 64<<10)
	err = db.Snapshot(ctx, func(s *store.Snapshot) error {
		header := Header{Form: form, Version: version, MadeAt: db.Now().UTC(), Database: string(db.Dialect()), Level: s.Level}
		for _, t := range s.Tables {
			header.Tables = append(header.Tables, headerOf(t))
		}
		sum = Summary{MadeAt: header.MadeAt, Version: version, Database: header.Database, Tables: len(s.Tables)}
		if err := putLine(lines, header); err != nil {
			return err
		}
		for _, t := range s.Tables {
			n, err := writeTable(ctx, lines, s, t)
			if err != nil {
				return err
			}
			sum.Rows += n
		}
		return putLine(lines, mark{End: endOfBackup, Tables: sum.Tables, Rows: sum.Rows})
	})
	if err != nil {
		return sum, fmt.Errorf("write the backup: %w", err)
	}
	for _, end := range []func() error{lines.Flush, packed.Close, sealed.Close} {
		if err := end(); err != nil {
			return sum, fmt.Errorf("write the backup: %w", err)
		}
	}
	return sum, nil
}

func writeTable(ctx context.Context, w *bufio.Writer, s *store.Snapshot, t store.Table) (n int64, err error) {
	if err := putLine(w, mark{Table: t.Name}); err != nil {
		return 0, err
	}
	hash := sha256.New()
	var line []byte
	err = s.Rows(ctx, t, func(values []any) error {
		if line, err = appendRow(line[:0], values); err != nil {
			return fmt.Errorf("write %s: %w", t.Name, err)
		}
		n++
		hash.Write(line)
		_, err := w.Write(line)
		return err
	})
	if err != nil {
		return n, err
	}
	return n, putLine(w, mark{End: t.Name, Rows: n, Hash: hex.EncodeToString(hash.Sum(nil))})
}

func putLine(w *bufio.Writer, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(raw, '\n'))
	return err
}
