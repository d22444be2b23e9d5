package store_test

import (
	"fmt"
	"strings"
	"testing"

	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestLongListsAreReadInTheOrderOfAnIndex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if db.Dialect() != store.SQLite {
			t.Skip("PostgreSQL decides by its statistics")
		}
		for _, c := range []struct{ table, alias, order string }{
			{"account", "a", store.AccountOrder}, {"person", "p", store.PersonOrder}, {"person", "p", store.DepartmentOrder}, {"transaction", "t", store.TransactionOrder},
			{"device", "d", store.DeviceOrder},
		} {
			var plan []struct {
				ID      int    `bun:"id"`
				Parent  int    `bun:"parent"`
				NotUsed int    `bun:"notused"`
				Detail  string `bun:"detail"`
			}
			// As the list asks for the page after a row.
			err := db.Read().NewRaw(fmt.Sprintf(`EXPLAIN QUERY PLAN SELECT %[2]s.id, i.name FROM "%[1]s" AS %[2]s LEFT JOIN instance i ON i.no = %[2]s.instance_no
				WHERE %[2]s.gone_gen = 0 AND %[3]s >= 'm' AND (%[3]s > 'm' OR %[2]s.id > 7) ORDER BY %[3]s, %[2]s.id LIMIT 51`, c.table, c.alias, c.order)).Scan(t.Context(), &plan)
			if err != nil {
				t.Fatal(err)
			}
			if text := fmt.Sprint(plan); strings.Contains(text, "TEMP B-TREE") || !strings.Contains(text, "USING INDEX") {
				t.Errorf("%s is sorted for every page: %s", c.table, text)
			}
		}
	})
}
