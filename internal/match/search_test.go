package match_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// searched fails if a search finds other accounts than those that the text stands in, of
// all kinds or of such as one expects nobody behind.
func searched(t *testing.T, db *store.DB) {
	t.Helper()
	for _, kinds := range [][]string{nil, {"guest"}, {"robot", "shared"}} {
		for _, text := range []string{"ada", "p1", "EXAMPLE.org", "x@", "nobody has this"} {
			var all, want []string
			query := `SELECT 'acc_' || id FROM "account" WHERE gone_gen = 0 AND (lower(email) LIKE lower(?) OR lower(display_name) LIKE lower(?) OR lower(user_name) LIKE lower(?))`
			args := []any{"%" + text + "%", "%" + text + "%", "%" + text + "%"}
			if kinds != nil {
				query, args = query+` AND COALESCE((SELECT k.kind FROM account_kind k WHERE k.account_id = "account".id), kind) IN (?)`, append(args, bun.List(kinds))
			}
			if err := db.Read().NewRaw(query, args...).Scan(t.Context(), &want); err != nil {
				t.Fatal(err)
			}
			list, err := store.Accounts(t.Context(), db.Read(), store.AccountFilter{Query: text, Kinds: kinds}, purser.Page{Limit: 1000}, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list.Items {
				all = append(all, a.ID)
			}
			slices.Sort(want)
			if slices.Sort(all); !slices.Equal(all, want) {
				t.Fatalf("%q of %v finds %v, it stands in %v", text, kinds, all, want)
			}
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
