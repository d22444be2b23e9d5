package inventory_test

import (
	"testing"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// The last day of whoever used an account is what an HR source says, as everywhere.
func TestSuspiciousUseTellsTheLastDayThatCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		roster, chat := connect(t, db, "people", "bamboohr", "People"), connect(t, db, "chat", "slack", "Chat")
		per := row(t, db, purser.KindPerson, roster.No, "p1", map[string]any{"display_name": "Ada", "employment": "ended", "ended_on": "2026-10-31"})
		acc := row(t, db, purser.KindAccount, chat.No, "a1", nil)
		exec(t, db, `INSERT INTO finding (kind, source, external_id, instance_no, saas_no, account_id, person_id, plan_id, found_at, state)
			VALUES ('used_after_leaving', 'ins_chat', 'a1', ?, 0, ?, ?, 0, 1, 'open')`, chat.No, acc, per)
		for _, marked := range []bool{false, true} {
			exec(t, db, `UPDATE instance SET hr = ? WHERE no = ?`, marked, roster.No)
			want := map[bool]string{true: "2026-10-31"}[marked]
			got, err := store.Suspicious(t.Context(), db.Read(), store.FindingFilter{}, "", 20779, purser.Page{}, true)
			if err != nil || len(got.Items) != 1 || got.Items[0].EndedOn != want {
				t.Errorf("marked as HR %v: %+v %v", marked, got.Items, err)
			}
		}
	})
}
