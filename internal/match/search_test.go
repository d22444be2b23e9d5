package match_test

import (
	"reflect"
	"slices"
	"testing"

	"purser"
	"purser/internal/store"
)

// searched fails if a search finds other accounts than those that the text stands in.
func searched(t *testing.T, db *store.DB) {
	t.Helper()
	for _, text := range []string{"ada", "p1", "EXAMPLE.org", "x@", "nobody has this"} {
		var want []string
		err := db.Read().NewRaw(`SELECT 'acc_' || id FROM "account" WHERE gone_gen = 0 AND (lower(email) LIKE lower(?) OR lower(display_name) LIKE lower(?) OR lower(user_name) LIKE lower(?))`,
			"%"+text+"%", "%"+text+"%", "%"+text+"%").Scan(t.Context(), &want)
		if err != nil {
			t.Fatal(err)
		}
		list, err := store.Accounts(t.Context(), db.Read(), store.AccountFilter{Query: text}, purser.Page{Limit: 1000}, true)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range list.Items {
			got = append(got, a.ID)
		}
		slices.Sort(want)
		if slices.Sort(got); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q finds %v, it stands in %v", text, got, want)
		}
	}
}

// texts fails if something else is kept as what stands in people's accounts than stands there.
func texts(t *testing.T, db *store.DB) {
	t.Helper()
	var kept, there []string
	for query, rows := range map[string]*[]string{
		`SELECT person_id || ' ' || text FROM person_text`: &kept,
		`SELECT DISTINCT x.person_id || ' ' || x.text FROM (SELECT l.person_id, a.email AS text FROM account_person l JOIN "account" AS a ON a.id = l.account_id
			UNION ALL SELECT l.person_id, a.display_name FROM account_person l JOIN "account" AS a ON a.id = l.account_id
			UNION ALL SELECT l.person_id, a.user_name FROM account_person l JOIN "account" AS a ON a.id = l.account_id) AS x WHERE x.text IS NOT NULL`: &there,
	} {
		if err := db.Read().NewRaw(query).Scan(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		slices.Sort(*rows)
	}
	if !reflect.DeepEqual(kept, there) {
		t.Fatalf("kept as what stands in accounts of people: %q; there stands %q", kept, there)
	}
}
