package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/uptrace/bun"

	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestACanceledWriteIsRolledBackByNobodyButItsWriter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			if err := store.PutSetting(ctx, tx, "canceled", "yes", 1); err != nil {
				return err
			}
			cancel()
			for range 2000 { // somebody else would roll back soon, not at once
				var one int
				if err := tx.NewRaw("SELECT 1").Scan(context.WithoutCancel(ctx), &one); err != nil {
					t.Errorf("the transaction was ended under its writer's hands: %v", err)
					break
				}
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a canceled write ends with %v", err)
		}
		if _, ok, err := store.Setting(t.Context(), db.Read(), "canceled"); ok || err != nil {
			t.Errorf("what was canceled is there: %v, %v", ok, err)
		}
	})
}
