package storetest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"purser/internal/store"
)

// Column is one column of the schema.
type Column struct {
	Table string `bun:"table_name"`
	Name  string `bun:"column_name"`
	Type  string `bun:"data_type"`
}

// Schema reads every column of the database but those of the queue's own tables.
func Schema(t testing.TB, db *store.DB) map[string][]Column {
	t.Helper()
	query := `SELECT m.name AS table_name, p.name AS column_name, upper(p.type) AS data_type FROM sqlite_master m JOIN pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid`
	if db.Dialect() == store.Postgres {
		query = `SELECT table_name, column_name, upper(data_type) AS data_type FROM information_schema.columns WHERE table_schema = 'public'
			ORDER BY table_name, ordinal_position`
	}
	var all []Column
	if err := db.Read().NewRaw(query).Scan(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	out := map[string][]Column{}
	for _, c := range all {
		if !strings.HasPrefix(c.Table, "river_") {
			out[c.Table] = append(out[c.Table], c)
		}
	}
	return out
}

// Refers reports whether a column of that name leads to something of an instance.
func Refers(column string) bool {
	return regexp.MustCompile(`^(instance|stream|run|part|account|person|row|application|credential|group|plan|seat|hold|task|change|device|activity)_(no|id)$`).MatchString(column)
}

// target says where such a column leads: the table and its key. Those that lead
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

// Orphans returns, for each column that refers to a row, how many rows lead nowhere.
func Orphans(t testing.TB, db *store.DB) []string {
	t.Helper()
	_, left := store.ErasedTables()
	tables := Schema(t, db)
	var out []string
	for table, cols := range tables {
		if why, stays := left[table]; stays && why != "" {
			continue
		}
		if table == "derivation_due" {
			continue // outlives its instance until the sums that it was in are worked out anew
		}
		for _, c := range cols {
			to, key := target(c.Name)
			if !Refers(c.Name) || to == "" || tables[to] == nil || table == to {
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
