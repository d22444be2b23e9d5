package inventory_test

import (
	"slices"
	"testing"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestAnAccountIsListedWithThePlansOfItsOwnSeats(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		chat, wiki := connect(t, db, "Chat", "chat", "Chat"), connect(t, db, "Wiki", "wiki", "Wiki")
		row(t, db, purser.KindPlan, chat.No, "pro", map[string]any{"name": "Chat Pro"})
		for _, x := range []struct {
			no   int64
			name string
		}{{chat.No, "Ada in chat"}, {wiki.No, "Ada in wiki"}} { // both call her the same
			row(t, db, purser.KindAccount, x.no, "ada", map[string]any{"display_name": x.name})
		}
		row(t, db, purser.KindAccount, wiki.No, "bob", map[string]any{"display_name": "Bob in wiki"})
		row(t, db, purser.KindSeat, chat.No, "s1", map[string]any{"account": "ada", "plan": "pro"})
		row(t, db, purser.KindSeat, chat.No, "s2", map[string]any{"account": "ada", "plan": "extra"})
		row(t, db, purser.KindSeat, chat.No, "s3", map[string]any{"account": "bob", "plan": "pro"}) // who has no account there
		row(t, db, purser.KindSeat, wiki.No, "s1", map[string]any{"account": "ada", "plan": "pro"})
		row(t, db, purser.KindSeat, wiki.No, "s2", map[string]any{"account": "ada", "plan": "old", "gone_gen": 2})
		list, err := store.Accounts(t.Context(), db.Read(), store.AccountFilter{}, purser.Page{}, true)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{"Ada in chat": {"Chat Pro", "extra"}, "Ada in wiki": {"pro"}, "Bob in wiki": nil}
		for _, a := range list.Items {
			if !slices.Equal(a.Plans, want[a.DisplayName]) {
				t.Errorf("%s has %q, want %q", a.DisplayName, a.Plans, want[a.DisplayName])
			}
		}
		if len(list.Items) != len(want) {
			t.Errorf("%d accounts", len(list.Items))
		}
	})
}
