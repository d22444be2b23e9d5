package match_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/finding"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// settled is what counts of everybody, as the lists have it.
func settled(t *testing.T, db *store.DB) string {
	t.Helper()
	var words []string
	for _, f := range purser.TruthFields() {
		words = append(words, "COALESCE(p.true_"+f+", '-')")
	}
	var rows []string
	err := db.Read().NewRaw(`SELECT p.external_id || ' ' || `+strings.Join(words, " || ' ' || ")+` || ' ' || p.disputed || ' ' || COALESCE(m.external_id, '-')
		FROM "person" AS p LEFT JOIN "person" AS m ON m.id = p.manager_no ORDER BY p.id`).Scan(t.Context(), &rows)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

func write(t *testing.T, db *store.DB, fn func(ctx context.Context, tx bun.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, db *store.DB, stmt string, args ...any) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(stmt, args...).Exec(ctx)
		return err
	})
}

// matched is whose accounts and devices are, and who is the same, with the reasons.
func matched(t *testing.T, db *store.DB) string {
	t.Helper()
	var out []string
	for _, query := range []string{
		`SELECT 'account ' || account_id || ' is of ' || person_id || ': ' || how || ' ' || rule || ' ' || sure || CASE WHEN manual THEN ' by hand' ELSE '' END FROM account_person ORDER BY account_id`,
		`SELECT 'account ' || account_id || ' is ' || kind || ': ' || how FROM account_kind ORDER BY account_id`,
		`SELECT 'person ' || person_id || ' is ' || lead_id || ': ' || how FROM person_same ORDER BY person_id`,
		`SELECT 'address ' || address || ' is of ' || person_id FROM person_address ORDER BY address`,
		`SELECT 'alias ' || address || ' is of ' || person_id FROM person_alias ORDER BY address, person_id`,
		`SELECT 'device ' || device_id || ' is of ' || person_id || ': ' || how FROM device_person ORDER BY device_id`,
		`SELECT 'account ' || account_id || ' is nobody''s' FROM account_nobody ORDER BY account_id`,
	} {
		var rows []string
		if err := db.Read().NewRaw(query).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		out = append(out, rows...)
	}
	return strings.Join(out, "\n")
}

// gate lets everybody do everything.
type gate struct{}

func (gate) Allow(context.Context, purser.Operation) error { return nil }

// found are the findings that hold.
func found(t *testing.T, db *store.DB) string {
	t.Helper()
	var rows []string
	err := db.Read().NewRaw(`SELECT kind || ' of account ' || account_id || ' of ' || person_id || ': ' || about FROM finding WHERE gone_at = 0 ORDER BY kind, account_id`).Scan(t.Context(), &rows)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

// TestWhatIsDecidedOfFewIsWhatWouldBeDecidedOfEverybody lets sources, links and
// decisions change in any order, and holds what was decided of those who were
// touched against deciding it of everybody: who is the same, whose accounts and
// devices are, what counts of whom, and what is found of them. A search finds all along
// what is written.
func TestWhatIsDecidedOfFewIsWhatWouldBeDecidedOfEverybody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for seed := range uint64(2) {
			touched(t, db, seed)
		}
	})
}

