package inventory_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
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

// A run writes page by page, and a reader may come after each: what a list by use
// shows is what the list of the instance says of each account in that moment.
func TestWhileARunWritesAListByUseIsWhatTheAccountsSay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		chat := connect(t, db, "Chat", "chat", "Chat")
		info := store.StreamInfo{Name: "users", Kind: purser.KindAccount, Snapshot: true, Fields: []string{"display_name", "last_active_at", "status"}}
		user := func(id, name string, used int64, status string) engine.Row {
			values := make([]purser.Value, len(purser.Fields(purser.KindAccount)))
			for i, f := range purser.Fields(purser.KindAccount) {
				switch f.Name {
				case "external_id":
					values[i] = purser.TextValue(id)
				case "display_name":
					values[i] = purser.TextValue(name)
				case "last_active_at":
					values[i] = purser.IntValue(used)
				case "status":
					values[i] = purser.TextValue(status)
				}
			}
			r := engine.Row{ExternalID: id, Values: values}
			copy(r.Digest[:], fmt.Sprintf("%.3s%.3s%d", name, status, used/86_400_000_000))
			return r
		}
		run := int64(0)
		read := func(check func(what string), rows ...engine.Row) {
			t.Helper()
			run++
			s := db.NewSync(store.RunRow{No: run, ID: fmt.Sprintf("run_01JABCDEFGHJKMNPQRST%06d", run), InstanceNo: chat.No, Task: "application_roster"}, store.Guard{})
			_, err := s.Begin(t.Context(), info)
			if err == nil {
				err = s.Commit(t.Context(), engine.Commit{Stream: info.Name, Kind: info.Kind, Parts: []engine.Part{{Rows: rows, Complete: true}}, Checkpoint: []byte("{}"), Pages: 1, Read: len(rows)})
			}
			if err != nil {
				t.Fatal(err)
			}
			check("a page is stored")
			if _, err = s.Finish(t.Context(), info.Name, engine.Result{State: engine.Complete, Full: true, Rows: len(rows)}); err == nil {
				err = s.Forget(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			check("it is merged")
		}
		at := store.UseAtMoment(now(), 0)
		check := func(what string) {
			t.Helper()
			for _, use := range []string{"never", "inactive", "unknown", "active"} {
				if kept, said := idsBy(t, db, at, 0, purser.Page{}, use), idsBy(t, db, at, chat.No, purser.Page{}, use); fmt.Sprint(kept) != fmt.Sprint(said) {
					t.Errorf("%s: %s are %v, want %v", what, use, kept, said)
				}
			}
			if kept, said := nobodys(t, db, 0), nobodys(t, db, chat.No); fmt.Sprint(kept) != fmt.Sprint(said) {
				t.Errorf("%s: %v are nobody's, want %v", what, kept, said)
			}
		}
		long, lately := daysAgo(100).UnixMicro(), daysAgo(3).UnixMicro()
		read(check, user("a", "Ada", 0, "active"), user("b", "Bo", long, "active"), user("c", "Cy", lately, "active"))
		if err := db.KeepClasses(t.Context(), nil, at); err != nil {
			t.Fatal(err)
		}
		check("decided")
		read(check, user("a", "Ada", lately, "active"), user("b", "Bo", long, "deactivated"), user("c", "Zoe", 0, "active"), user("d", "Di", 0, "active"))
		if n := count(t, db, `SELECT count(*) FROM class_decided`); n != 1 {
			t.Errorf("lists by use look at all accounts of the estate: %d instances are decided", n)
		}
		// Dated activity is added to it slice by slice.
		exec(t, db, `INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at) VALUES (?, 1, 'd', '', ?, 1, ?, ?)`, chat.No, lately/86_400_000_000, lately, lately)
		if err := db.UseFromActivity(t.Context(), chat.No); err != nil {
			t.Fatal(err)
		}
		check("dated activity is added")
		if n := count(t, db, `SELECT count(*) FROM account_class WHERE class = 'never'`); n != 1 {
			t.Errorf("%d are kept as never used, want Zoe alone", n)
		}
	})
}

