package contract_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/finding"
	"purser/internal/store"
)

// connected notes an instance of the application Chat with three seats of a plan:
// one used, one never used, one of which nobody knows.
func (h *house) connected() {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		i, err := store.InsertInstance(ctx, tx, purser.Instance{ID: "ins_chat", Name: "Chat Acme", Connector: "chat", Status: purser.StatusLive, Settings: map[string]string{}})
		if err != nil {
			return err
		}
		for _, stmt := range []string{
			`UPDATE instance SET application_id = (SELECT id FROM saas_application WHERE name = 'Chat') WHERE no = ?0`,
			`INSERT INTO stream (instance_no, task, name, kind, first_complete_at, complete_at) VALUES (?0, 'application_roster', 'users', 'account', 1, 1795345200000000)`,
			`INSERT INTO "account" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, last_active_at) VALUES
				(?0, 'a', 0, 0, 1, 1, 1, 1, 1, 1795000000000000), (?0, 'b', 0, 0, 1, 1, 1, 1, 1, 0), (?0, 'c', 0, 0, 1, 1, 1, 1, 1, NULL)`,
			`INSERT INTO "plan" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, name) VALUES (?0, 'p', 0, 0, 1, 1, 1, 1, 1, 'business')`,
			`INSERT INTO "seat" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, plan, account) VALUES
				(?0, 'p/a', 0, 0, 1, 1, 1, 1, 1, 'p', 'a'), (?0, 'p/b', 0, 0, 1, 1, 1, 1, 1, 'p', 'b'), (?0, 'p/c', 0, 0, 1, 1, 1, 1, 1, 'p', 'c')`,
		} {
			if _, err := tx.NewRaw(stmt, i).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.derived()
}

// derived finds what somebody should look at, as after each reading.
func (h *house) derived() {
	h.t.Helper()
	f := finding.New(finding.Options{DB: h.db, Gate: roles{}, Now: func() time.Time { return h.now }})
	if err := f.Derive(h.t.Context(), nil); err != nil {
		h.t.Fatal(err)
	}
}

func TestUnknownUseIsNeededAndNeverASaving(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := chat("Chat", "2026-12-31")
		in.Terms.Plans[0].Quantity = number(5)
		in.Terms.Plans = append(in.Terms.Plans, purser.ContractPlan{Name: "Archive", Per: "unit", Quantity: number(9), Price: &purser.Money{Minor: 100, Currency: "USD"}, Billing: "yearly"})
		c := h.create(in)
		sheet, err := h.Sheet(h.ctx, c.ID)
		if err != nil || sheet.Plans[0].Recommended != nil || sheet.Savings != nil || sheet.Applications[0].Known {
			t.Fatalf("without any source: %+v %v", sheet, err)
		}
		h.connected()
		sheet, err = h.Sheet(h.ctx, c.ID)
		p := sheet.Plans[0]
		if err != nil || p.Recommended == nil || *p.Recommended != 2 || p.Active != 1 || p.Unused != 1 || p.Unknown != 1 {
			t.Fatalf("plan: %+v %v", p, err)
		}
		// Three of five at 12.50 a month; the plan by unit saves nothing.
		if p.Saving == nil || p.Saving.Minor != 45_000 || len(sheet.Savings) != 1 || sheet.SavingsFrom != "2027-01-01" || sheet.Plans[1].Recommended != nil {
			t.Errorf("savings: %+v %+v", p.Saving, sheet)
		}
	})
}

func TestASheetIsFrozenWithItsDecision(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := chat("Chat", "2026-12-31")
		in.Terms.Plans[0].Quantity = number(5)
		c := h.create(in)
		h.connected()
		if _, err := h.Decide(h.ctx, c.ID, c.Version, purser.DecisionChange, "two are enough"); err != nil {
			t.Fatal(err)
		}
		in.Terms.Plans[0].Quantity = number(500)
		if _, err := h.Update(h.ctx, c.ID, in); err != nil {
			t.Fatal(err)
		}
		decisions, err := h.Decisions(h.ctx, c.ID)
		if err != nil || len(decisions) != 1 || !decisions[0].Sheet {
			t.Fatalf("%+v %v", decisions, err)
		}
		sheet, d, err := h.FrozenSheet(h.ctx, c.ID, decisions[0].No)
		if err != nil || *sheet.Plans[0].Plan.Quantity != 5 || *sheet.Plans[0].Recommended != 2 || d.Why != "two are enough" {
			t.Errorf("frozen: %+v %+v %v", sheet.Plans, d, err)
		}
		operator := h.as("Op", purser.RoleOperator)
		frozen, _, err := h.FrozenSheet(operator, c.ID, decisions[0].No)
		live, err2 := h.Sheet(operator, c.ID)
		told, _ := json.Marshal([]any{frozen, live})
		if err != nil || err2 != nil || strings.Contains(string(told), "1250") || strings.Contains(string(told), "EUR") {
			t.Errorf("an operator is told a price: %s %v %v", told, err, err2)
		}
		if _, _, err := h.FrozenSheet(h.ctx, c.ID, 99); kindOf(err) != purser.ProblemNotFound {
			t.Errorf("a sheet that is none: %v", err)
		}
	})
}

// Where more is needed than was contracted, the sheet says by how much, and that it is not only spare.
func TestASheetThatAsksForMoreThanWasContractedSaysSo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := chat("Chat", "2026-12-31")
		in.Terms.Plans[0].Quantity = number(1)
		c := h.create(in)
		h.connected()
		sheet, err := h.Sheet(h.ctx, c.ID)
		if err != nil || *sheet.Plans[0].Recommended != 2 || sheet.Plans[0].Saving != nil || !strings.Contains(sheet.Plans[0].Reason, "That is 1 more than the 1 that are contracted") {
			t.Errorf("%+v %v", sheet.Plans[0], err)
		}
		in.Name, in.Terms.Plans[0].Quantity = "Chat too", number(2)
		if sheet, err = h.Sheet(h.ctx, h.create(in).ID); err != nil || strings.Contains(sheet.Plans[0].Reason, "more than") {
			t.Errorf("%+v %v", sheet.Plans[0], err)
		}
	})
}
