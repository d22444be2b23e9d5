package run_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"purser"
)

// heldRows returns the records of a hold as name:identifier, page by page.
func (h *house) heldRows(id, query string) (names []string, ids map[string]string) {
	h.t.Helper()
	ids = map[string]string{}
	for after := ""; ; {
		list, err := h.runner.HeldRows(h.t.Context(), id, query, purser.Page{After: after, Limit: 5})
		if err != nil {
			h.t.Fatal(err)
		}
		for _, r := range list.Items {
			names, ids[r.Name] = append(names, r.Name), r.ID
		}
		if list.Next == "" {
			if list.Total != int64(len(names)) {
				h.t.Errorf("%d records in all, %d listed", list.Total, len(names))
			}
			return names, ids
		}
		after = list.Next
	}
}

func TestEveryNameOfAHoldIsListedAndSomeOfThemAreRemoved(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.vendor.users = nil
		for i := range 50 {
			h.vendor.users = append(h.vendor.users, person{fmt.Sprintf("u%02d", i), fmt.Sprintf("u%02d@example.com", i), "on"})
		}
		h.roster()
		h.vendor.users = h.vendor.users[:20]
		for range 2 {
			h.roster()
		}
		hold := h.openHolds()[0]
		names, ids := h.heldRows(hold.ID, "")
		if len(hold.Names) != 20 || len(names) != 30 {
			t.Fatalf("%d names of %d", len(names), hold.Count)
		}
		if found, _ := h.heldRows(hold.ID, "U3"); len(found) != 10 {
			t.Errorf("a search finds %v", found)
		}
		u20, u21, u22 := ids["u20@example.com"], ids["u21@example.com"], ids["u22@example.com"]
		decide := func(approve bool, rows ...string) {
			t.Helper()
			if err := h.runner.DecideHold(t.Context(), hold.ID, approve, rows...); err != nil {
				t.Fatal(err)
			}
		}
		decide(true, u20, u21)
		decide(false, u22)
		if got := h.openHolds(); len(got) != 1 || got[0].Count != 27 || got[0].Names[0] != "u23@example.com" {
			t.Fatalf("what is left waits: %+v", got)
		}
		if h.gone(purser.KindAccount) != 2 || !strings.Contains(h.users(), "(u20:active) (u21:active)") {
			t.Errorf("removed: %s", h.users())
		}
		if err := h.runner.DecideHold(t.Context(), hold.ID, true, u20); err == nil {
			t.Error("decided of a record that waits no more")
		}
		if err := h.runner.DecideHold(t.Context(), hold.ID, true, "u23"); err == nil {
			t.Error("decided of what is no record")
		}
		// Readings neither remove the rest nor ask about what was kept.
		h.pass(time.Hour)
		for range 2 {
			if got := h.roster(); !got.Held {
				t.Error("the rest does not wait any more")
			}
		}
		if got := h.openHolds(); h.gone(purser.KindAccount) != 2 || len(got) != 1 || got[0].Count != 27 {
			t.Errorf("later: %s %+v", h.users(), got)
		}
		decide(true)
		if h.gone(purser.KindAccount) != 29 || len(h.openHolds()) != 0 || strings.Contains(h.users(), "(u22") {
			t.Errorf("after the last decision: %s %+v", h.users(), h.openHolds())
		}
	})
}

func TestSomeOfAMassChangeIsTakenOverAndTheRestWaits(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.roster()
		for i := range 15 {
			h.vendor.users[i].Status = "off"
		}
		h.roster()
		hold := h.openHolds()[0]
		names, ids := h.heldRows(hold.ID, "")
		if len(names) != 15 {
			t.Fatalf("names %v", names)
		}
		list, err := h.runner.HeldRows(t.Context(), hold.ID, "", purser.Page{Limit: 1})
		if err != nil || list.Items[0].Before != "active" || list.Items[0].After != "suspended" {
			t.Errorf("before and after: %+v %v", list.Items, err)
		}
		some := []string{}
		for _, name := range names[:10] {
			some = append(some, ids[name])
		}
		if err := h.runner.DecideHold(t.Context(), hold.ID, true, some...); err != nil {
			t.Fatal(err)
		}
		if err := h.runner.DecideHold(t.Context(), hold.ID, false, ids[names[10]], ids[names[11]]); err != nil {
			t.Fatal(err)
		}
		due := h.due()
		if len(due) != 1 {
			t.Fatalf("what was approved is not read again: %+v", due)
		}
		got := h.work(due[0].ID)
		if !got.Held || strings.Count(h.users(), "suspended") != 10 {
			t.Fatalf("after the approval of ten: held %t, %s", got.Held, h.users())
		}
		// Three are fewer than a guard would ask about; they wait all the same.
		if open := h.openHolds(); len(open) != 1 || open[0].Count != 3 || len(open[0].Names) != 3 {
			t.Fatalf("the rest: %+v", open)
		}
		if err := h.runner.DecideHold(t.Context(), hold.ID, false); err != nil {
			t.Fatal(err)
		}
		// What was rejected stays, reading after reading, and nobody is asked again; a change of somebody else lands.
		h.vendor.users[16].Status = "off"
		for range 2 {
			if got = h.roster(); got.Held || strings.Count(h.users(), "suspended") != 11 || len(h.openHolds()) != 0 {
				t.Fatalf("later: held %t, %s, %+v", got.Held, h.users(), h.openHolds())
			}
		}
		var n int
		if err := h.db.Read().NewRaw("SELECT count(*) FROM change WHERE field = 'status' AND kind = 'account'").Scan(t.Context(), &n); err != nil || n != 11 {
			t.Errorf("the history has %d changes of status, %v", n, err)
		}
		// Another value of a rejected one is another question.
		h.vendor.users[14].Status = "gone"
		h.roster()
		if strings.Count(h.users(), ":suspended")+strings.Count(h.users(), ":deactivated")+strings.Count(h.users(), ":unknown") != 12 {
			t.Errorf("another value: %s", h.users())
		}
	})
}

func TestHeldMembershipsAreNamedByWhoAndWhere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for i := range 20 {
			h.vendor.members["g3"] = append(h.vendor.members["g3"], fmt.Sprintf("u%02d", i))
		}
		h.roster()
		h.vendor.members["g3"] = nil
		h.roster()
		holds := h.openHolds()
		if len(holds) != 1 || holds[0].Kind != purser.KindMembership || holds[0].Names[0] != "u00@example.com – Group g3" {
			t.Fatalf("held: %+v", holds)
		}
		if found, _ := h.heldRows(holds[0].ID, "U07@example.com – group G3"); len(found) != 1 {
			t.Errorf("a search finds %v", found)
		}
	})
}