// nobodys lists the accounts that are nobody's, of one instance or of the whole estate.
func nobodys(t *testing.T, db *store.DB, instanceNo int64) (names []string) {
	t.Helper()
	no := false
	list, err := store.Accounts(t.Context(), db.Read(), store.AccountFilter{Matched: &no, Expected: true, InstanceNo: instanceNo, At: store.UseAtMoment(now(), 0)}, purser.Page{}, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list.Items {
		names = append(names, a.DisplayName)
	}
	return names
}

func TestAccountsOfNobodyAreThoseThatAreToldOfTheirInstance(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		chat, docs := connect(t, db, "Chat", "chat", "Chat"), connect(t, db, "Docs", "docs", "Docs")
		ada := row(t, db, purser.KindPerson, chat.No, "p1", map[string]any{"display_name": "Ada"})
		var ids []int64
		for i := range 6 {
			kind := []string{"person", "robot", "person"}[i%3]
			ids = append(ids, row(t, db, purser.KindAccount, chat.No, fmt.Sprint("a", i), map[string]any{"display_name": fmt.Sprint("Name ", (i*5)%6), "kind": kind}))
		}
		exec(t, db, `INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) VALUES (?, ?, ?, 'same e-mail address', 1)`, ids[0], chat.No, ada)
		exec(t, db, `UPDATE account SET status = 'suspended' WHERE id = ?`, ids[3]) // nobody's all along, never open
		check := func(what string, want int) {
			t.Helper()
			live, kept := nobodys(t, db, chat.No), nobodys(t, db, 0)
			if fmt.Sprint(live) != fmt.Sprint(kept) || len(kept) != want {
				t.Errorf("%s: %v are nobody's, of the instance %v, want %d", what, kept, live, want)
			}
			c, err := store.CountLive(t.Context(), db.Read())
			if err != nil || c.Unmatched != int64(want) {
				t.Errorf("%s: %d are counted, want %d (%v)", what, c.Unmatched, want, err)
			}
			if c.UnmatchedOpen != int64(want)-1 {
				t.Errorf("%s: %d of them are open, want all but the suspended one of %d", what, c.UnmatchedOpen, want)
			}
		}
		decide := func(written ...int64) {
			t.Helper()
			if err := db.KeepClasses(t.Context(), written, store.UseAtMoment(now(), 0)); err != nil {
				t.Fatal(err)
			}
		}
		check("nothing is kept", 3)
		decide()
		check("kept", 3)
		if n := count(t, db, `SELECT count(*) FROM account_nobody`); n != 5 {
			t.Errorf("%d are kept, want 5 with the robots", n)
		}
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return store.UnlinkAccount(ctx, tx, ids[0]) })
		if err != nil {
			t.Fatal(err)
		}
		check("one was unlinked by hand", 4)
		exec(t, db, `INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) VALUES (?, ?, ?, 'same e-mail address', 1)`, ids[2], chat.No, ada)
		check("one was linked", 3)
		decide(chat.No)
		check("one was linked, kept", 3)
		exec(t, db, `UPDATE account SET display_name = 'Aa' WHERE id = ?`, ids[3])
		exec(t, db, `UPDATE account SET gone_gen = 2, removed_at = 5 WHERE id = ?`, ids[5])
		decide(chat.No)
		check("one is gone, one is called otherwise", 2)
		before, err := store.CountLive(t.Context(), db.Read())
		if err != nil {
			t.Fatal(err)
		}
		row(t, db, purser.KindAccount, docs.No, "new", map[string]any{"display_name": "Zed", "kind": "robot"})
		after, err := store.CountLive(t.Context(), db.Read())
		if err != nil || before.Accounts != 5 || after.Accounts != 6 {
			t.Errorf("%d and %d accounts, want 5 and then 6 (%v)", before.Accounts, after.Accounts, err)
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
