package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"purser"
)

// Loader fills an empty database with the tables of another one.
type Loader struct {
	tx     bun.Tx
	tables map[string]Table
	again  []string // statements that put the triggers back
	loaded map[string]bool
}

// Load opens a database that must be empty, makes the tables of that level of
// migrations, calls fn to fill them, and brings them up to this binary. All of it
// is one transaction but for the last step: if fn fails, the database is as empty
// as before. Nothing may use the database meanwhile.
func Load(ctx context.Context, o Options, level []string, fn func(ctx context.Context, l *Loader) error) (db *DB, err error) {
	if o.Now == nil || o.Log == nil {
		return nil, errors.New("store: Options.Now and Options.Log must be set")
	}
	opened := &DB{dialect: SQLite, options: o}
	if o.URL != "" {
		opened.dialect = Postgres
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.Close())
		}
	}()
	if err := opened.open(ctx); err != nil {
		return nil, err
	}
	steps, err := migrations(opened.dialect)
	if err != nil {
		return nil, err
	}
	for _, name := range level {
		if !slices.ContainsFunc(steps, func(m migration) bool { return m.name == name }) {
			return nil, &purser.Problem{Kind: purser.ProblemInvalid, What: fmt.Sprintf("the backup was made by a newer Purser (step %s is unknown here)", name),
				Hint: "Restore it with that version or a newer one"}
		}
	}
	err = opened.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		names, err := tableNames(ctx, tx)
		if err != nil {
			return fmt.Errorf("look whether the database is empty: %w", err)
		}
		if len(names) > 0 {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "the database is not empty: it has the table " + names[0],
				Hint: "Restore into a new, empty database or data folder"}
		}
		l := &Loader{tx: tx, tables: map[string]Table{}, loaded: map[string]bool{}}
		if err := l.schema(ctx, steps, level, opened.options.Now().UnixMicro()); err != nil {
			return err
		}
		if err := fn(ctx, l); err != nil {
			return err
		}
		return l.finish(ctx)
	})
	if err != nil {
		return nil, err
	}
	return opened, opened.migrate(ctx)
}

// schema makes the tables, empty, without their triggers.
func (l *Loader) schema(ctx context.Context, steps []migration, level []string, now int64) error {
	if _, err := l.tx.ExecContext(ctx, "CREATE TABLE migration (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)"); err != nil {
		return fmt.Errorf("make the table of migrations: %w", err)
	}
	if err := alignKinds(ctx, l.tx); err != nil {
		return err
	}
	for _, step := range steps {
		if !slices.Contains(level, step.name) {
			continue
		}
		if err := applyMigration(ctx, l.tx, step, now); err != nil {
			return fmt.Errorf("make the tables, step %s: %w", step.name, err)
		}
	}
	tables, err := Tables(ctx, l.tx)
	if err != nil {
		return err
	}
	if err := l.dropTriggers(ctx, tables); err != nil {
		return err
	}
	for _, t := range slices.Backward(tables) { // children first
		l.tables[t.Name] = t
		if _, err := l.tx.ExecContext(ctx, "DELETE FROM "+column(t.Name)); err != nil {
			return fmt.Errorf("empty %s: %w", t.Name, err)
		}
	}
	return nil
}

// dropTriggers keeps triggers from running over rows that they ran over already.
func (l *Loader) dropTriggers(ctx context.Context, tables []Table) error {
	if isPostgres(l.tx) {
		for _, t := range tables {
			if _, err := l.tx.ExecContext(ctx, "ALTER TABLE "+column(t.Name)+" DISABLE TRIGGER USER"); err != nil {
				return fmt.Errorf("still the triggers of %s: %w", t.Name, err)
			}
			l.again = append(l.again, "ALTER TABLE "+column(t.Name)+" ENABLE TRIGGER USER")
		}
		return nil
	}
	var triggers []struct {
		Name string `bun:"name"`
		SQL  string `bun:"sql"`
	}
	if err := l.tx.NewRaw("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name").Scan(ctx, &triggers); err != nil {
		return fmt.Errorf("list the triggers: %w", err)
	}
	for _, t := range triggers {
		if _, err := l.tx.ExecContext(ctx, "DROP TRIGGER "+column(t.Name)); err != nil {
			return fmt.Errorf("still the trigger %s: %w", t.Name, err)
		}
		l.again = append(l.again, t.SQL)
	}
	return nil
}