func touched(t *testing.T, db *store.DB, seed uint64) {
	t.Helper()
	for _, table := range []string{"person", "account", "device", "change", "device_person", "person_alias", "match_due", "account_nobody", "class_decided", "account_person", "account_kind", "account_not", "person_same", "person_key", "person_address", "person_verdict", "truth_due", "derivation_due", "setting", "finding", "person_standing", "person_text", "person_text_stale", "account_odd"} {
		exec(t, db, `DELETE FROM "`+table+`"`)
	}
	if seed == 0 {
		for no, connector := range map[int]string{1: "hr", 2: "directory", 3: "chat"} {
			put(t, db, `INSERT INTO saas_application (id, name, name_key, connector, status, first_seen_at, updated_at) VALUES (?, ?, ?, ?, 'managed', 1, 1)`, no, connector, connector, connector)
			put(t, db, `INSERT INTO instance (no, id, name, name_key, connector, application_id, status, hr, created_at, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, 'live', ?, 1, 1, 1)`,
				no, fmt.Sprint("ins_", no), connector, connector, connector, no, no == 1)
			put(t, db, `INSERT INTO stream (instance_no, task, name, kind, gen, complete_at, first_complete_at) VALUES (?, 'test', 'people', 'person', 1, 2, 2)`, no)
		}
	}
	r := rand.New(rand.NewPCG(seed, 1))
	now := time.Unix(1_700_000_000, 0)
	some := func(words ...string) string { return words[r.IntN(len(words))] }
	d := match.New(db, func() time.Time { return now })
	d.Then = finding.New(finding.Options{DB: db, Gate: gate{}, Now: func() time.Time { return now }}).Derive
	rosters := map[string]int64{}
	accounts := map[string]int64{}
	devices := map[string]bool{}
	var people, all []int64 // in the order in which they came
	settings := map[string]any{"organization": purser.Organization{MailDomains: []string{"example.com", "example.org"}},
		store.SettingMatching: purser.MatchRules{SameDomains: [][]string{{"example.com", "example.org"}}, SubDomains: true}}
	for name, value := range settings {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		write(t, db, func(ctx context.Context, tx bun.Tx) error { return store.PutSetting(ctx, tx, name, string(text), 1) })
	}
	address := func() string {
		return some("p", "P") + fmt.Sprint(r.IntN(6)) + some("", "", "", "+tag") + "@" + some("example.com", "example.com", "example.org", "sub.example.com", "else.example")
	}
	for step := range 50 {
		now = now.Add(3 * time.Hour)
		at := purser.MicrosOf(now)
		n := r.IntN(7)
		who := fmt.Sprintf("p%d@example.com", n)
		op := r.IntN(12)
		switch op {
		case 0, 1, 2: // a roster says something else
			instance := int64(1 + r.IntN(2))
			id := fmt.Sprintf("%d-p%d", instance, n)
			if _, ok := rosters[id]; !ok {
				rosters[id] = row(t, db, purser.KindPerson, instance, id, map[string]any{"email": who})
				people = append(people, rosters[id])
			}
			gone := 0
			if r.IntN(6) == 0 {
				gone = 2
			}
			if r.IntN(3) == 0 {
				was := who
				who = strings.ToLower(address())
				put(t, db, `INSERT INTO change (kind, run_no, field, row_id, at, before, after) VALUES ('person', 1, 'email', ?, ?, ?, ?)`, rosters[id], int64(at), was, who)
				put(t, db, `UPDATE "person" SET email = ? WHERE id = ?`, who, rosters[id])
			}
			put(t, db, `UPDATE "person" SET employee_number = NULLIF(?, '') WHERE id = ?`, some("E1", "E2", "e3", "E4", "", ""), rosters[id])
			put(t, db, `UPDATE "person" SET display_name = NULLIF(?, ''), department = NULLIF(?, ''), manager = NULLIF(?, ''), employment = ?, ended_on = NULLIF(?, ''), gone_gen = ?, changed_at = ? WHERE id = ?`,
				some("Ada Ames", "Bob Bell", "Cy", ""), some("R&D", "Sales", ""), some("Ada", "Bob", fmt.Sprintf("p%d@example.com", r.IntN(7)), fmt.Sprintf("1-p%d", r.IntN(7)), ""),
				some("employed", "ended"), some("", "", "2026-01-31"), gone, int64(at), rosters[id])
			mark(t, db, written{instance, []purser.Kind{purser.KindPerson}, at})
		case 3, 4, 5: // an application, or the directory, says something else
			instance := int64(2 + r.IntN(2))
			id := fmt.Sprintf("%d-a%d", instance, n)
			if _, ok := accounts[id]; !ok {
				accounts[id] = row(t, db, purser.KindAccount, instance, id, map[string]any{"email": who})
				all = append(all, accounts[id])
			}
			put(t, db, `UPDATE "account" SET display_name = NULLIF(?, ''), department = NULLIF(?, ''), manager = NULLIF(?, ''), email = NULLIF(?, ''), admin = ?, status = ?, changed_at = ? WHERE id = ?`,
				some("Ada Ames", "Bob Bell", "Eve", ""), some("R&D", "Ops", ""), some("", "", "Bob", "p1@example.com"), some(who, address(), address(), ""), r.IntN(2), some("active", "deactivated"), int64(at), accounts[id])
			aliases, _ := json.Marshal([]string{address(), some("x@example.com", "y@example.com", address())}[:r.IntN(3)])
			put(t, db, `UPDATE "account" SET employee_id = NULLIF(?, ''), user_name = NULLIF(?, ''), aliases = ?, kind = NULLIF(?, '') WHERE id = ?`,
				some("E1", "e2", "E3", "E4", "", "", ""), some("", address()), string(aliases), some("", "", "", "person", "guest", "robot"), accounts[id])
			mark(t, db, written{instance, []purser.Kind{purser.KindAccount}, at})
			if device := fmt.Sprint("d", n); r.IntN(3) == 0 && !devices[device] {
				devices[device] = true
				row(t, db, purser.KindDevice, instance, device, map[string]any{"email": address(), "user_name": some("", address()), "account": some("", id), "changed_at": int64(at)})
				mark(t, db, written{instance, []purser.Kind{purser.KindDevice}, at})
			}
		case 6, 8: // somebody says whose an account is, or what it is
			if len(people) == 0 || len(all) == 0 {
				continue
			}
			account, person := all[r.IntN(len(all))], people[r.IntN(len(people))]
			write(t, db, func(ctx context.Context, tx bun.Tx) error { // as the service does
				var err error
				before := store.MarkMatch(ctx, tx, account, at)
				switch r.IntN(5) {
				case 0, 1:
					err = store.LinkAccount(ctx, tx, account, person, "Ada", at)
				case 2:
					err = errors.Join(store.UnlinkAccount(ctx, tx, account), store.RefuseAccount(ctx, tx, account, person, "Ada", at))
				case 3:
					err = errors.Join(store.ForgetRefusals(ctx, tx, account, 0, true), store.LinkByRule(ctx, tx, account))
				case 4:
					err = store.SetAccountKind(ctx, tx, account, some("robot", "person", ""), "Ada", at)
				}
				return errors.Join(before, err, store.MarkMatch(ctx, tx, account, at))
			})
		default: // two rows are, or are not, the same human
			if len(people) < 2 {
				continue
			}
			one, other := people[r.IntN(len(people))], people[r.IntN(len(people))]
			if one == other {
				continue
			}
			write(t, db, func(ctx context.Context, tx bun.Tx) error {
				err := store.PutPersonVerdict(ctx, tx, store.PersonVerdict{PersonID: one, OtherID: other, Same: r.IntN(3) > 0, DecidedBy: "Ada", DecidedAt: at})
				return errors.Join(err, store.MarkPeople(ctx, tx, at, one, other))
			})
		}
		if op < 3 || op > 5 { // a run decides which accounts are nobody's in the transaction that writes them
			searched(t, db)
		}
		odd(t, db)
		if err := d.Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		searched(t, db)
		texts(t, db)
		odd(t, db)
		few := settled(t, db) + "\n" + matched(t, db) + "\n" + found(t, db)
		write(t, db, func(ctx context.Context, tx bun.Tx) error { return store.MarkEverybody(ctx, tx) })
		mark(t, db, written{1, []purser.Kind{store.KindTruth, purser.KindDevice}, 0})
		if err := d.Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if everybody := settled(t, db) + "\n" + matched(t, db) + "\n" + found(t, db); few != everybody {
			t.Fatalf("seed %d, step %d (%d), %s", seed, step, op, firstDifference(few, everybody))
		}
	}
}
