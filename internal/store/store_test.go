package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestAWriteIsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		broken := errors.New("broken on purpose")
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, "UPDATE pulse SET at = 7"); err != nil {
				return err
			}
			return broken
		})
		if !errors.Is(err, broken) {
			t.Fatalf("got %v", err)
		}
		if got := pulse(t, db); got != 0 {
			t.Errorf("a failed write left pulse at %d", got)
		}
		err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE pulse SET at = ?", 8)
			return err
		})
		if err != nil || pulse(t, db) != 8 {
			t.Errorf("write: %v, pulse %d", err, pulse(t, db))
		}
	})
}

func pulse(t *testing.T, db *store.DB) (at int64) {
	t.Helper()
	if err := db.Read().NewRaw("SELECT at FROM pulse").Scan(t.Context(), &at); err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAPanicFreesTheWriter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		func() {
			defer func() { _ = recover() }()
			_ = db.Write(t.Context(), func(context.Context, bun.Tx) error { panic("a bug") })
		}()
		if err := db.Write(t.Context(), func(context.Context, bun.Tx) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}

func TestReadersCannotWriteOnSQLite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if db.Dialect() != store.SQLite {
			t.Skip("one pool on PostgreSQL")
		}
		if _, err := db.Read().ExecContext(t.Context(), "UPDATE pulse SET at = 1"); err == nil {
			t.Error("a reader wrote")
		}
	})
}

func TestASecondProcessIsRefused(t *testing.T) {
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		storetest.Open(t, o)
		_, err := store.Open(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), "in use by process") {
			t.Errorf("second open: %v", err)
		}
	})
}

func TestOpeningAgainChangesNothingAndANewerDatabaseIsRefused(t *testing.T) {
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE pulse SET at = 5")
			return err
		})
		if err != nil || db.Close() != nil {
			t.Fatal(err)
		}
		if db, err = store.Open(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if pulse(t, db) != 5 {
			t.Error("opening again lost data")
		}
		err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO migration (name, applied_at) VALUES ('9999_future', 1)")
			return err
		})
		if err != nil || db.Close() != nil {
			t.Fatal(err)
		}
		if _, err = store.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "newer Purser (step 9999_future") {
			t.Errorf("a newer database was opened: %v", err)
		}
	})
}

func TestAFullDiskPausesAndGoesOnByItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if db.Dialect() != store.SQLite {
			t.Skip("PostgreSQL's states are mapped from its codes")
		}
		pragma := func(stmt string) {
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, stmt)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		pragma("PRAGMA max_page_count = 1") // SQLite takes the present size at least
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "CREATE TABLE big AS SELECT zeroblob(1000000) AS b")
			return err
		})
		p, ok := errors.AsType[*purser.Problem](err)
		if !ok || p.Kind != purser.ProblemPaused || !strings.Contains(p.What, "full") {
			t.Fatalf("got %v", err)
		}
		if err := db.Health(t.Context()); err != nil {
			// The probe fits into the present pages: writing works again.
			t.Errorf("after space was there again: %v", err)
		}
	})
}
