package finding_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/finding"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// A finding is told to the owner of its contract, else of its application, else of
// its instance: to one of them, in one mail a week, with numbers alone.
func TestOnceAWeekEveryOwnerHearsOfWhatTheyLookAfter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		var told []purser.Event
		s := finding.New(finding.Options{DB: db, Gate: everybody{}, Now: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler),
			Tell: func(_ context.Context, _ bun.Tx, e purser.Event) error { told = append(told, e); return nil }})
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			for _, name := range []string{"con", "app", "ins", "idle"} {
				if err := store.InsertUser(ctx, tx, store.User{ID: "usr_" + name, Email: name + "@example.com", Name: name, Role: purser.RoleOperator}); err != nil {
					return err
				}
			}
			for _, stmt := range []string{
				`INSERT INTO saas_application (id, name, name_key, connector, status, owner_id, first_seen_at, updated_at) VALUES (1, 'Chat', 'chat', 'c', 'managed', 'usr_app', 1, 1), (2, 'Wiki', 'wiki', 'w', 'managed', '', 1, 1)`,
				`INSERT INTO instance (no, id, application_id, name, name_key, connector, status, owner_id, version, auth, settings, created_at, updated_at) VALUES (1, 'ins_1', 1, 'Chat prod', 'chat prod', 'c', 'live', 'usr_ins', 1, '', '{}', 1, 1), (2, 'ins_2', 2, 'Wiki prod', 'wiki prod', 'w', 'live', 'usr_ins', 1, '', '{}', 1, 1)`,
				`INSERT INTO contract (id, name, name_key, vendor, facts, terms, period, owner_id, due_on, decision, version, created_at, updated_at, updated_by) VALUES ('con_1', 'Chat', 'chat', 'x', '{}', '{}', 1, 'usr_con', '2026-12-01', 'undecided', 1, 1, 1, '')`,
				`INSERT INTO finding (kind, source, external_id, instance_no, saas_no, account_id, person_id, plan_id, currency, about, found_at, state) VALUES
					('unused_seat', 'ins_1', 's1', 1, 1, 0, 0, 0, 'EUR', '', 1, 'open'), ('unused_seat', 'ins_1', 's2', 1, 1, 0, 0, 0, 'EUR', '', 1, 'accepted'),
					('unused_seat', 'ins_2', 's3', 2, 2, 0, 0, 0, 'EUR', '', 1, 'open'), ('leaver_access', 'ins_2', 'a', 2, 2, 0, 0, 0, '', 'canary', 1, 'open'),
					('renewal_due', '', 'con_1', 0, 1, 0, 0, 0, '', '', 1, 'open')`} {
				if _, err := tx.ExecContext(ctx, stmt); err != nil {
					return fmt.Errorf("%s: %w", stmt, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Weekly(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"con@example.com": "1 finding is open about what you look after|Renewal due: 1 (Chat 1)",
			"app@example.com": "1 finding is open about what you look after|Unused seat: 1 (Chat 1)",
			"ins@example.com": "2 findings are open about what you look after|Leaver with access: 1 (Wiki 1)|Unused seat: 1 (Wiki 1)"}
		for _, e := range told {
			if len(e.To) != 1 || want[e.To[0]] != strings.Join(append([]string{e.What}, e.Fields...), "|") {
				t.Errorf("%v: %s %q", e.To, e.What, e.Fields)
				continue
			}
			// The link opens exactly what was counted.
			list, err := s.List(t.Context(), finding.Filter{Owner: strings.TrimPrefix(e.Path, "/findings?owner=")}, purser.Page{})
			if err != nil || !strings.HasPrefix(e.What, fmt.Sprint(len(list.Items))) {
				t.Errorf("%s opens %d, %v", e.Path, len(list.Items), err)
			}
			for _, f := range list.Items {
				if f.Owner != strings.TrimSuffix(e.To[0], "@example.com") {
					t.Errorf("%s is told of what %q owns", e.To[0], f.Owner)
				}
			}
			delete(want, e.To[0])
		}
		if len(want) > 0 {
			t.Errorf("not told: %v", want)
		}
		if _, err := s.List(t.Context(), finding.Filter{Owner: "nobody@example.com"}, purser.Page{}); err == nil {
			t.Error("somebody unknown owns things")
		}
	})
}
