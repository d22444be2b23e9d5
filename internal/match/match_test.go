package match_test

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// row inserts a row of a kind with what every row has; id is its number.
func row(t *testing.T, db *store.DB, kind purser.Kind, instance int64, external string, fields map[string]any) (id int64) {
	t.Helper()
	cols := map[string]any{"instance_no": instance, "external_id": external, "stream_no": 1, "part_no": 1, "digest": 1, "first_gen": 1,
		"changed_gen": 1, "first_seen_at": 1, "changed_at": 1}
	for k, v := range fields {
		cols[k] = v
	}
	var names, marks []string
	for k := range cols {
		names = append(names, k)
	}
	sort.Strings(names)
	var args []any
	for i, k := range names {
		args, marks = append(args, cols[k]), append(marks, "?")
		names[i] = `"` + k + `"`
	}
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return tx.NewRaw("INSERT INTO "+store.KindTable(kind)+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+") RETURNING id",
			args...).Scan(ctx, &id)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// written says what a run has just written.
type written struct {
	instance int64
	kinds    []purser.Kind
	since    purser.Micros
}

func run(t *testing.T, db *store.DB, w written) {
	t.Helper()
	mark(t, db, w)
	if err := match.New(db, time.Now).Derive(t.Context(), w.instance); err != nil {
		t.Fatal(err)
	}
}

func mark(t *testing.T, db *store.DB, w written) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return store.MarkDerivation(ctx, tx, w.instance, w.since, w.kinds...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// link returns to whom an account belongs and why; 0 for nobody.
func link(t *testing.T, db *store.DB, account int64) (person int64, how string) {
	t.Helper()
	var rows []struct {
		Person int64  `bun:"person_id"`
		How    string `bun:"how"`
	}
	if err := db.Read().NewRaw("SELECT person_id, how FROM account_person WHERE account_id = ?", account).Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		return 0, ""
	}
	return rows[0].Person, rows[0].How
}

func all(instance int64) written {
	return written{instance: instance, kinds: []purser.Kind{purser.KindPerson, purser.KindAccount}}
}

func TestAccountsAreMatchedByAddressThenByAlias(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ada := row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "Ada@Example.com"})
		bob := row(t, db, purser.KindPerson, 1, "p2", map[string]any{"email": "bob@example.com", "display_name": "Deploy Bot"})
		twin1 := row(t, db, purser.KindPerson, 1, "p3", map[string]any{"email": "twin@example.com"})
		row(t, db, purser.KindPerson, 1, "p4", map[string]any{"email": "TWIN@example.com"})
		gone := row(t, db, purser.KindPerson, 1, "p5", map[string]any{"email": "gone@example.com", "gone_gen": 3})
		_ = twin1
		for _, c := range []struct {
			name   string
			fields map[string]any
			person int64
			how    string
		}{
			{"own address in another case", map[string]any{"email": "ADA@example.COM"}, ada, "same e-mail address"},
			{"own address before alias", map[string]any{"email": "ada@example.com", "aliases": `["bob@example.com"]`}, ada, "same e-mail address"},
			{"alias", map[string]any{"email": "b@other.example", "aliases": `["x@example.com","Bob@Example.com"]`}, bob, "alias bob@example.com is the person's e-mail address"},
			{"aliases of two people", map[string]any{"aliases": `["ada@example.com","bob@example.com"]`}, 0, ""},
			{"robot by a person's name", map[string]any{"kind": "robot", "display_name": "Deploy Bot"}, 0, ""},
			{"robot by alias", map[string]any{"kind": "robot", "aliases": `["bob@example.com"]`}, 0, ""},
			{"shared by alias", map[string]any{"kind": "shared", "aliases": `["bob@example.com"]`}, 0, ""},
			{"an address of two people", map[string]any{"email": "twin@example.com"}, 0, ""},
			{"a person who left keeps the account", map[string]any{"email": "gone@example.com"}, gone, "same e-mail address"},
			{"no address", map[string]any{"email": ""}, 0, ""},
			{"an unknown address", map[string]any{}, 0, ""},
		} {
			acc := row(t, db, purser.KindAccount, 2, c.name, c.fields)
			run(t, db, all(2))
			if person, how := link(t, db, acc); person != c.person || how != c.how {
				t.Errorf("%s: person %d because %q, want %d because %q", c.name, person, how, c.person, c.how)
			}
		}
	})
}

