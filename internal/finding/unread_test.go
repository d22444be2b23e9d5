package finding_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/finding"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// An account is nobody's only as far as people were read: while a source of who works
// here waits for its first reading, nothing is noted, and it is looked at again after it.
func TestNoAccountIsNobodysWhileASourceOfPeopleWaitsForItsFirstReading(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		s := finding.New(finding.Options{DB: db, Gate: everybody{}, Now: func() time.Time { return at }})
		write := func(statements ...string) {
			t.Helper()
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				for _, stmt := range statements {
					if _, err := tx.ExecContext(ctx, stmt); err != nil {
						return fmt.Errorf("%s: %w", stmt, err)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		write(`INSERT INTO saas_application (id, name, name_key, connector, status, first_seen_at, updated_at) VALUES (1, 'Chat', 'chat', 'c', 'managed', 1, 1)`,
			`INSERT INTO instance (no, id, application_id, name, name_key, connector, status, version, auth, settings, hr, created_at, updated_at) VALUES
				(1, 'ins_1', 1, 'Chat prod', 'chat prod', 'c', 'live', 1, '', '{}', FALSE, 1, 1), (2, 'ins_2', 0, 'Roster', 'roster', 'r', 'live', 1, '', '{}', TRUE, 1, 1)`,
			`INSERT INTO instance_task (instance_id, task, enabled, every_us, next_run_at) VALUES ('ins_2', 'people', TRUE, 86400000000, 5)`,
			`INSERT INTO "person" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email) VALUES (1, 'p', 1, 1, 1, 1, 1, 1, 1, 'ada@example.com')`,
			`INSERT INTO "account" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email, status) VALUES (1, 'a', 1, 1, 1, 1, 1, 1, 1, 'bo@example.com', 'active')`)
		found := func(step string, instances []int64, want int) {
			t.Helper()
			if err := s.Derive(t.Context(), instances); err != nil {
				t.Fatal(err)
			}
			l, err := s.List(t.Context(), finding.Filter{Kinds: []string{string(purser.FindingUnknownAccount)}}, purser.Page{})
			if err != nil {
				t.Fatal(err)
			}
			if len(l.Items) != want {
				t.Errorf("%s: %d accounts of nobody, want %d", step, len(l.Items), want)
			}
		}
		left := func() int {
			t.Helper()
			instances, err := store.LeftDerivations(t.Context(), db.Read())
			if err != nil {
				t.Fatal(err)
			}
			return len(instances)
		}
		found("the roster waits, all is looked at", nil, 0)
		found("the roster waits, the application is looked at", []int64{1}, 0)
		if n := left(); n != 0 {
			t.Errorf("%d instances are to be looked at before the roster was read", n)
		}
		write(`INSERT INTO run (id, instance_id, instance_no, task, state, cause, due_at, queued_at, started_at) VALUES ('run_1', 'ins_2', 2, 'people', 'running', 'schedule', 1, 1, 1)`)
		found("the roster is being read", []int64{1}, 0)
		// Another task of the roster ends first: people are still not read.
		write(`INSERT INTO instance_task (instance_id, task, enabled, every_us, next_run_at) VALUES ('ins_2', 'devices', TRUE, 86400000000, 5)`,
			`INSERT INTO run (id, instance_id, instance_no, task, state, cause, due_at, queued_at, started_at, ended_at) VALUES ('run_2', 'ins_2', 2, 'devices', 'succeeded', 'schedule', 1, 1, 1, 8)`)
		found("another task of the roster has ended", []int64{1}, 0)
		// It failed: nobody knows whether it ever succeeds, so the word of others counts.
		write(`UPDATE run SET state = 'failed', ended_at = 9 WHERE id = 'run_1'`)
		if n := left(); n != 1 {
			t.Errorf("%d instances are to be looked at after the roster's first reading, want that of the application", n)
		}
		found("the roster could not be read", []int64{1}, 1)
	})
}

// Whom a person switched off is waited for no longer.
func TestASourceOfPeopleThatIsSwitchedOffIsNotWaitedFor(t *testing.T) {
	for _, change := range []string{`UPDATE instance SET status = 'inactive' WHERE no = 2`, `UPDATE instance_task SET enabled = FALSE`, `UPDATE instance_task SET next_run_at = 0`} {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				for _, stmt := range []string{
					`INSERT INTO instance (no, id, application_id, name, name_key, connector, status, version, auth, settings, hr, created_at, updated_at) VALUES (2, 'ins_2', 0, 'Roster', 'roster', 'r', 'live', 1, '', '{}', TRUE, 1, 1)`,
					`INSERT INTO instance_task (instance_id, task, enabled, every_us, next_run_at) VALUES ('ins_2', 'people', TRUE, 86400000000, 5)`,
					`INSERT INTO derivation_due (instance_no, kind, since, mark) VALUES (2, 'standing', 1, 1)`} {
					if _, err := tx.ExecContext(ctx, stmt); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if left, err := store.LeftDerivations(t.Context(), db.Read()); err != nil || len(left) != 0 {
				t.Fatalf("%d instances are looked at while it waits: %v", len(left), err)
			}
			err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, change)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if left, err := store.LeftDerivations(t.Context(), db.Read()); err != nil || len(left) != 1 {
				t.Errorf("after %q %d instances are looked at: %v", change, len(left), err)
			}
		})
	}
}
