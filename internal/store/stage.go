package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
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
	print int64 // of identifier and content
}

// insertBatch is how many values one INSERT binds at most.
const insertBatch = 640

// insert is a statement for rows of a reading. What is the same for all of them
// stands in its text; the rest is bound: values bound cost more than the row.
type insert struct {
	into, columns, constants string
	perRow                   int
	rowID                    bool // bind staged.rowID first
	one, many                *sql.Stmt
}

// stageInsert appends to the stage: rows that exist and changed.
func (r *reading) stageInsert() *insert {
	return &insert{into: "INSERT INTO " + stageTable(r.Kind), columns: "stream_no, row_id, external_id, part_no, digest" + fieldsAfterComma(r.fields),
		constants: strconv.FormatInt(r.no, 10) + ",", perRow: len(r.fields) + 4, rowID: true}
}

// newInsert adds rows that were never seen: additions wait for nothing. IGNORE
// saves SQLite the journal of each statement that an upsert would need.
func (s *Sync) newInsert(r *reading) *insert {
	now := s.db.options.Now().UnixMicro()
	return &insert{into: "INSERT OR IGNORE INTO " + KindTable(r.Kind),
		columns:   "instance_no, stream_no, first_gen, changed_gen, first_seen_at, changed_at, external_id, part_no, digest" + fieldsAfterComma(r.fields),
		constants: fmt.Sprintf("%d,%d,%d,%d,%d,%d,", s.instanceNo, r.no, r.gen, r.gen, now, now), perRow: len(r.fields) + 3}
}

func (i *insert) rows() int { return max(1, insertBatch/i.perRow) }

func (i *insert) sql(rows int) string {
	one := "(" + i.constants + strings.TrimSuffix(strings.Repeat("?,", i.perRow), ",") + ")"
	return i.into + " (" + i.columns + ") VALUES " + one + strings.Repeat(","+one, rows-1)
}

// prepare makes the statements on the one connection that writes, where they
// stay for the whole reading. It must not be called inside DB.Write.
func (i *insert) prepare(ctx context.Context, db *DB) (err error) {
	if i.many != nil || db.dialect == Postgres {
		return nil
	}
	if i.one, err = db.writer.DB.PrepareContext(ctx, i.sql(1)); err != nil {
		return fmt.Errorf("prepare %s: %w", i.into, err)
	}
	if i.many, err = db.writer.DB.PrepareContext(ctx, i.sql(i.rows())); err != nil {
		return fmt.Errorf("prepare %s: %w", i.into, err)
	}
	return nil
}

func (i *insert) close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{i.one, i.many} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	i.one, i.many = nil, nil
	return errors.Join(errs...)
}

// stage appends changed rows to the stage of their kind.
func (r *reading) stage(ctx context.Context, tx bun.Tx, rows []staged) error {
	if len(rows) == 0 {
		return nil
	}
	if conn := rawConn(ctx); conn != nil {
		return r.copyStage(ctx, conn, rows)
	}
	_, err := r.exec(ctx, tx, r.toStage, rows)
	return err
}

// add writes new rows into the table of their kind. Of a row that the vendor
// sends twice in one reading, the later version is staged.
func (s *Sync) add(ctx context.Context, tx bun.Tx, r *reading, rows []staged) error {
	if len(rows) == 0 {
		return nil
	}
	if conn := rawConn(ctx); conn != nil {
		return s.copyNew(ctx, conn, r, rows)
	}
	n, err := r.exec(ctx, tx, r.toTable, rows)
	if err != nil || n == int64(len(rows)) {
		return err
	}
	known, err := s.lookup(ctx, tx, r, rows)
	if err != nil {
		return fmt.Errorf("look up rows that came twice: %w", err)
	}
	var changed []staged
	for i, x := range rows {
		if known[i].digest != x.print {
			x.rowID = known[i].id
			changed = append(changed, x)
		}
	}
	return r.stage(ctx, tx, changed)
}

func (r *reading) exec(ctx context.Context, tx bun.Tx, in *insert, rows []staged) (affected int64, err error) {
	// A context that cannot end saves a goroutine a call.
	ctx = context.WithoutCancel(ctx)
	n, stmt := in.rows(), tx.Tx.StmtContext(ctx, in.many)
	args := make([]any, 0, n*in.perRow)
	for len(rows) > 0 {
		if len(rows) < n {
			n, stmt = 1, tx.Tx.StmtContext(ctx, in.one)
		}
		for len(rows) >= n {
			args = args[:0]
			for i := range n {
				if in.rowID {
					args = append(args, rows[i].rowID)
				}
				args = r.appendRow(args, &rows[i])
			}
			res, err := stmt.ExecContext(ctx, args...)
			if err != nil {
				return affected, fmt.Errorf("%s: %w", in.into, err)
			}
			k, err := res.RowsAffected()
			if err != nil {
				return affected, err
			}
			affected, rows = affected+k, rows[n:]
		}
	}
	return affected, nil
}

// appendRow appends external id, partition, digest and fields of a row.
func (r *reading) appendRow(args []any, s *staged) []any {
	args = append(args, cleanText(s.row.ExternalID), s.part, s.print)
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

// cleanText removes NUL, which PostgreSQL does not take and nobody can read.
func cleanText(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "")
}

func (r *reading) copyStage(ctx context.Context, conn *pgx.Conn, rows []staged) error {
	cols := []string{"stream_no", "row_id", "external_id", "part_no", "digest"}
	for _, f := range r.fields {
		cols = append(cols, f.Name)
	}
	args := make([]any, 0, len(cols))
	_, err := conn.CopyFrom(ctx, pgx.Identifier{stageTable(r.Kind)}, cols, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		return r.appendRow(append(args[:0], r.no, rows[i].rowID), &rows[i]), nil
	}))
	if err != nil {
		return fmt.Errorf("copy rows to the stage: %w", err)
	}
	return nil
}

// copyNew copies new rows into the stage and on from there, as COPY knows no conflicts.
func (s *Sync) copyNew(ctx context.Context, conn *pgx.Conn, r *reading, rows []staged) error {
	if err := r.copyStage(ctx, conn, rows); err != nil {
		return err
	}
	set := []string{"part_no = excluded.part_no", "digest = excluded.digest", "changed_gen = excluded.changed_gen"}
	for _, f := range r.fields {
		set = append(set, column(f.Name)+" = excluded."+column(f.Name))
	}
	_, err := conn.Exec(ctx, "WITH x AS (DELETE FROM "+stageTable(r.Kind)+" WHERE stream_no = $1 AND row_id = 0 RETURNING *) INSERT INTO "+
		KindTable(r.Kind)+" ("+r.toTable.columns+") SELECT DISTINCT ON (external_id) "+r.toTable.constants+" external_id, part_no, digest"+
		fieldsAfterComma(r.fields)+" FROM x ORDER BY external_id, seq DESC ON CONFLICT (instance_no, external_id) DO UPDATE SET "+
		strings.Join(set, ", "), r.no)
	if err != nil {
		return fmt.Errorf("add new rows: %w", err)
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
