package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// eachRow hands fn the rows of a query, one after the other: whole numbers as
// int64, text as string, NULL as nil. fn must not keep the slice. On SQLite it goes
// past database/sql, which takes twice as long for hundreds of thousands of rows.
func (db *DB) eachRow(ctx context.Context, fn func(row []driver.Value) error, query string, args ...any) error {
	if db.dialect == Postgres {
		rows, err := db.pool.Query(ctx, numbered(query), args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			values, err := rows.Values()
			if err != nil {
				return err
			}
			row := make([]driver.Value, len(values))
			for i, v := range values {
				row[i] = v
			}
			if err := fn(row); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	conn, err := db.reader.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(c any) error {
		raw, ok := c.(driver.QueryerContext)
		if !ok {
			return fmt.Errorf("unexpected connection %T", c)
		}
		named := make([]driver.NamedValue, len(args))
		for i, a := range args {
			named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
		}
		// A context that cannot end saves a goroutine a row.
		rows, err := raw.QueryContext(context.WithoutCancel(ctx), query, named)
		if err != nil {
			return err
		}
		values := make([]driver.Value, len(rows.Columns()))
		for n := 0; err == nil; n++ {
			if n%1024 == 0 && ctx.Err() != nil {
				err = ctx.Err()
			} else if err = rows.Next(values); err == nil {
				err = fn(values)
			}
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return errors.Join(err, rows.Close())
	})
}

// eachPair calls fn with two integers a row.
func (db *DB) eachPair(ctx context.Context, query string, arg int64, fn func(print, id int64)) error {
	return db.eachRow(ctx, func(row []driver.Value) error {
		print, okPrint := row[0].(int64)
		id, okID := row[1].(int64)
		if !okID || !okPrint {
			return fmt.Errorf("row %v: two integers were expected", row)
		}
		fn(print, id)
		return nil
	}, query, arg)
}
