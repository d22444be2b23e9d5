package deletion_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestEveryTableThatRefersToAnInstanceIsCoveredByItsDeletion(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		erased, left := store.ErasedTables()
		seen := 0
		for table, cols := range storetest.Schema(t, h.db) {
			for _, c := range cols {
				if !storetest.Refers(c.Name) || table == "saas_application" {
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
		for table, cols := range storetest.Schema(t, db) {
			refers := slices.ContainsFunc(cols, func(c storetest.Column) bool { return storetest.Refers(c.Name) })
			if _, stays := left[table]; stays || !refers || table == "stream" || table == "saas_application" || table == "finding_count" || table == "person_text" { // which the database fills
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
	for table := range storetest.Schema(t, db) {
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
