package inventory_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// idsBy lists the accounts of a class, of one instance or of the whole estate.
func idsBy(t *testing.T, db *store.DB, at store.UseAt, instanceNo int64, p purser.Page, uses ...string) (ids []string) {
	t.Helper()
	for p.Limit = 2; ; {
		list, err := store.Accounts(t.Context(), db.Read(), store.AccountFilter{Uses: uses, At: at, InstanceNo: instanceNo}, p, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list.Items {
			ids = append(ids, a.DisplayName)
		}
		if p.After = list.Next; p.After == "" {
			return ids
		}
	}
}

func TestKeptClassesAreWhatWouldBeSaidNow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		chat := connect(t, db, "Chat", "chat", "Chat")
		for i := range 12 {
			used := any(daysAgo(53 + i).UnixMicro())
			if i%4 == 0 {
				used = int64(0)
			}
			row(t, db, purser.KindAccount, chat.No, fmt.Sprint("a", i), map[string]any{"display_name": fmt.Sprintf("Name %02d", (i*7)%12), "last_active_at": used})
		}
		row(t, db, purser.KindAccount, chat.No, "untold", map[string]any{"display_name": "Name 20", "created_at": daysAgo(20).UnixMicro()})
		gone := row(t, db, purser.KindAccount, chat.No, "gone", map[string]any{"display_name": "Name 21", "last_active_at": int64(0)})
		reads(t, db, chat.No, purser.KindAccount, now())
		keep := func(at store.UseAt, written ...int64) {
			t.Helper()
			if err := db.KeepClasses(t.Context(), written, at); err != nil {
				t.Fatal(err)
			}
		}
		check := func(what string, at store.UseAt) {
			t.Helper()
			for _, p := range []purser.Page{{}, {Desc: true}, {Sort: "added"}} {
				for _, uses := range [][]string{{"never"}, {"inactive"}, {"unknown"}, {"inactive", "never"}, {"active"}} {
					kept, said := idsBy(t, db, at, 0, p, uses...), idsBy(t, db, at, chat.No, p, uses...)
					if fmt.Sprint(kept) != fmt.Sprint(said) {
						t.Errorf("%s: %v are %v, want %v", what, uses, kept, said)
					}
				}
			}
		}
		at := store.UseAtMoment(now(), 0)
		check("nothing is kept", at)
		keep(at)
		check("kept", at)
		if n := count(t, db, `SELECT count(*) FROM account_class WHERE class IN ('never', 'inactive', 'unknown')`); n != len(idsBy(t, db, at, chat.No, purser.Page{}, "never", "inactive", "unknown")) || n == 0 {
			t.Errorf("%d classes are kept", n)
		}
		tomorrow := store.UseAtMoment(now().AddDate(0, 0, 2), 0)
		check("two days later", tomorrow)
		keep(tomorrow)
		check("two days later, kept", tomorrow)
		late := store.UseAtMoment(now().AddDate(0, 0, 8), 0)
		check("not read for a week", late)
		keep(late)
		check("not read for a week, kept", late)
		keep(at)
		covers(t, db, chat.No, daysAgo(100), now())
		check("dated use is read", at)
		keep(at)
		check("dated use is read, kept", at)
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			return store.SetUseDays(ctx, tx, store.KeyOf("app_", chat.Application), 57)
		})
		if err != nil {
			t.Fatal(err)
		}
		check("another threshold", at)
		keep(at)
		check("another threshold, kept", at)
		exec(t, db, `UPDATE account SET gone_gen = 2, removed_at = ? WHERE id = ?`, time.Now().UnixMicro(), gone)
		check("one is gone", at)
		exec(t, db, `UPDATE account SET display_name = 'Name 99', last_active_at = 0 WHERE external_id = 'a1'`)
		keep(at, chat.No)
		check("one is called otherwise", at)
		if n := count(t, db, `SELECT count(*) FROM account_class WHERE account_id = `+fmt.Sprint(gone)); n != 0 {
			t.Errorf("%d classes are kept of who is gone", n)
		}
	})
}

func count(t *testing.T, db *store.DB, query string) (n int) {
	t.Helper()
	if err := db.Read().NewRaw(query).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}
