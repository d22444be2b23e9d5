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

// Whoever hears of everything is told of what nobody looks after: it has no owner,
// or one who is no user any more or has left. The list of an instance is told of that
// instance, whoever owns it.
func TestWhatAnOwnerLeftBehindIsToldOnceAWeek(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		var told []purser.Event
		s := finding.New(finding.Options{DB: db, Gate: everybody{}, Now: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler),
			Tell: func(_ context.Context, _ bun.Tx, e purser.Event) error { told = append(told, e); return nil }})
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			for _, name := range []string{"stays", "left"} {
				if err := store.InsertUser(ctx, tx, store.User{ID: "usr_" + name, Email: name + "@example.com", Name: name, Role: purser.RoleOperator}); err != nil {
					return err
				}
			}
			for _, stmt := range []string{
				`INSERT INTO saas_application (id, name, name_key, connector, status, owner_id, first_seen_at, updated_at) VALUES (1, 'Chat', 'chat', 'c', 'managed', '', 1, 1), (2, 'Wiki', 'wiki', 'w', 'managed', '', 1, 1), (3, 'Desk', 'desk', 'd', 'managed', 'usr_left', 1, 1)`,
				`INSERT INTO instance (no, id, application_id, name, name_key, connector, status, owner_id, version, auth, settings, hr, created_at, updated_at) VALUES
					(1, 'ins_1', 1, 'Chat prod', 'chat prod', 'c', 'live', 'usr_left', 1, '', '{}', TRUE, 1, 1), (2, 'ins_2', 2, 'Wiki prod', 'wiki prod', 'w', 'live', 'usr_stays', 1, '', '{}', FALSE, 1, 1),
					(3, 'ins_3', 3, 'Desk prod', 'desk prod', 'd', 'live', 'usr_removed', 1, '', '{}', FALSE, 1, 1)`,
				`INSERT INTO stream (no, instance_no, task, name, kind) VALUES (1, 1, 'people', 'people', 'person')`,
				`INSERT INTO "person" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email, employment) VALUES (1, 'p', 1, 1, 1, 1, 1, 1, 1, 'left@example.com', 'ended')`,
				`INSERT INTO notice_recipient (id, instance_id, email, user_id, added_at, added_by) VALUES ('rec_1', 'ins_2', 'wiki@example.com', '', 1, '')`,
				`INSERT INTO contract (id, name, name_key, vendor, facts, terms, period, owner_id, due_on, decision, version, created_at, updated_at, updated_by) VALUES ('con_1', 'Chat', 'chat', 'x', '{}', '{}', 1, 'usr_left', '2026-12-01', 'undecided', 1, 1, 1, ''), ('con_2', 'Wiki', 'wiki', 'x', '{}', '{}', 1, 'usr_stays', '2026-12-01', 'undecided', 1, 1, 1, '')`,
				`INSERT INTO finding (kind, source, external_id, instance_no, saas_no, account_id, person_id, plan_id, currency, about, found_at, state) VALUES
					('unused_seat', 'ins_1', 's1', 1, 1, 0, 0, 0, 'EUR', '', 1, 'open'), ('unused_seat', 'ins_2', 's2', 2, 2, 0, 0, 0, 'EUR', '', 1, 'open'),
					('unused_seat', 'ins_3', 's3', 3, 3, 0, 0, 0, 'EUR', '', 1, 'open'), ('renewal_due', '', 'con_1', 0, 1, 0, 0, 0, '', '', 1, 'open'),
					('renewal_due', '', 'con_2', 0, 1, 0, 0, 0, '', '', 1, 'open')`} {
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
		want := map[string]string{
			"stays@example.com": "2 findings are open about what you look after|Renewal due: 1 (Chat 1)|Unused seat: 1 (Wiki 1)|/findings?owner=usr_stays",
			"ins_2":             "1 finding is open about Wiki prod|Unused seat: 1 (Wiki 1)|/findings?instance=ins_2",
			"":                  "3 findings are open about what nobody looks after|Renewal due: 1 (Chat 1)|Unused seat: 2 (Chat 1, Desk 1)|/findings?owner=nobody",
		}
		for _, e := range told {
			who, got := strings.Join(e.To, " ")+e.InstanceID, strings.Join(append(append([]string{e.What}, e.Fields...), e.Path), "|")
			if want[who] != got {
				t.Errorf("%q is told %q, want %q", who, got, want[who])
			}
			delete(want, who)
		}
		if len(want) > 0 {
			t.Errorf("not told: %v", want)
		}
		list, err := s.List(t.Context(), finding.Filter{Owner: "nobody"}, purser.Page{})
		if err != nil || len(list.Items) != 3 {
			t.Errorf("the link opens %d, want 3, %v", len(list.Items), err)
		}
	})
}
