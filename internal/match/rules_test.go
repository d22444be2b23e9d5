package match_test

import (
	"context"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// settings say what an admin said: domains, and which of them are the same.
func settings(t *testing.T, db *store.DB) {
	t.Helper()
	exec(t, db, `INSERT INTO setting (name, value, updated_at) VALUES ('organization', '{"mail_domains":["example.com","example.org"]}', 1)`)
	exec(t, db, `INSERT INTO setting (name, value, updated_at) VALUES ('matching', '{"same_domains":[["example.com","example.org"]],"sub_domains":true}', 1)`)
}

func micros(day string) int64 {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return at.UnixMicro()
}

func TestEachRuleLinksAndSaysWhy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		settings(t, db)
		ada := row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "ada.lovelace@example.com", "display_name": "Ada Lovelace", "employee_number": "E17"})
		jurgen := row(t, db, purser.KindPerson, 1, "p2", map[string]any{"email": "jurgen.muller@example.com", "display_name": "Jürgen Müller"})
		old := row(t, db, purser.KindPerson, 1, "p3", map[string]any{"email": "sam.old@example.com", "display_name": "Sam Old", "started_on": "2015-01-01", "ended_on": "2020-06-30", "employment": "ended"})
		young := row(t, db, purser.KindPerson, 1, "p4", map[string]any{"email": "sam.old@example.com", "display_name": "Sam Old", "started_on": "2021-01-01", "employment": "employed"})
		wed := row(t, db, purser.KindPerson, 1, "p5", map[string]any{"email": "kim.new@example.com", "display_name": "Kim New"})
		exec(t, db, `INSERT INTO change (kind, row_id, run_no, at, field, before, after) SELECT 'person', id, 1, 100, 'email', 'kim.maiden@example.com', email FROM "person" WHERE external_id = 'p5'`)
		for _, c := range []struct {
			name   string
			fields map[string]any
			person int64
			rule   string
			sure   string
		}{
			{"number", map[string]any{"email": "a@elsewhere.example.net", "employee_id": "e17", "display_name": "Lovelace, Ada"}, ada, purser.RuleNumber, "certain"},
			{"number under another name", map[string]any{"employee_id": "e17", "display_name": "Ben Other"}, ada, purser.RuleNumber, "likely"},
			{"second domain", map[string]any{"email": "Ada.Lovelace@example.org"}, ada, purser.RuleDomain, "certain"},
			{"sub-domain", map[string]any{"email": "ada.lovelace@eng.example.com"}, ada, purser.RuleSubDomain, "likely"},
			{"tag", map[string]any{"email": "ada.lovelace+slack@example.com"}, ada, purser.RuleTag, "likely"},
			{"renamed", map[string]any{"email": "kim.maiden@example.com"}, wed, purser.RuleFormer, "likely"},
			{"user name", map[string]any{"user_name": "ada.lovelace@example.com"}, ada, purser.RuleUserName, "likely"},
			{"spelling", map[string]any{"email": "juergen.mueller@example.com", "display_name": "Juergen Mueller"}, jurgen, purser.RuleNameAlike, "likely"},
			{"slip", map[string]any{"email": "ada.lovelcae@example.com", "display_name": "Ada Lovelace"}, ada, purser.RuleNameAlike, "likely"},
			{"words in another order", map[string]any{"email": "lovelace.ada@example.com", "display_name": "Ada Lovelace"}, ada, purser.RuleNameAlike, "likely"},
			{"a name alone", map[string]any{"email": "ada@mail.example.net", "display_name": "Ada Lovelace"}, 0, "", ""},
			{"a name inside, another address", map[string]any{"email": "xy@example.com", "display_name": "Ada Lovelace"}, 0, "", ""},
			{"a slip without the name", map[string]any{"email": "ada.lovelcae@example.com"}, 0, "", ""},
			{"made in the leaver's time", map[string]any{"email": "sam.old@example.com", "created_at": micros("2017-03-01")}, old, purser.RuleAddress, "certain"},
			{"made in the evening of the leaver's last day, in the west", map[string]any{"email": "sam.old@example.com", "created_at": micros("2020-07-01") + (90 * time.Minute).Microseconds()}, old, purser.RuleAddress, "certain"},
			{"made in the newcomer's time", map[string]any{"email": "sam.old@example.com", "created_at": micros("2022-03-01")}, young, purser.RuleAddress, "certain"},
			{"made nobody knows when", map[string]any{"email": "sam.old@example.com"}, young, purser.RuleAddress, "certain"},
		} {
			acc := row(t, db, purser.KindAccount, 2, c.name, c.fields)
			run(t, db, all(2))
			var got struct {
				Person int64  `bun:"person_id"`
				Rule   string `bun:"rule"`
				Sure   string `bun:"sure"`
				How    string `bun:"how"`
			}
			_ = db.Read().NewRaw(`SELECT person_id, rule, sure, how FROM account_person WHERE account_id = ?`, acc).Scan(t.Context(), &got)
			if got.Person != c.person || got.Rule != c.rule || got.Sure != c.sure || (c.person != 0) != (got.How != "") {
				t.Errorf("%s: %+v, want person %d by %q, %q", c.name, got, c.person, c.rule, c.sure)
			}
		}
	})
}

