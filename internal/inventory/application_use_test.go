package inventory_test

import (
	"context"
	"fmt"
	"math/rand"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/inventory"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// opens compares each number of an application with the rows that it opens.
func opens(t *testing.T, s *inventory.Service, a purser.Application) {
	t.Helper()
	rows := func(use ...string) (n int64, people map[string]bool) {
		list, err := s.Accounts(t.Context(), inventory.AccountFilter{Application: a.ID, Use: use}, purser.Page{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		people = map[string]bool{}
		for _, x := range list.Items {
			if x.PersonID != "" && x.Status != "deactivated" { // who could get in has it
				people[x.PersonID] = true
			}
		}
		return int64(len(list.Items)), people
	}
	all, people := rows()
	if all != a.Accounts || int64(len(people)) != a.People {
		t.Errorf("%s: %d accounts of %d people, its rows are %d of %d", a.Name, a.Accounts, a.People, all, len(people))
	}
	if list, err := s.People(t.Context(), inventory.PersonFilter{Has: []string{a.ID}}, purser.Page{Limit: 1000}); err != nil || int64(len(list.Items)) != a.People {
		t.Errorf("%s: %d people, and the list of those who have it is %d: %v", a.Name, a.People, len(list.Items), err)
	}
	for use, want := range map[string]int64{"active": a.Active, "inactive": a.Inactive, "never": a.Never, "unknown": a.Unknown} {
		if n, _ := rows(use); n != want {
			t.Errorf("%s: %d %s, its rows are %d", a.Name, want, use, n)
		}
	}
}

func TestEachNumberOfAnApplicationIsThatOfItsRowsAfterAnyHistory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, d, at := service(db, everything()), match.New(db, now), now().UnixMicro()
		chat, idp := connect(t, db, "Chat", "chat", "Chat"), connect(t, db, "Idp", "idp", "Idp")
		// Chat is known by itself and through the provider, Figma through it alone.
		for _, name := range []string{"Chat", "Figma"} {
			row(t, db, purser.KindApplication, idp.No, "k"+name, map[string]any{"name": name})
		}
		r := rand.New(rand.NewSource(11))
		pick := func(of ...any) any { return of[r.Intn(len(of))] }
		used := func() any { return pick(nil, int64(0), at-int64(r.Intn(120))*86_400_000_000) }
		instance := func() int64 { return pick(chat.No, idp.No).(int64) }
		user := func() string { return fmt.Sprint("u", r.Intn(8)) }
		changed := at
		for i := range 8 {
			row(t, db, purser.KindPerson, 99, fmt.Sprint("p", i), map[string]any{"email": fmt.Sprintf("u%d@example.com", i)})
		}
		for i := range 16 {
			row(t, db, purser.KindAccount, []int64{chat.No, idp.No}[i%2], fmt.Sprint("u", i/2), map[string]any{"email": fmt.Sprintf("u%d@example.com", i/2), "last_active_at": used()})
		}
		for step := range 80 {
			changed += 1_000_000
			no, kind := instance(), purser.KindAccount
			switch op := r.Intn(8); op {
			case 0, 1:
				exec(t, db, `INSERT INTO "account" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email, status, last_active_at)
					VALUES (?, ?, 1, 1, 1, 1, 1, 1, ?, ?, ?, ?) ON CONFLICT (instance_no, external_id) DO UPDATE SET gone_gen = 0, email = excluded.email,
					status = excluded.status, last_active_at = excluded.last_active_at, changed_at = excluded.changed_at`, no, user(), changed,
					user()+"@example.com", pick(nil, "active", "deactivated"), used())
			case 2:
				exec(t, db, `UPDATE "account" SET gone_gen = 5, changed_at = ? WHERE instance_no = ? AND external_id = ?`, changed, no, user())
			case 3, 4:
				app, who, gone := pick("kChat", "kFigma"), user(), pick(0, 0, 7)
				no, kind = idp.No, purser.KindAssignment
				exec(t, db, `INSERT INTO "assignment" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, application, account, last_used_at, gone_gen)
					VALUES (?, ?, 1, 1, 1, 1, 1, 1, ?, ?, ?, ?, ?) ON CONFLICT (instance_no, external_id) DO UPDATE SET gone_gen = excluded.gone_gen,
					last_used_at = excluded.last_used_at, changed_at = excluded.changed_at`, no, fmt.Sprint(app, who, pick("", "", " by a group")), changed, app, who, used(), gone)
			case 5:
				last := at - int64(r.Intn(120))*86_400_000_000
				kind = purser.KindActivity
				exec(t, db, `INSERT INTO stream (no, instance_no, task, name, kind) VALUES (?, ?, 'application_access', ?, 'activity')`, 1000+step, no, fmt.Sprint("s", step))
				exec(t, db, `INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at) VALUES (?, ?, ?, ?, ?, 1, ?, ?)`,
					no, 1000+step, user(), pick("", "kChat", "kFigma"), last/86_400_000_000, last, last)
			case 7: // gone from the list of people, or there again: what they have stays
				no, kind = 99, purser.KindPerson
				exec(t, db, `UPDATE "person" SET gone_gen = ?, changed_at = ? WHERE external_id = ?`, pick(0, 7), changed, fmt.Sprint("p", r.Intn(8)))
			case 6:
				err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
					var ids []int64
					if err := tx.NewRaw(`SELECT id FROM "account" ORDER BY id`).Scan(ctx, &ids); err != nil || len(ids) == 0 {
						return err
					}
					return store.LinkAccount(ctx, tx, ids[r.Intn(len(ids))], int64(r.Intn(8)+1), "admin@example.com", purser.Micros(changed))
				})
				if err != nil {
					t.Fatal(err)
				}
				no = 0
			}
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				if step == 0 { // people and applications came before
					if err := store.MarkDerivation(ctx, tx, 99, 0, purser.KindPerson); err != nil {
						return err
					}
					if err := store.MarkDerivation(ctx, tx, idp.No, 0, purser.KindApplication); err != nil {
						return err
					}
				}
				if no == 0 {
					return nil // a link by hand asks for it itself
				}
				return store.MarkDerivation(ctx, tx, no, purser.Micros(changed), kind)
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Derive(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			list, err := s.Applications(t.Context(), inventory.ApplicationFilter{}, purser.Page{})
			if err != nil || len(list.Items) != 3 {
				t.Fatal(list, err)
			}
			for _, a := range list.Items {
				opens(t, s, a)
			}
			if t.Failed() {
				t.Fatalf("after step %d", step)
			}
		}
	})
}
