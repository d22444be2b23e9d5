package contract_test

import (
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/store"
)

// A term that is not whole months long says nothing of the next one.
func TestARenewalNeverLosesItsEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := chat("Chat", "2026-12-15")
		c := h.create(in)
		if _, err := h.Renew(h.ctx, c.ID, 0, nil); fieldOf(err) != "end" {
			t.Errorf("without an end: %v", err)
		}
		next, err := h.NextTerms(h.ctx, c.ID)
		if err != nil || next.End != "" {
			t.Fatalf("%+v %v", next, err)
		}
		next.End = "2027-12-31"
		if c, err = h.Renew(h.ctx, c.ID, 0, &next); err != nil || c.Terms.End != "2027-12-31" || c.Period != 2 {
			t.Errorf("with one: %+v %v", c, err)
		}
	})
}

func TestEveryDecisionIsAuditedWithItsReason(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.create(chat("Chat", "2026-12-31"))
		for _, why := range []string{"everybody uses it", "and it is cheap"} {
			if _, err := h.Decide(h.ctx, c.ID, 0, purser.DecisionRenew, why); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.Decide(h.ctx, c.ID, c.Version, purser.DecisionCancel, "late"); kindOf(err) != purser.ProblemConflict {
			t.Errorf("a late decision: %v", err)
		}
		rows, err := store.AuditPage(t.Context(), h.db.Read(), store.AuditFilter{Object: c.ID}, 0, 10)
		told := fmt.Sprint(rows)
		if err != nil || len(rows) != 3 || !strings.Contains(told, "everybody uses it") || !strings.Contains(told, "and it is cheap") || strings.Contains(told, "late") {
			t.Errorf("%s %v", told, err)
		}
	})
}

// A field of one's own may be called as another one is.
func TestAFieldOfOnesOwnHidesNoOther(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := chat("Chat", "2026-12-31")
		in.Note, in.Custom = "one", map[string]string{"note": "two", "plans": "three"}
		c := h.create(in)
		in.Note = "two"
		if _, err := h.Update(h.ctx, c.ID, in); err != nil {
			t.Fatal(err)
		}
		changes, err := h.Changes(h.ctx, c.ID)
		if err != nil || len(changes) != 2 || changes[0].Field != "note" || changes[0].Before != "one" || changes[0].After != "two" {
			t.Errorf("%+v %v", changes, err)
		}
	})
}
