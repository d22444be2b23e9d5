package deletion_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"purser/internal/store"
)

// col is one column of the schema.
type col struct {
	Table string `bun:"table_name"`
	Name  string `bun:"column_name"`
	Type  string `bun:"data_type"`
}

// schema reads every column of the database but those of the queue's own tables.
func schema(t *testing.T, db *store.DB) map[string][]col {
	t.Helper()
	query := `SELECT m.name AS table_name, p.name AS column_name, upper(p.type) AS data_type FROM sqlite_master m JOIN pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid`
	if db.Dialect() == store.Postgres {
		query = `SELECT table_name, column_name, upper(data_type) AS data_type FROM information_schema.columns WHERE table_schema = 'public'
			ORDER BY table_name, ordinal_position`
	}
	var all []col
	if err := db.Read().NewRaw(query).Scan(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	out := map[string][]col{}
	for _, c := range all {
		if !strings.HasPrefix(c.Table, "river_") {
			out[c.Table] = append(out[c.Table], c)
		}
	}
	return out
}

// reference matches the names of columns that lead to something of an instance.
var reference = regexp.MustCompile(`^(instance|stream|run|part|account|person|row|application|credential|group|plan|seat|hold|task|change|device|activity)_(no|id)$`)

// targets says where such a column leads: the table and its key. Those that lead
// to an application lead out of the instance.
func target(column string) (table, key string) {
	what, how, _ := strings.Cut(column, "_")
	switch what {
	case "application":
		return "", ""
	case "row":
		return "", "" // by kind, looked at on its own
	}
	if how == "id" && (what == "account" || what == "device" || what == "person" || what == "group" || what == "plan" || what == "seat" || what == "change" || what == "activity") {
		return what, map[bool]string{true: "no", false: "id"}[what == "change"]
	}
	return what, how
}

func TestEveryTableThatRefersToAnInstanceIsCoveredByItsDeletion(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		erased, left := store.ErasedTables()
		seen := 0
		for table, cols := range schema(t, h.db) {
			for _, c := range cols {
				if !reference.MatchString(c.Name) || table == "saas_application" {
					continue
				}
				seen++
				if _, stays := left[table]; !stays && !slices.Contains(erased, table) {
					t.Errorf("%s.%s may refer to something of an instance, and no deletion covers it: name the table in footprint, dependents or staying (internal/store/footprint.go)", table, c.Name)
				}
			}
		}
		if seen < 40 {
			t.Errorf("only %d references were found: the walk is broken", seen)
		}
	})
}

// orphans returns, for each column that refers to a row, how many rows lead nowhere.
func orphans(t *testing.T, db *store.DB) []string {
	t.Helper()
	_, left := store.ErasedTables()
	tables := schema(t, db)
	var out []string
	for table, cols := range tables {
		if why, stays := left[table]; stays && why != "" {
			continue
		}
		for _, c := range cols {
			to, key := target(c.Name)
			if !reference.MatchString(c.Name) || to == "" || tables[to] == nil || table == to {
				continue
			}
			empty, former := "0", ""
			if c.Type == "TEXT" {
				empty = "''"
			}
			if c.Name == "instance_no" && table == "transaction" {
				former = " AND t.instance_no NOT IN (SELECT instance_no FROM former_instance)"
			}
			var n int64
			err := db.Read().NewRaw(fmt.Sprintf(`SELECT count(*) FROM "%s" t WHERE t.%s <> %s AND t.%s NOT IN (SELECT "%s" FROM "%s")%s`, table, c.Name, empty, c.Name, key, to, former)).Scan(t.Context(), &n)
			if err != nil {
				t.Fatalf("%s.%s → %s.%s: %v", table, c.Name, to, key, err)
			}
			if n > 0 {
				out = append(out, fmt.Sprintf("%d rows of %s lead to no %s", n, table, to))
			}
		}
	}
	var changes int64
	for _, kind := range []string{"account", "person", "group", "membership", "assignment", "seat", "plan", "application", "transaction"} {
		err := db.Read().NewRaw(fmt.Sprintf(`SELECT count(*) FROM change c WHERE c.kind = '%s' AND c.row_id NOT IN (SELECT id FROM "%s")`, kind, kind)).Scan(t.Context(), &changes)
		if err != nil {
			t.Fatal(err)
		}
		if changes > 0 {
			out = append(out, fmt.Sprintf("%d changes lead to no %s", changes, kind))
		}
	}
	slices.Sort(out)
	return out
}

// fill puts one row into every table that refers to an instance, whatever its
// columns are: tables that are added later are filled, too. n tells the rows of
// several instances apart.
func fill(t *testing.T, db *store.DB, instanceNo int64, instanceID string, n int64) {
	t.Helper()
	_, left := store.ErasedTables()
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO stream (no, instance_no, task, name, kind, next_cursor, basis, complete_at) VALUES (?, ?, 'application_roster', ?, 'account', 'c', 'b', 5)`,
			n, instanceNo, fmt.Sprint("s", n)); err != nil {
			return err
		}
		for table, cols := range schema(t, db) {
			refers := slices.ContainsFunc(cols, func(c col) bool { return reference.MatchString(c.Name) })
			if _, stays := left[table]; stays || !refers || table == "stream" || table == "saas_application" {
				continue
			}
			var names, values []string
			for _, c := range cols {
				value := fmt.Sprint(n)
				switch {
				case c.Name == "instance_no":
					value = fmt.Sprint(instanceNo)
				case c.Name == "application_id":
					value = fmt.Sprintf("(SELECT application_id FROM instance WHERE no = %d)", instanceNo)
				case c.Name == "instance_id":
					value = "'" + instanceID + "'"
				case c.Name == "kind" && table == "change":
					value = "'account'"
				case c.Name == "task":
					value = "'application_roster'"
				case c.Name == "aliases" || strings.HasPrefix(c.Type, "TEXT") && c.Name == "names":
					value = "'[]'"
				case strings.HasPrefix(c.Type, "TEXT"), strings.HasPrefix(c.Type, "CHAR"):
					value = fmt.Sprintf("'x%d'", n)
				case strings.HasPrefix(c.Type, "BOOL"):
					value = "FALSE"
				case c.Type == "BLOB":
					value = "x'00'"
				case c.Type == "BYTEA":
					value = `'\x00'`
				}
				names, values = append(names, `"`+c.Name+`"`), append(values, value)
			}
			stmt := fmt.Sprintf(`INSERT INTO "%s" (%s) VALUES (%s)`, table, strings.Join(names, ", "), strings.Join(values, ", "))
			if _, err := tx.Tx.ExecContext(ctx, stmt); err != nil {
				return fmt.Errorf("%s: %w", stmt, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rows counts the rows of every table, those of the audit log and of the record of deletions apart.
func rows(t *testing.T, db *store.DB) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for table := range schema(t, db) {
		if table == "audit" || table == "audit_head" || table == "deletion" || table == "pulse" {
			continue
		}
		var n int64
		if err := db.Read().NewRaw(`SELECT count(*) FROM "`+table+`"`).Scan(t.Context(), &n); err != nil {
			t.Fatal(err)
		}
		out[table] = n
	}
	return out
}
