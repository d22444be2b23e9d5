package contract_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/contract"
	"purser/internal/store"
)

func TestAContractWrittenByMistakeGoesWithAllThatIsKeptOfIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Sealer = mirror{}
		c, stays := h.create(chat("Chat", "2026-12-31")), h.create(chat("Calls", "2026-12-31"))
		for _, of := range []string{c.ID, stays.ID} {
			if _, err := h.AddDocument(h.ctx, of, "signed.pdf", "", bytes.NewReader([]byte("signed"))); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Remove(h.as("Op", purser.RoleOperator), c.ID); kindOf(err) != purser.ProblemForbidden {
			t.Errorf("an operator removes it: %v", err)
		}
		if err := h.Remove(h.ctx, c.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.Remove(h.ctx, c.ID); kindOf(err) != purser.ProblemNotFound {
			t.Errorf("twice: %v", err)
		}
		if _, err := h.Contract(h.ctx, c.ID); kindOf(err) != purser.ProblemNotFound {
			t.Errorf("it is still there: %v", err)
		}
		if list, err := h.Documents(h.ctx, stays.ID); err != nil || len(list) != 1 {
			t.Errorf("the other one lost its file: %+v %v", list, err)
		}
		for _, table := range []string{"contract", "contract_application", "contract_period", "contract_change", "contract_document"} {
			var n int
			no := map[bool]string{true: "no", false: "contract_no"}[table == "contract"]
			if err := h.db.Read().NewRaw(`SELECT count(DISTINCT `+no+`) FROM `+table).Scan(t.Context(), &n); err != nil || n != 1 {
				t.Errorf("%s holds %d contracts, %v", table, n, err)
			}
		}
		rows, err := store.AuditPage(t.Context(), h.db.Read(), store.AuditFilter{Object: c.ID}, 0, 1)
		if told := fmt.Sprint(rows); err != nil || !strings.Contains(told, "signed.pdf") || !strings.Contains(told, "2026-12-31") {
			t.Errorf("the audit log says %s, %v", told, err)
		}
	})
}

func TestAContractThatWasDecidedOnOrRenewedStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		decided, renewed := h.create(chat("Chat", "2026-12-31")), h.create(chat("Calls", "2026-12-31"))
		if _, err := h.Decide(h.ctx, decided.ID, 0, purser.DecisionCancel, "nobody uses it"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Renew(h.ctx, renewed.ID, 0, nil); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{decided.ID, renewed.ID} {
			if err := h.Remove(h.ctx, id); kindOf(err) != purser.ProblemConflict || !strings.Contains(err.Error(), "evidence") {
				t.Errorf("%v", err)
			}
			c, err := h.Contract(h.ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if decisions, err := h.Decisions(h.ctx, id); err != nil || contract.MayRemove(c, len(decisions)) {
				t.Errorf("its page offers it: %v", err)
			}
		}
	})
}
