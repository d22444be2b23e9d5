package license_test

import (
	"context"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/license"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// nameless lets everything happen but names be seen.
type nameless struct{}

func (nameless) Allow(_ context.Context, op purser.Operation) error {
	if op == purser.OpNameRead {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: "names"}
	}
	return nil
}

// What is left out is called as people call it and opens its account; an account that
// is not there any more keeps the vendor's identifier, and a role without names has none.
func TestAnAccountThatIsLeftOutIsShownByItsName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var app int64
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) (err error) {
			if app, err = store.ManageApplication(ctx, tx, "Chat", "chat", 1); err != nil {
				return err
			}
			i := purser.Instance{ID: "ins_1", Name: "Chat", Connector: "chat", Application: store.ApplicationID(app), Status: purser.StatusLive}
			if i.No, err = store.InsertInstance(ctx, tx, i); err != nil {
				return err
			}
			for n, name := range map[int]any{1: "Ada Lovelace", 2: nil} {
				_, err = tx.NewRaw(`INSERT INTO "account" (id, instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, display_name) VALUES (?, ?, ?, 1, 1, 1, 1, 1, 1, 1, ?)`,
					n, i.No, []string{"", "Team/A", "b"}[n], name).Exec(ctx)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		o := license.Options{DB: db, Gate: everybody{}, Now: time.Now}
		s := license.New(o)
		for _, id := range []string{"acc_1", "acc_2"} {
			if err := s.Exclude(t.Context(), store.ApplicationID(app), "account", id, "kept for the archive"); err != nil {
				t.Fatal(err)
			}
		}
		err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			return store.AddExclusion(ctx, tx, store.ExclusionRow{Application: app, What: "account", Value: "ins_1/gone", Reason: "x", MadeBy: "y"})
		})
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.Exclusions(t.Context(), store.ApplicationID(app))
		if err != nil || len(list) != 3 || list[0].AccountName != "Ada Lovelace" || list[0].AccountID != "acc_1" || list[1].AccountName != "b" || list[1].AccountID != "acc_2" ||
			list[2].AccountName != "" || list[2].AccountID != "" || list[2].Value != "ins_1/gone" {
			t.Errorf("%+v, %v", list, err)
		}
		o.Gate = nameless{}
		list, err = license.New(o).Exclusions(t.Context(), store.ApplicationID(app))
		for _, x := range list {
			if err != nil || x.AccountName != "" || x.Value != "an account, hidden for your role" {
				t.Errorf("without names: %+v, %v", x, err)
			}
		}
	})
}
