package match_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// many is more than one slice.
const many = 1100

// numbers is a statement's table n of the numbers 1 to many.
const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) `

const common = `instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at`

// organization has people, accounts of them in an identity provider with aliases,
// accounts elsewhere under these aliases, sign-ins and discovered applications.
func organization(t *testing.T, db *store.DB) {
	t.Helper()
	for _, stmt := range []string{
		`INSERT INTO "person" (` + common + `, email) ` + numbers + `SELECT 1, 'p' || i, 1, 1, 1, 1, 1, 1, 1, 'p' || i || '@example.com' FROM n`,
		`INSERT INTO "account" (` + common + `, email, aliases) ` + numbers + `SELECT 2, 'a' || i, 1, 1, 1, 1, 1, 1, 1, 'P' || i || '@example.com',
			'["alias' || i || '@example.com","p' || (i + 1) || '@example.com"]' FROM n`,
		`INSERT INTO "account" (` + common + `, email) ` + numbers + `SELECT 3, 'b' || i, 1, 1, 1, 1, 1, 1, 1, 'alias' || i || '@example.com' FROM n`,
		`INSERT INTO "application" (` + common + `, name) ` + numbers + `SELECT 2, 'k' || i, 1, 1, 1, 1, 1, 1, 1, 'App ' || (i / 2) FROM n`,
		`INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at) ` + numbers + `SELECT 2, 1, 'a' || i, '', 1, 1, i, i FROM n`,
	} {
		exec(t, db, stmt)
	}
	mark(t, db, written{instance: 1, kinds: []purser.Kind{purser.KindPerson}})
	mark(t, db, written{instance: 2, kinds: []purser.Kind{purser.KindAccount, purser.KindApplication, purser.KindActivity}})
	mark(t, db, written{instance: 3, kinds: []purser.Kind{purser.KindAccount}})
}

// derived is all that follows from the organization.
func derived(t *testing.T, db *store.DB) string {
	t.Helper()
	var out []string
	for _, query := range []string{
		`SELECT 'link ' || a.external_id || ' ' || p.external_id || ' ' || l.how FROM account_person l JOIN "account" AS a ON a.id = l.account_id
			JOIN "person" AS p ON p.id = l.person_id ORDER BY 1`,
		`SELECT 'use ' || a.external_id || ' ' || u.used_at FROM account_use u JOIN "account" AS a ON a.id = u.account_id ORDER BY 1`,
		`SELECT 'source ' || s.external_id || ' ' || a.name FROM application_source s JOIN saas_application a ON a.id = s.application_id ORDER BY 1`,
		`SELECT 'due ' || kind FROM derivation_due ORDER BY 1`,
	} {
		var rows []string
		if err := db.Read().NewRaw(query).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		out = append(out, rows...)
	}
	return strings.Join(out, "\n")
}

func TestKilledBetweenAnyTwoSlicesTheEndIsTheSame(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		pulled, n, at := errors.New("the plug is out"), 0, 0
		o.BeforeCommit = func() error {
			if n++; at > 0 && n >= at {
				return pulled
			}
			return nil
		}
		db := storetest.Open(t, o)
		organization(t, db)
		n = 0
		if err := match.New(db, time.Now).Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		want, commits := derived(t, db), n
		if lines := strings.Count(want, "\n") + 1; lines != 4*many || commits < 12 || strings.Contains(want, "due ") {
			t.Fatalf("%d facts in %d commits", lines, commits)
		}
		step := 1
		if o.URL != "" {
			step = 3 // the slices are the same ones
		}
		for kill := 1; kill <= commits; kill += step {
			for _, table := range []string{"person_address", "person_alias", "person_key", "person_same", "account_kind", "account_person", "account_use", "application_source", "saas_application"} {
				exec(t, db, "DELETE FROM "+table)
			}
			for i := range int64(3) {
				mark(t, db, written{instance: i + 1, kinds: []purser.Kind{purser.KindPerson, purser.KindAccount, purser.KindApplication, purser.KindActivity}})
			}
			n, at = 0, kill
			err := match.New(db, time.Now).Derive(t.Context(), 0)
			if at = 0; !errors.Is(err, pulled) {
				t.Fatalf("killed before commit %d: %v", kill, err)
			}
			if err := match.New(db, time.Now).Derive(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			if got := derived(t, db); got != want {
				t.Fatalf("killed before commit %d of %d, %s", kill, commits, firstDifference(got, want))
			}
		}
	})
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("got %q, want %q", g[i], w[i])
		}
	}
	return fmt.Sprintf("%d facts, want %d", len(g), len(w))
}

func TestOnlyWhatWasWrittenSinceIsLookedAtAndNothingIsWrittenTwice(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		n := 0
		o.BeforeCommit = func() error { n++; return nil }
		db := storetest.Open(t, o)
		organization(t, db)
		d := match.New(db, time.Now)
		if err := d.Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		n = 0
		run(t, db, written{instance: 2, kinds: []purser.Kind{purser.KindAccount, purser.KindActivity, purser.KindApplication}, since: purser.MicrosOf(time.Now())})
		if n != 2 { // the mark, and its end
			t.Errorf("%d commits where nothing had changed", n)
		}
	})
}
