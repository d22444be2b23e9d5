package match_test

import (
	"context"
	"slices"
	"testing"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// TestAReadingAndAMatchingThatWaitForEachOtherBothSucceed lets a reading write accounts in one
// order, and a matching say what they are in the other: each holds what the other needs.
func TestAReadingAndAMatchingThatWaitForEachOtherBothSucceed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if db.Read().Dialect().Name() != dialect.PG {
			return // there is one writer: nobody waits for another
		}
		one := row(t, db, purser.KindAccount, 1, "a1", map[string]any{"user_name": "one"})
		other := row(t, db, purser.KindAccount, 1, "a2", map[string]any{"user_name": "other"})
		matched := make(chan error, 1)
		read := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			rename := func(id int64) error {
				_, err := tx.NewRaw(`UPDATE account SET user_name = user_name || ' renamed' WHERE id = ?`, id).Exec(ctx)
				return err
			}
			if err := rename(other); err != nil {
				return err
			}
			go func() {
				matched <- db.PutMatches(t.Context(), nil, []store.MatchKind{{AccountID: one, InstanceNo: 1, Kind: "robot", How: "test"}, {AccountID: other, InstanceNo: 1, Kind: "robot", How: "test"}}, 1, store.KindLink)
			}()
			for waits := 0; waits == 0; {
				if err := db.Read().NewRaw(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(ctx, &waits); err != nil {
					return err
				}
			}
			return rename(one)
		})
		if err := <-matched; err != nil || read != nil {
			t.Fatalf("matching: %v, reading: %v", err, read)
		}
		var names []string
		if err := db.Read().NewRaw(`SELECT kind || ' ' || name FROM account_odd ORDER BY account_id`).Scan(t.Context(), &names); err != nil {
			t.Fatal(err)
		}
		if want := []string{"robot one renamed", "robot other renamed"}; !slices.Equal(names, want) {
			t.Errorf("listed are %q, want %q", names, want)
		}
	})
}
