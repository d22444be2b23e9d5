package audit_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// open lets everybody read the log; who may is the matter of package login.
type open struct{}

func (open) Allow(context.Context, purser.Operation) error { return nil }

// closed lets nobody.
type closed struct{}

func (closed) Allow(context.Context, purser.Operation) error {
	return &purser.Problem{Kind: purser.ProblemForbidden, What: "no"}
}

func asAda(ctx context.Context) context.Context {
	return purser.WithActor(ctx, purser.Actor{Kind: purser.ActorUser, ID: "usr_1", Name: "ada@example.com", Role: purser.RoleAdmin, Origin: "192.0.2.7"})
}

func write(t *testing.T, db *store.DB, e audit.Entry) {
	t.Helper()
	err := db.Write(asAda(t.Context()), func(ctx context.Context, tx bun.Tx) error { return audit.Append(ctx, tx, e) })
	if err != nil {
		t.Fatal(err)
	}
}

func three(t *testing.T, db *store.DB) {
	t.Helper()
	for _, name := range []string{"one", "two", "three"} {
		write(t, db, audit.Entry{Operation: purser.OpInstanceWrite, Object: "ins_" + name, ObjectName: name, After: map[string]any{"name": name}})
	}
}

func TestAnEntryKeepsWhoFromWhereAndWhatStoodBeforeAndAfter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		write(t, db, audit.Entry{Operation: purser.OpInstanceWrite, Object: "ins_1", ObjectName: "Acme", At: at,
			Before: map[string]any{"name": "Old"}, After: map[string]any{"name": "Acme", "password": "canary-password"}})
		list, err := audit.New(db, open{}).List(t.Context(), audit.Filter{}, purser.Page{})
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Items) != 1 || list.Total != 1 {
			t.Fatalf("got %d entries of %d, want 1", len(list.Items), list.Total)
		}
		got := list.Items[0]
		if got.ActorID != "usr_1" || got.ActorName != "ada@example.com" || got.Origin != "192.0.2.7" || !got.At.Equal(at) {
			t.Errorf("got %+v", got)
		}
		if string(got.Before) != `{"name":"Old"}` || !strings.Contains(string(got.After), `"name":"Acme"`) {
			t.Errorf("before %s, after %s", got.Before, got.After)
		}
		if strings.Contains(string(got.After), "canary") {
			t.Error("a secret stands in the audit log")
		}
	})
}

func TestAnEntryIsGoneWithTheChangeThatIsRolledBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		three(t, db)
		failed := errors.New("the change failed")
		err := db.Write(asAda(t.Context()), func(ctx context.Context, tx bun.Tx) error {
			if err := audit.Append(ctx, tx, audit.Entry{Operation: purser.OpFreeze}); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		three(t, db)
		n, err := audit.New(db, open{}).Verify(t.Context())
		if n != 6 || err != nil {
			t.Fatalf("got %d entries and %v, want 6 and a whole chain", n, err)
		}
	})
}

func TestTheDatabaseRefusesToChangeOrDeleteEntries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		three(t, db)
		for _, stmt := range []string{`UPDATE audit SET actor_name = 'nobody'`, `DELETE FROM audit WHERE seq = 2`} {
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, stmt)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: got %v, want a refusal", stmt, err)
			}
		}
	})
}

func TestEveryKindOfTamperingIsFound(t *testing.T) {
	cases := map[string]struct {
		stmt string
		seq  int64
	}{
		"an actor is changed":      {`UPDATE audit SET actor_name = 'somebody' WHERE seq = 2`, 2},
		"what stood is changed":    {`UPDATE audit SET after = '{"name":"2"}' WHERE seq = 2`, 2},
		"the time is changed":      {`UPDATE audit SET at = at + 1 WHERE seq = 1`, 1},
		"one in between is gone":   {`DELETE FROM audit WHERE seq = 2`, 2},
		"the first is gone":        {`DELETE FROM audit WHERE seq = 1`, 1},
		"the last is gone":         {`DELETE FROM audit WHERE seq = 3`, 3},
		"the end's hash is forged": {`UPDATE audit_head SET hash = 'x'`, 3},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		three(t, db)
		log := audit.New(db, open{})
		if n, err := log.Verify(t.Context()); n != 3 || err != nil {
			t.Fatalf("untouched: %d entries, %v", n, err)
		}
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				tampered(t, db, c.stmt)
				_, err := log.Verify(t.Context())
				broken, ok := errors.AsType[*audit.Broken](err)
				if !ok || broken.Seq != c.seq {
					t.Errorf("got %v, want a chain that breaks at %d", err, c.seq)
				}
				restore(t, db)
			})
		}
	})
}

// tampered runs stmt as somebody would who owns the database: without triggers.
func tampered(t *testing.T, db *store.DB, stmt string) {
	t.Helper()
	off := []string{`CREATE TABLE kept AS SELECT * FROM audit`, `CREATE TABLE kept_head AS SELECT * FROM audit_head`}
	if db.Dialect() == store.Postgres {
		off = append(off, `ALTER TABLE audit DISABLE TRIGGER ALL`)
	} else {
		off = append(off, `DROP TRIGGER IF EXISTS audit_no_update`, `DROP TRIGGER IF EXISTS audit_no_delete`)
	}
	run(t, db, append(off, stmt)...)
}

func restore(t *testing.T, db *store.DB) {
	t.Helper()
	run(t, db, `DELETE FROM audit`, `INSERT INTO audit SELECT * FROM kept`, `DELETE FROM audit_head`,
		`INSERT INTO audit_head SELECT * FROM kept_head`, `DROP TABLE kept`, `DROP TABLE kept_head`)
}

func run(t *testing.T, db *store.DB, stmts ...string) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, stmt := range stmts {
			if _, err := tx.Tx.ExecContext(ctx, stmt); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPagesAndFiltersShowEachEntryOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for range 5 {
			three(t, db)
		}
		log := audit.New(db, open{})
		seen := map[int64]bool{}
		page := purser.Page{Limit: 4}
		for {
			list, err := log.List(t.Context(), audit.Filter{Object: "ins_two"}, page)
			if err != nil {
				t.Fatal(err)
			}
			if list.Total != 5 {
				t.Fatalf("total %d, want 5", list.Total)
			}
			for _, line := range list.Items {
				if line.ObjectName != "two" || seen[line.ID] {
					t.Errorf("entry %d of %s should not be here", line.ID, line.ObjectName)
				}
				seen[line.ID] = true
			}
			if page.After = list.Next; page.After == "" {
				break
			}
		}
		if len(seen) != 5 {
			t.Errorf("saw %d entries, want 5", len(seen))
		}
		if _, err := log.List(t.Context(), audit.Filter{}, purser.Page{After: "x"}); err == nil {
			t.Error("a made-up cursor was taken")
		}
	})
}

func TestWhoMayNotReadTheLogGetsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		three(t, db)
		log := audit.New(db, closed{})
		if list, err := log.List(t.Context(), audit.Filter{}, purser.Page{}); err == nil || len(list.Items) > 0 {
			t.Error("the log was read")
		}
		if n, err := log.Verify(t.Context()); err == nil || n > 0 {
			t.Error("the log was verified")
		}
	})
}