// Tx is the transaction, for what is to be written beside the tables.
func (l *Loader) Tx() bun.Tx { return l.tx }

// Fill puts rows into a table, until next returns nil. The values are those of
// t.Columns in their order.
func (l *Loader) Fill(ctx context.Context, t Table, next func() ([]any, error)) error {
	have, ok := l.tables[t.Name]
	if !ok {
		return fmt.Errorf("the backup has a table %s that its own level of migrations does not make", t.Name)
	}
	if l.loaded[t.Name] {
		return fmt.Errorf("the backup has the table %s twice", t.Name)
	}
	l.loaded[t.Name] = true
	for _, c := range t.Columns {
		i := slices.IndexFunc(have.Columns, func(h Column) bool { return h.Name == c.Name })
		switch {
		case i < 0: // a field of a kind that there is no more
			if _, err := l.tx.ExecContext(ctx, "ALTER TABLE "+column(t.Name)+" ADD COLUMN "+column(c.Name)+" "+l.typeName(c.Type)); err != nil {
				return fmt.Errorf("add the column %s to %s: %w", c.Name, t.Name, err)
			}
		case have.Columns[i].Type != c.Type:
			return fmt.Errorf("the column %s.%s holds %s in the backup and %s here", t.Name, c.Name, c.Type, have.Columns[i].Type)
		}
	}
	if err := l.copy(ctx, t, next); err != nil {
		return fmt.Errorf("fill %s: %w", t.Name, err)
	}
	return l.count(ctx, have, t)
}

func (l *Loader) typeName(t ColumnType) string {
	pg := isPostgres(l.tx)
	switch {
	case t == ColumnInt:
		return "BIGINT"
	case t == ColumnBytes && pg:
		return "BYTEA"
	case t == ColumnBytes:
		return "BLOB"
	case t == ColumnFlag:
		return "BOOLEAN"
	case t == ColumnReal && pg:
		return "DOUBLE PRECISION"
	case t == ColumnReal:
		return "REAL"
	}
	return "TEXT"
}

func (l *Loader) copy(ctx context.Context, t Table, next func() ([]any, error)) error {
	names, quoted, marks := make([]string, len(t.Columns)), make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i], quoted[i], marks[i] = c.Name, column(c.Name), "?"
	}
	if conn := rawConn(ctx); conn != nil {
		_, err := conn.CopyFrom(ctx, pgx.Identifier{t.Name}, names, pgx.CopyFromFunc(func() ([]any, error) { return next() }))
		return err
	}
	insert, err := l.tx.Tx.PrepareContext(ctx, "INSERT INTO "+column(t.Name)+" ("+strings.Join(quoted, ", ")+") VALUES ("+strings.Join(marks, ", ")+")")
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for {
		values, err := next()
		if err != nil || values == nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, values...); err != nil {
			return err
		}
	}
}

// count sees that no number of a row that is gone is given again.
func (l *Loader) count(ctx context.Context, have, t Table) error {
	if have.Counted == "" {
		return nil
	}
	var greatest int64
	if err := l.tx.NewRaw("SELECT COALESCE(max("+column(have.Counted)+"), 0) FROM "+column(t.Name)).Scan(ctx, &greatest); err != nil {
		return fmt.Errorf("count %s: %w", t.Name, err)
	}
	last := max(greatest, t.Last)
	if last == 0 {
		return nil
	}
	if isPostgres(l.tx) {
		_, err := l.tx.ExecContext(ctx, "SELECT setval(pg_get_serial_sequence(?, ?)::regclass, ?)", column(t.Name), have.Counted, last)
		return err
	}
	res, err := l.tx.ExecContext(ctx, "UPDATE sqlite_sequence SET seq = ? WHERE name = ?", last, t.Name)
	if err != nil {
		return fmt.Errorf("count %s: %w", t.Name, err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	_, err = l.tx.ExecContext(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", t.Name, last)
	return err
}

// finish sees that every table came, and puts the triggers back.
func (l *Loader) finish(ctx context.Context) error {
	for _, stmt := range l.again {
		if _, err := l.tx.Tx.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("put a trigger back: %w", err)
		}
	}
	return nil
}