func TestAnAliasOfOneAccountTellsWhoseTheOthersAre(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ada := row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "ada.lovelace@example.com"})
		bob := row(t, db, purser.KindPerson, 1, "p2", map[string]any{"email": "bob@example.com"})
		mail := row(t, db, purser.KindAccount, 2, "mail", map[string]any{"email": "ada.lovelace@example.com", "aliases": `["ALovelace@example.com","team@example.com","bob@example.com"]`})
		row(t, db, purser.KindAccount, 2, "mail of bob", map[string]any{"email": "bob@example.com", "aliases": `["team@example.com"]`})
		chat := row(t, db, purser.KindAccount, 3, "chat", map[string]any{"email": "alovelace@example.com"})
		team := row(t, db, purser.KindAccount, 3, "team", map[string]any{"email": "team@example.com"})
		own := row(t, db, purser.KindAccount, 3, "own", map[string]any{"email": "bob@example.com"})
		robot := row(t, db, purser.KindAccount, 4, "robot", map[string]any{"email": "alovelace@example.com", "kind": "robot"})
		for range 2 { // again: nothing moves
			run(t, db, all(2))
			for account, want := range map[int64]int64{mail: ada, chat: ada, team: 0, own: bob, robot: 0} {
				if person, how := link(t, db, account); person != want {
					t.Errorf("account %d: %d because %q, want %d", account, person, how, want)
				}
			}
		}
		if _, how := link(t, db, chat); how != "the address is an alias of another account of the person" {
			t.Errorf("because %q", how)
		}
		exec(t, db, `UPDATE "account" SET aliases = '[]' WHERE external_id = 'mail'`)
		run(t, db, all(2))
		if person, _ := link(t, db, chat); person != 0 {
			t.Error("the alias is gone and the link stayed")
		}
	})
}

func TestALinkFollowsItsReason(t *testing.T) {
	// By as much the clock may be set back between two writes.
	const hour = purser.Micros(time.Hour / time.Microsecond)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		acc := row(t, db, purser.KindAccount, 2, "a", map[string]any{"email": "ada@example.com"})
		run(t, db, all(2))
		if person, _ := link(t, db, acc); person != 0 {
			t.Fatalf("linked to %d before anybody was known", person)
		}
		first := row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "ada@example.com"})
		run(t, db, written{1, []purser.Kind{purser.KindPerson}, hour})
		if person, _ := link(t, db, acc); person != first {
			t.Errorf("after people came: %d, want %d", person, first)
		}
		exec(t, db, `UPDATE "account" SET email = 'other@example.com', changed_at = 50 + 3600000000`)
		run(t, db, written{2, []purser.Kind{purser.KindAccount}, 51 + 2*hour})
		if person, _ := link(t, db, acc); person != first {
			t.Error("an account that was not written since was looked at")
		}
		run(t, db, written{2, []purser.Kind{purser.KindAccount}, 50 + 2*hour})
		if person, _ := link(t, db, acc); person != 0 {
			t.Errorf("the address changed and the link stayed: %d", person)
		}
	})
}

func TestRunsThatEndAtOnceMatchOneAfterTheOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "ada@example.com"})
		var accounts []int64
		for i := range int64(4) {
			accounts = append(accounts, row(t, db, purser.KindAccount, i+2, "a", map[string]any{"email": "ada@example.com"}))
		}
		errs, d := make(chan error), match.New(db, time.Now)
		for i := range int64(4) {
			mark(t, db, all(i+2))
			go func() { errs <- d.Derive(t.Context(), i+2) }()
		}
		for range 4 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		for _, a := range accounts {
			if person, _ := link(t, db, a); person == 0 {
				t.Errorf("account %d belongs to nobody", a)
			}
		}
	})
}

func TestALinkByHandWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "ada@example.com"})
		bob := row(t, db, purser.KindPerson, 1, "p2", map[string]any{"email": "bob@example.com"})
		acc := row(t, db, purser.KindAccount, 2, "a", map[string]any{"email": "ada@example.com"})
		lone := row(t, db, purser.KindAccount, 2, "b", map[string]any{"email": "nobody@example.com"})
		for _, a := range []int64{acc, lone} {
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				return store.LinkAccount(ctx, tx, a, bob, "admin@example.com", 9)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		run(t, db, all(2))
		for _, a := range []int64{acc, lone} {
			if person, how := link(t, db, a); person != bob || how != "linked by admin@example.com" {
				t.Errorf("account %d: %d because %q", a, person, how)
			}
		}
	})
}

func TestTheFirstRosterWinsAndLivePeopleBeforeThoseWhoLeft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		row(t, db, purser.KindPerson, 1, "old", map[string]any{"email": "ada@example.com", "gone_gen": 2})
		second := row(t, db, purser.KindPerson, 3, "idp", map[string]any{"email": "ada@example.com"})
		acc := row(t, db, purser.KindAccount, 2, "a", map[string]any{"email": "ada@example.com"})
		run(t, db, all(2))
		if person, _ := link(t, db, acc); person != second {
			t.Errorf("got %d, want the live one %d", person, second)
		}
		first := row(t, db, purser.KindPerson, 1, "new", map[string]any{"email": "ada@example.com"})
		run(t, db, all(2))
		if person, _ := link(t, db, acc); person != first {
			t.Errorf("got %d, want the one of the first roster %d", person, first)
		}
	})
}

func TestActivityMovesTheLastUseForward(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		acc := row(t, db, purser.KindAccount, 2, "u1", nil)
		other := row(t, db, purser.KindAccount, 3, "u1", nil)
		use := func(at int64) {
			exec(t, db, fmt.Sprintf(`INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at)
				VALUES (2, 1, 'u1', 'app%d', 1, 1, %d, %d)`, at, at, at))
		}
		use(70)
		use(90)
		use(80)
		run(t, db, written{instance: 2, kinds: []purser.Kind{purser.KindActivity}})
		run(t, db, written{instance: 3, kinds: []purser.Kind{purser.KindActivity}})
		if got := usedAt(t, db, acc); got != 90 {
			t.Errorf("used at %d, want 90", got)
		}
		if got := usedAt(t, db, other); got != 0 {
			t.Errorf("an account of another instance was used at %d", got)
		}
	})
}

func TestDiscoveredApplicationsOfOneNameAreOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := store.ManageApplication(ctx, tx, "Slack", "slack", 1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		row(t, db, purser.KindApplication, 2, "0oa1", map[string]any{"name": "SLACK"})
		row(t, db, purser.KindApplication, 2, "0oa2", map[string]any{"name": "Figma"})
		row(t, db, purser.KindApplication, 2, "0oa3", map[string]any{"name": "figma "})
		row(t, db, purser.KindApplication, 2, "0oa4", map[string]any{"name": "Gone", "gone_gen": 2})
		m := written{instance: 2, kinds: []purser.Kind{purser.KindApplication}}
		run(t, db, m)
		run(t, db, m)
		list, err := store.Applications(t.Context(), db.Read(), store.ApplicationFilter{}, purser.Page{}, true)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range list.Items {
			got = append(got, a.Name+" "+a.Status)
		}
		if want := "Figma new, Slack managed"; strings.Join(got, ", ") != want {
			t.Errorf("got %v, want %s", got, want)
		}
		var sources int
		if err := db.Read().NewRaw("SELECT count(*) FROM application_source").Scan(t.Context(), &sources); err != nil || sources != 3 {
			t.Errorf("%d sources, %v; want 3", sources, err)
		}
	})
}

func usedAt(t *testing.T, db *store.DB, account int64) (at int64) {
	t.Helper()
	if err := db.Read().NewRaw("SELECT COALESCE(max(used_at), 0) FROM account_use WHERE account_id = ?", account).Scan(t.Context(), &at); err != nil {
		t.Fatal(err)
	}
	return at
}

func exec(t *testing.T, db *store.DB, stmt string) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, stmt)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
