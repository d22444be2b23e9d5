package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// Snapshot is the whole database at one moment, while others go on writing.
type Snapshot struct {
	tx bun.Tx
	// Level is the names of the migrations that were applied.
	Level []string
	// Tables are its tables, parents first.
	Tables []Table
}

// Snapshot calls fn with the database as it stands now: what is written meanwhile
// is not seen. On SQLite the write-ahead log grows until fn returns, on PostgreSQL
// old versions of rows are kept so long.
func (db *DB) Snapshot(ctx context.Context, fn func(s *Snapshot) error) (err error) {
	options := &sql.TxOptions{ReadOnly: true}
	if db.dialect == Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	tx, err := db.reader.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin to read the database: %w", err)
	}
	defer func() {
		if ended := tx.Rollback(); ended != nil && !errors.Is(ended, sql.ErrTxDone) {
			err = errors.Join(err, ended)
		}
	}()
	s := &Snapshot{tx: tx}
	if err := tx.NewRaw("SELECT name FROM migration ORDER BY name").Scan(ctx, &s.Level); err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if s.Tables, err = Tables(ctx, tx); err != nil {
		return err
	}
	return fn(s)
}

// Rows calls fn with each row of a table; the values are those of its columns, in
// their order: nil, int64, float64, bool, string or []byte. They are good until fn
// returns.
func (s *Snapshot) Rows(ctx context.Context, t Table, fn func(values []any) error) (err error) {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = column(c.Name)
	}
	query := "SELECT " + strings.Join(columns, ", ") + " FROM " + column(t.Name)
	if t.Counted != "" {
		query += " ORDER BY " + column(t.Counted)
	}
	rows, err := s.tx.Tx.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("read %s: %w", t.Name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read %s: %w", t.Name, err)
		}
		for i, c := range t.Columns {
			if values[i], err = columnValue(c.Type, values[i]); err != nil {
				return fmt.Errorf("read %s.%s: %w", t.Name, c.Name, err)
			}
		}
		if err := fn(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read %s: %w", t.Name, err)
	}
	return nil
}

// columnValue makes of what a driver gives what the type says. SQLite may hold
// anything in any column: what does not fit is an error, never bent.
func columnValue(t ColumnType, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch x := v.(type) {
	case int64:
		switch t {
		case ColumnInt:
			return x, nil
		case ColumnFlag:
			return x != 0, nil
		case ColumnReal:
			return float64(x), nil
		}
	case int32:
		if t == ColumnInt {
			return int64(x), nil
		}
	case float64:
		if t == ColumnReal {
			return x, nil
		}
	case bool:
		if t == ColumnFlag {
			return x, nil
		}
	case string:
		if t == ColumnText {
			return x, nil
		}
		if t == ColumnBytes {
			return []byte(x), nil
		}
	case []byte:
		if t == ColumnText {
			return string(x), nil
		}
		if t == ColumnBytes {
			return x, nil
		}
	}
	return nil, fmt.Errorf("a value of type %T stands in a column of type %s", v, t)
}
