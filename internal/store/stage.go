package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
)

// staged is a new or changed row on its way to the stage.
type staged struct {
	row   *engine.Row
	part  int64
	rowID int64 // of the row that it changes, 0 if it is new
}

// statements are a reading's texts of SQL, made once.
type statements struct {
	insertMany, insertOne string
}

// stageBatch is how many values one INSERT binds at most. Measured: from about
// 500 on, more gain nothing.
const stageBatch = 640

func (r *reading) stageColumns() []string {
	cols := []string{"stream_no", "external_id", "part_no", "digest", "row_id"}
	for _, f := range r.fields {
		cols = append(cols, column(f.Name))
	}
	return cols
}

func (r *reading) perInsert() int { return max(1, stageBatch/(len(r.fields)+5)) }

// stage appends rows to the stage of their kind.
func (r *reading) stage(ctx context.Context, tx bun.Tx, rows []staged) error {
	if len(rows) == 0 {
		return nil
	}
	if conn := rawConn(ctx); conn != nil {
		return r.copyStage(ctx, conn, rows)
	}
	if r.sql.insertOne == "" {
		cols := r.stageColumns()
		one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(cols)), ",") + ")"
		r.sql.insertOne = "INSERT INTO " + stageTable(r.Kind) + " (" + strings.Join(cols, ", ") + ") VALUES " + one
		r.sql.insertMany = r.sql.insertOne + strings.Repeat(","+one, r.perInsert()-1)
	}
	n := r.perInsert()
	args := make([]any, 0, n*(len(r.fields)+5))
	if len(rows) >= n {
		stmt, err := tx.Tx.PrepareContext(ctx, r.sql.insertMany)
		if err != nil {
			return fmt.Errorf("prepare the stage: %w", err)
		}
		defer func() { _ = stmt.Close() }()
		for len(rows) >= n {
			if err := r.execStage(ctx, stmt, args[:0], rows[:n]); err != nil {
				return err
			}
			rows = rows[n:]
		}
	}
	if len(rows) == 0 {
		return nil
	}
	stmt, err := tx.Tx.PrepareContext(ctx, r.sql.insertOne)
	if err != nil {
		return fmt.Errorf("prepare the stage: %w", err)
	}
	defer func() { _ = stmt.Close() }()
	for i := range rows {
		if err := r.execStage(ctx, stmt, args[:0], rows[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) execStage(ctx context.Context, stmt *sql.Stmt, args []any, rows []staged) error {
	for i := range rows {
		args = append(args, r.no)
		args = r.appendRow(args, &rows[i])
	}
	if _, err := stmt.ExecContext(context.WithoutCancel(ctx), args...); err != nil {
		return fmt.Errorf("write rows to the stage: %w", err)
	}
	return nil
}

// appendRow appends a row's values but for the number of the stream.
func (r *reading) appendRow(args []any, s *staged) []any {
	args = append(args, cleanText(s.row.ExternalID), s.part, digestOf(s.row), s.rowID)
	for i, at := range r.at {
		v := &s.row.Values[at]
		switch {
		case !v.Known:
			args = append(args, nil)
		case isText(r.fields[i].Type):
			args = append(args, cleanText(v.S))
		default:
			args = append(args, v.I)
		}
	}
	return args
}

// digestOf shortens a digest to what is kept: two versions of one row look alike once in 2^64.
func digestOf(r *engine.Row) int64 { return int64(binary.LittleEndian.Uint64(r.Digest[:8])) }

// cleanText removes NUL, which PostgreSQL does not take and nobody can read.
func cleanText(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "")
}

func (r *reading) copyStage(ctx context.Context, conn *pgx.Conn, rows []staged) error {
	cols := r.stageColumns()
	for i, c := range cols {
		cols[i] = strings.Trim(c, `"`)
	}
	args := make([]any, 0, len(cols))
	_, err := conn.CopyFrom(ctx, pgx.Identifier{stageTable(r.Kind)}, cols, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		return r.appendRow(append(args[:0], r.no), &rows[i]), nil
	}))
	if err != nil {
		return fmt.Errorf("copy rows to the stage: %w", err)
	}
	return nil
}

// clearStage removes a stream's rows, all at once if no other stream has any.
func clearStage(ctx context.Context, tx bun.Tx, k purser.Kind, streamNo int64) error {
	table := stageTable(k)
	var others int
	err := tx.NewRaw("SELECT count(*) FROM (SELECT 1 FROM "+table+" WHERE stream_no <> ? LIMIT 1) AS x", streamNo).Scan(ctx, &others)
	if err != nil {
		return err
	}
	if others == 0 && !isPostgres(tx) {
		_, err = tx.NewRaw("DELETE FROM " + table).Exec(ctx)
		return err
	}
	_, err = tx.NewRaw("DELETE FROM "+table+" WHERE stream_no = ?", streamNo).Exec(ctx)
	return err
}
