package inventory_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// listed walks a list of accounts page by page: their names, and how many it says there are.
func listed(t *testing.T, db *store.DB, f store.AccountFilter, p purser.Page) (names []string, total int64) {
	t.Helper()
	for p.Limit = 2; ; {
		list, err := store.Accounts(t.Context(), db.Read(), f, p, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list.Items {
			names = append(names, a.DisplayName)
		}
		if total, p.After = list.Total, list.Next; p.After == "" {
			return names, total
		}
	}
}

func TestAccountsOfOddKindsAreThoseThatAreOddNow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		chat := connect(t, db, "Chat", "chat", "Chat")
		var ids []int64
		for i, kind := range []string{"guest", "guest", "robot", "person", "shared", "", "guest", "unknown", "robot", "guest"} {
			values := map[string]any{"display_name": fmt.Sprintf("Name %d", i*7%10), "email": fmt.Sprintf("a%d@example.com", i), "status": []string{"active", "suspended"}[i%2]}
			if kind != "" {
				values["kind"] = kind
			}
			ids = append(ids, row(t, db, purser.KindAccount, chat.No, fmt.Sprint("a", i), values))
		}
		check := func(what string) {
			t.Helper()
			for _, f := range []store.AccountFilter{{}, {Query: "a1@"}, {Query: "example"}, {Status: []string{"active"}}, {Connector: "chat"}, {Seat: true}} {
				for _, f.Kinds = range [][]string{{"guest"}, {"robot"}, {"shared"}, {"robot", "shared"}, {"guest", "robot", "shared"}, {"guest", "person"}} {
					for _, p := range []purser.Page{{}, {Desc: true}, {Sort: "added"}, {Sort: "added", Desc: true}} {
						kept, n := listed(t, db, f, p)
						f := f
						f.InstanceNo = chat.No // decided as it is read
						are, _ := listed(t, db, f, p)
						if !slices.Equal(kept, are) || n != int64(len(are)) {
							t.Errorf("%s: %+v of %v are %d: %v, want %v", what, p, f.Kinds, n, kept, are)
						}
					}
				}
			}
		}
		said := func(i int, kind string) {
			t.Helper()
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				return store.SetAccountKind(ctx, tx, ids[i], kind, "Ada", 1)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		check("as the vendor says")
		if names, n := listed(t, db, store.AccountFilter{Kinds: []string{"guest"}}, purser.Page{}); n != 4 || !slices.Equal(names, []string{"Name 0", "Name 2", "Name 3", "Name 7"}) {
			t.Errorf("%d guests: %v", n, names)
		}
		said(0, "person")
		said(2, "shared")
		said(3, "robot")
		said(5, "guest")
		check("somebody said something else of four")
		said(3, "guest")
		check("and again of one")
		said(0, "")
		said(5, "")
		check("and takes it back of two")
		exec(t, db, `UPDATE account SET gone_gen = 2, removed_at = 1 WHERE external_id IN ('a1', 'a2')`)
		check("two are gone")
		said(2, "guest")
		check("of one who is gone somebody says another kind")
		exec(t, db, `UPDATE account SET gone_gen = 0, removed_at = 0, kind = 'robot' WHERE external_id IN ('a1', 'a2')`)
		check("they are back, and robots")
		exec(t, db, `UPDATE account SET display_name = 'Name 99' WHERE external_id = 'a6'`)
		exec(t, db, `UPDATE account SET display_name = NULL WHERE external_id = 'a9'`)
		check("two are called otherwise")
		exec(t, db, `UPDATE account SET kind = NULL WHERE external_id = 'a9'`)
		exec(t, db, `UPDATE account SET kind = 'guest' WHERE external_id = 'a7'`)
		check("the vendor says other kinds")
	})
}