func TestWhatIsNotCertainNeverLinksToAnAdministrator(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		settings(t, db)
		ada := row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "ada.lovelace@example.com", "display_name": "Ada Lovelace"})
		weak := row(t, db, purser.KindAccount, 3, "weak", map[string]any{"email": "ada.lovelace+x@example.com", "display_name": "Ada Lovelace"})
		run(t, db, all(3))
		if person, _ := link(t, db, weak); person != ada {
			t.Fatalf("linked to %d", person)
		}
		row(t, db, purser.KindAccount, 2, "root", map[string]any{"email": "ada.lovelace@example.com", "admin": 1})
		run(t, db, written{instance: 2, kinds: []purser.Kind{purser.KindAccount}})
		if person, how := link(t, db, weak); person != 0 {
			t.Errorf("linked to the administrator because %q", how)
		}
		found, err := match.New(db, time.Now).Suggest(t.Context(), []int64{weak})
		if err != nil || len(found[weak]) == 0 || !found[weak][0].Privileged || found[weak][0].Sure != purser.Likely {
			t.Errorf("proposed %+v, %v", found, err)
		}
	})
}

func TestWhatSomebodyDecidedWinsOverEveryRule(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ada := row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "ada@example.com", "employee_number": "1"})
		acc := row(t, db, purser.KindAccount, 2, "a", map[string]any{"email": "ada@example.com", "employee_id": "1", "aliases": `["ada@example.com"]`})
		robot := row(t, db, purser.KindAccount, 2, "b", map[string]any{"email": "ada@example.com"})
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			if err := store.RefuseAccount(ctx, tx, acc, ada, "bob", 1); err != nil {
				return err
			}
			return store.RefuseAccount(ctx, tx, robot, 0, "bob", 1)
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			run(t, db, all(2))
			for _, a := range []int64{acc, robot} {
				if person, how := link(t, db, a); person != 0 {
					t.Errorf("account %d is linked to %d because %q", a, person, how)
				}
			}
		}
	})
}

func TestWhatAccountsOfNobodyAre(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		settings(t, db)
		row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "contractor@agency.example.net"})
		for _, c := range []struct {
			address, vendor, kind string
		}{
			{"deploy-bot@example.com", "unknown", "robot"},
			{"noreply@example.com", "unknown", "robot"},
			{"info@example.com", "unknown", "shared"},
			{"abbot@example.com", "unknown", ""}, // a name
			{"info@customer.example.net", "unknown", "guest"},
			{"x@customer.example.net", "person", "guest"},
			{"support@example.com", "person", ""}, // the vendor says so
			{"contractor@agency.example.net", "unknown", ""},
			{"who@example.com", "unknown", ""},
		} {
			acc := row(t, db, purser.KindAccount, 2, c.address+c.vendor, map[string]any{"email": c.address, "kind": c.vendor})
			run(t, db, all(2))
			var kind []string
			if err := db.Read().NewRaw(`SELECT kind FROM account_kind WHERE account_id = ?`, acc).Scan(t.Context(), &kind); err != nil {
				t.Fatal(err)
			}
			if got := append(kind, "")[0]; got != c.kind {
				t.Errorf("%s, %s at the vendor: %q, want %q", c.address, c.vendor, got, c.kind)
			}
		}
	})
}

func TestOnePersonInTwoRostersIsCountedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		hr := row(t, db, purser.KindPerson, 5, "hr", map[string]any{"email": "ada@example.com", "display_name": "Ada L", "employee_number": "1"})
		exec(t, db, `INSERT INTO instance (no, id, name, name_key, connector, application_id, status, created_at, updated_at, version, hr) VALUES (5, 'ins_5', 'HR', 'hr', 'x', 0, 'live', 1, 1, 1, TRUE)`)
		idp := row(t, db, purser.KindPerson, 1, "idp", map[string]any{"email": "ADA@example.com"})
		third := row(t, db, purser.KindPerson, 2, "third", map[string]any{"email": "other@example.com", "display_name": "L, Ada", "employee_number": "1"})
		stranger := row(t, db, purser.KindPerson, 3, "stranger", map[string]any{"email": "x@example.com", "display_name": "Ben M", "employee_number": "1"})
		acc := row(t, db, purser.KindAccount, 2, "a", map[string]any{"email": "other@example.com"})
		lead := func(id int64) int64 {
			got, err := store.LeadOf(t.Context(), db.Read(), id)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		run(t, db, all(2))
		for id, want := range map[int64]int64{hr: hr, idp: hr, third: hr, stranger: stranger} {
			if got := lead(id); got != want {
				t.Errorf("%d stands for %d, want %d", got, id, want)
			}
		}
		if person, _ := link(t, db, acc); person != hr {
			t.Errorf("the account is %d's, want %d", person, hr)
		}
		verdict := func(a, b int64, same bool) {
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				return store.PutPersonVerdict(ctx, tx, store.PersonVerdict{PersonID: a, OtherID: b, Same: same, DecidedBy: "bob", DecidedAt: 1})
			})
			if err != nil {
				t.Fatal(err)
			}
			run(t, db, all(2))
		}
		verdict(third, hr, false)
		verdict(third, idp, false)
		verdict(stranger, hr, true)
		for id, want := range map[int64]int64{idp: hr, third: third, stranger: hr} {
			if got := lead(id); got != want {
				t.Errorf("decided: %d stands for %d, want %d", got, id, want)
			}
		}
		if person, _ := link(t, db, acc); person != third {
			t.Errorf("after the split the account is %d's, want %d", person, third)
		}
	})
}
