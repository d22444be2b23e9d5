package match_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
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

// TestWhatIsDecidedOfFewIsWhatWouldBeDecidedOfEverybody lets sources, links and
// decisions change in any order, and holds what was decided of those who were
// touched against deciding it of everybody.
func TestWhatIsDecidedOfFewIsWhatWouldBeDecidedOfEverybody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for seed := range uint64(4) {
			touched(t, db, seed)
		}
	})
}

func touched(t *testing.T, db *store.DB, seed uint64) {
	t.Helper()
	for _, table := range []string{"person", "account", "account_person", "account_kind", "account_not", "person_same", "person_key", "person_address", "person_verdict", "truth_due", "derivation_due", "setting"} {
		exec(t, db, `DELETE FROM "`+table+`"`)
	}
	if seed == 0 {
		for no, connector := range map[int]string{1: "hr", 2: "directory", 3: "chat"} {
			put(t, db, `INSERT INTO instance (no, id, name, name_key, connector, application_id, status, hr, created_at, updated_at, version) VALUES (?, ?, ?, ?, ?, 0, 'live', ?, 1, 1, 1)`,
				no, fmt.Sprint("ins_", no), connector, connector, connector, no == 1)
		}
	}
	r := rand.New(rand.NewPCG(seed, 1))
	now := time.Unix(1_700_000_000, 0)
	some := func(words ...string) string { return words[r.IntN(len(words))] }
	d := match.New(db, func() time.Time { return now })
	rosters := map[string]int64{}
	accounts := map[string]int64{}
	var people, all []int64 // in the order in which they came
	for step := range 40 {
		now = now.Add(3 * time.Hour)
		at := purser.MicrosOf(now)
		n := r.IntN(7)
		who := fmt.Sprintf("p%d@example.com", n)
		switch op := r.IntN(8); op {
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
			put(t, db, `UPDATE "person" SET display_name = NULLIF(?, ''), department = NULLIF(?, ''), manager = NULLIF(?, ''), employment = ?, ended_on = NULLIF(?, ''), gone_gen = ?, changed_at = ? WHERE id = ?`,
				some("Ada", "Bob", "Cy", ""), some("R&D", "Sales", ""), some("Ada", "Bob", fmt.Sprintf("p%d@example.com", r.IntN(7)), fmt.Sprintf("1-p%d", r.IntN(7)), ""),
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
				some("Ada", "Bob", "Eve", ""), some("R&D", "Ops", ""), some("", "", "Bob", "p1@example.com"), some(who, "p2@example.com", ""), r.IntN(2), some("active", "deactivated"), int64(at), accounts[id])
			mark(t, db, written{instance, []purser.Kind{purser.KindAccount}, at})
		case 6: // somebody says whose an account is, or what it is
			if len(people) == 0 || len(all) == 0 {
				continue
			}
			account, person := all[r.IntN(len(all))], people[r.IntN(len(people))]
			write(t, db, func(ctx context.Context, tx bun.Tx) error {
				if r.IntN(2) == 0 {
					return store.LinkAccount(ctx, tx, account, person, "Ada", at)
				}
				return store.SetAccountKind(ctx, tx, account, some("robot", "person", ""), "Ada", at)
			})
			mark(t, db, written{2, []purser.Kind{purser.KindAccount}, at}) // as the service does
		case 7: // two rows are, or are not, the same human
			if len(people) < 2 {
				continue
			}
			one, other := people[r.IntN(len(people))], people[r.IntN(len(people))]
			if one == other {
				continue
			}
			write(t, db, func(ctx context.Context, tx bun.Tx) error {
				return store.PutPersonVerdict(ctx, tx, store.PersonVerdict{PersonID: one, OtherID: other, Same: r.IntN(2) == 0, DecidedBy: "Ada", DecidedAt: at})
			})
			exec(t, db, `INSERT INTO derivation_due (instance_no, kind, since, mark) VALUES (1, 'person', 1, 1) ON CONFLICT (instance_no, kind) DO UPDATE SET since = 1`)
		}
		if err := d.Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		few := settled(t, db)
		mark(t, db, written{1, []purser.Kind{store.KindTruth}, 0})
		if err := d.Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if everybody := settled(t, db); few != everybody {
			t.Fatalf("seed %d, step %d, %s", seed, step, firstDifference(few, everybody))
		}
	}
}
