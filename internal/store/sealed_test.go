package store_test

import (
	"slices"
	"strings"
	"testing"

	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestEveryColumnOfSealedValuesIsKnownToARotationOfTheKey(t *testing.T) {
	db := storetest.Open(t, storetest.SQLite(t))
	tables, err := store.Tables(t.Context(), db.Read())
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, table := range tables {
		for _, c := range table.Columns {
			if !strings.HasPrefix(c.Name, "sealed") || c.Name == "sealed_at" {
				continue
			}
			found++
			if !slices.ContainsFunc(store.SealedColumns(), func(s store.SealedColumn) bool { return s.Table == table.Name && s.Column == c.Name }) {
				t.Errorf("%s.%s is not in store.SealedColumns: a rotation of the key would leave its values behind", table.Name, c.Name)
			}
		}
	}
	if found < len(store.SealedColumns()) {
		t.Errorf("store.SealedColumns names %d columns, the tables have %d", len(store.SealedColumns()), found)
	}
}
