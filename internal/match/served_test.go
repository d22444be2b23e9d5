package match_test

import (
	"testing"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// An application's assigned people are counted once each, whatever the ways by
// which they have it; who left the provider counts no more, and who stands in no
// list that was read still does, because the provider assigned it to somebody.
func TestAssignedPeopleAreThoseWhoAreNotKnownToBeGone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		row(t, db, purser.KindApplication, 2, "0oa1", map[string]any{"name": "Figma"})
		row(t, db, purser.KindApplication, 2, "0oa2", map[string]any{"name": "Miro"})
		row(t, db, purser.KindAccount, 2, "ada", nil)
		row(t, db, purser.KindAccount, 2, "left", map[string]any{"gone_gen": 2})
		row(t, db, purser.KindAccount, 3, "unread", map[string]any{"gone_gen": 2}) // gone elsewhere
		for id, of := range map[string][2]string{"1": {"0oa1", "ada"}, "2": {"0oa1", "ada"}, "3": {"0oa1", "left"}, "4": {"0oa1", "unread"}, "5": {"0oa2", "left"}} {
			row(t, db, purser.KindAssignment, 2, id, map[string]any{"application": of[0], "account": of[1], "via": "direct"})
		}
		row(t, db, purser.KindAssignment, 2, "6", map[string]any{"application": "0oa2", "account": "ada", "via": "direct", "gone_gen": 2})
		run(t, db, written{instance: 2, kinds: []purser.Kind{purser.KindApplication, purser.KindAssignment, purser.KindAccount}})
		for id, want := range map[string]int{"0oa1": 2, "0oa2": 0} {
			var got int
			err := db.Read().NewRaw("SELECT COALESCE(assigned, -1) FROM application_source WHERE instance_no = 2 AND external_id = ?", id).Scan(t.Context(), &got)
			if err != nil || got != want {
				t.Errorf("%s is assigned to %d, %v; want %d", id, got, err, want)
			}
		}
	})
}
