package finding_test

import (
	"context"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/finding"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// What was recognized until a day comes back on that day, and what is over stands in
// the history and in its export.
func TestWhatIsAcceptedUntilADayComesBackThen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		s := finding.New(finding.Options{DB: db, Gate: everybody{}, Now: func() time.Time { return at }})
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := store.ManageApplication(ctx, tx, "Chat", "slack", 1)
			return err
		})
		if err == nil {
			err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE saas_application SET status = 'new'`)
				return err
			})
		}
		if err == nil {
			err = s.Derive(t.Context(), nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		of := func(state string) (out []purser.Finding) {
			t.Helper()
			if err := s.Each(t.Context(), finding.Filter{States: []string{state}}, func(f purser.Finding) error { out = append(out, f); return nil }); err != nil {
				t.Fatal(err)
			}
			return out
		}
		open := of("open")
		if len(open) != 1 {
			t.Fatalf("%d findings", len(open))
		}
		ids := []string{open[0].ID}
		if _, err := s.Decide(t.Context(), ids, nil, finding.Decision{State: "accepted", Reason: "a trial", Until: "2026-11-22"}); err == nil {
			t.Error("accepted until a day that is over")
		}
		if _, err := s.Decide(t.Context(), ids, nil, finding.Decision{State: "accepted", Reason: "a trial", Until: "2026-12-01"}); err != nil {
			t.Fatal(err)
		}
		if a := of("accepted"); len(a) != 1 || a[0].Until != "2026-12-01" || a[0].Reason != "a trial" {
			t.Errorf("accepted: %+v", a)
		}
		at = at.AddDate(0, 0, 8)
		if err := s.Derive(t.Context(), nil); err != nil || len(of("accepted")) != 1 {
			t.Errorf("a day before it is over: %v", err)
		}
		at = at.AddDate(0, 0, 1)
		if err := s.Derive(t.Context(), nil); err != nil || len(of("open")) != 1 {
			t.Errorf("on its day: %v", err)
		}
		err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE saas_application SET status = 'managed'`)
			return err
		})
		if err == nil {
			err = s.Derive(t.Context(), nil)
		}
		if past := of("verified"); err != nil || len(past) != 1 || past[0].GoneAt.IsZero() {
			t.Errorf("history: %+v %v", past, err)
		}
	})
}

// A day begins where the organization is: what is today there cannot be put off until,
// and what comes back on a day does so when it begins there.
func TestADayIsThatOfTheOrganization(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
		east, west := time.FixedZone("east", 6*3600), time.FixedZone("west", -8*3600) // the 23rd, and noon of the 22nd
		zone := east
		s := finding.New(finding.Options{DB: db, Gate: everybody{}, Now: func() time.Time { return at }, Zone: func(context.Context) *time.Location { return zone }})
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			if _, err := store.ManageApplication(ctx, tx, "Chat", "slack", 1); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `UPDATE saas_application SET status = 'new'`)
			return err
		})
		if err == nil {
			err = s.Derive(t.Context(), nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		open := func() []purser.Finding {
			t.Helper()
			list, err := s.List(t.Context(), finding.Filter{}, purser.Page{})
			if err != nil {
				t.Fatal(err)
			}
			return list.Items
		}
		id := open()[0].ID
		put := finding.Decision{State: purser.FindingSnoozed, Until: "2026-11-23"}
		if _, err := s.Decide(t.Context(), []string{id}, nil, put); err == nil {
			t.Error("put off in the east until today")
		}
		zone = west
		if _, err := s.Decide(t.Context(), []string{id}, nil, put); err != nil {
			t.Errorf("put off in the west until tomorrow: %v", err)
		}
		for _, day := range []struct {
			at   time.Time
			open int
		}{{at.Add(8 * time.Hour), 0}, {at.Add(12 * time.Hour), 1}} { // 20:00 of the 22nd, and 0:00 of the 23rd
			at = day.at
			if err := s.Derive(t.Context(), nil); err != nil || len(open()) != day.open {
				t.Errorf("at %s it is open %d times: %v", at.In(zone), len(open()), err)
			}
		}
	})
}
