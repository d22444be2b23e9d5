package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

// ColumnType is what a column holds, whichever the database.
type ColumnType string

// The types. A flag is a bool on PostgreSQL and 0 or 1 on SQLite.
const (
	ColumnInt   ColumnType = "int"
	ColumnText  ColumnType = "text"
	ColumnBytes ColumnType = "bytes"
	ColumnFlag  ColumnType = "bool"
	ColumnReal  ColumnType = "real"
)

// Table is a table as it stands in the database.
type Table struct {
	Name    string
	Columns []Column
	// Last is the greatest number that an integer key has ever given, where the
	// database keeps it; none of them is given twice.
	Last    int64
	Counted string // the column of that key, "" if there is none
}

// Column is one of its columns; computed ones are left out.
type Column struct {
	Name string
	Type ColumnType
}

// Tables lists the tables of the product, parents before the tables that refer to
// them: not the list of migrations, nor those of the job queue.
func Tables(ctx context.Context, db bun.IDB) ([]Table, error) {
	names, err := tableNames(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	var all []Table
	parents := map[string][]string{}
	for _, name := range names {
		if name == "migration" || strings.HasPrefix(name, "river_") {
			continue
		}
		t := Table{Name: name}
		read, refers, count := sqliteColumns, sqliteParents, sqliteCounter
		if isPostgres(db) {
			read, refers, count = postgresColumns, postgresParents, postgresCounter
		}
		if t.Columns, err = read(ctx, db, name); err != nil {
			return nil, fmt.Errorf("list the columns of %s: %w", name, err)
		}
		if parents[name], err = refers(ctx, db, name); err != nil {
			return nil, fmt.Errorf("list what %s refers to: %w", name, err)
		}
		if err := count(ctx, db, &t); err != nil {
			return nil, fmt.Errorf("read the counter of %s: %w", name, err)
		}
		all = append(all, t)
	}
	return parentsFirst(all, parents), nil
}

func parentsFirst(all []Table, parents map[string][]string) []Table {
	var out []Table
	placed := map[string]bool{}
	var place func(t Table)
	place = func(t Table) {
		if placed[t.Name] {
			return
		}
		placed[t.Name] = true
		for _, p := range parents[t.Name] {
			if i := slices.IndexFunc(all, func(o Table) bool { return o.Name == p }); i >= 0 {
				place(all[i])
			}
		}
		out = append(out, t)
	}
	for _, t := range all {
		place(t)
	}
	return out
}

func tableNames(ctx context.Context, db bun.IDB) (names []string, err error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`
	if isPostgres(db) {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name`
	}
	err = db.NewRaw(query).Scan(ctx, &names)
	return names, err
}

func columnTypeOf(declared string) (ColumnType, error) {
	switch strings.ToUpper(declared) {
	case "BIGINT", "INTEGER", "INT", "SMALLINT":
		return ColumnInt, nil
	case "TEXT", "CHARACTER VARYING":
		return ColumnText, nil
	case "BLOB", "BYTEA":
		return ColumnBytes, nil
	case "BOOLEAN":
		return ColumnFlag, nil
	case "REAL", "DOUBLE PRECISION":
		return ColumnReal, nil
	}
	return "", fmt.Errorf("the type %q is not one that a backup knows", declared)
}

type declaredColumn struct {
	Name string `bun:"name"`
	Type string `bun:"type"`
}

func columnsOf(declared []declaredColumn) ([]Column, error) {
	out := make([]Column, len(declared))
	for i, d := range declared {
		kind, err := columnTypeOf(d.Type)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		out[i] = Column{Name: d.Name, Type: kind}
	}
	return out, nil
}

func sqliteColumns(ctx context.Context, db bun.IDB, table string) ([]Column, error) {
	var declared []declaredColumn
	if err := db.NewRaw(`SELECT name, type FROM pragma_table_info(?) ORDER BY cid`, table).Scan(ctx, &declared); err != nil {
		return nil, err
	}
	return columnsOf(declared)
}

func postgresColumns(ctx context.Context, db bun.IDB, table string) ([]Column, error) {
	var declared []declaredColumn
	err := db.NewRaw(`SELECT column_name AS name, data_type AS type FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = ? AND is_generated = 'NEVER' ORDER BY ordinal_position`, table).Scan(ctx, &declared)
	if err != nil {
		return nil, err
	}
	return columnsOf(declared)
}

func sqliteParents(ctx context.Context, db bun.IDB, table string) (parents []string, err error) {
	err = db.NewRaw(`SELECT DISTINCT "table" FROM pragma_foreign_key_list(?) ORDER BY 1`, table).Scan(ctx, &parents)
	return parents, err
}

func postgresParents(ctx context.Context, db bun.IDB, table string) (parents []string, err error) {
	err = db.NewRaw(`SELECT DISTINCT p.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid
		JOIN pg_namespace n ON n.oid = t.relnamespace
		WHERE c.contype = 'f' AND n.nspname = current_schema() AND t.relname = ? ORDER BY 1`, table).Scan(ctx, &parents)
	return parents, err
}

// sqliteCounter: only AUTOINCREMENT remembers numbers of rows that are gone.
func sqliteCounter(ctx context.Context, db bun.IDB, t *Table) error {
	var counted []string
	err := db.NewRaw(`SELECT i.name FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'table' AND m.name = ? AND i.pk = 1
		AND upper(m.sql) LIKE '%AUTOINCREMENT%'`, t.Name).Scan(ctx, &counted)
	if err != nil || len(counted) != 1 {
		return err
	}
	t.Counted = counted[0]
	return db.NewRaw(`SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)`, t.Name).Scan(ctx, &t.Last)
}

func postgresCounter(ctx context.Context, db bun.IDB, t *Table) error {
	var counted []string
	err := db.NewRaw(`SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ? AND is_identity = 'YES'`,
		t.Name).Scan(ctx, &counted)
	if err != nil || len(counted) != 1 {
		return err
	}
	t.Counted = counted[0]
	return db.NewRaw(`SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence(?, ?)::regclass), 0)`, column(t.Name), t.Counted).Scan(ctx, &t.Last)
}
