package contract_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/contract"
	"purser/internal/store"
)

// seated is a contract for five seats of Chat, of which three are given to somebody.
func (h *house) seated() purser.ContractInput {
	in := chat("Chat", "2026-12-31")
	in.Terms.Plans[0].Quantity = number(5)
	h.create(in)
	h.connected()
	return in
}

func (h *house) sheet(in purser.ContractInput) purser.RenewalSheet {
	h.t.Helper()
	in.Name += " anew"
	sheet, err := h.Sheet(h.ctx, h.create(in).ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return sheet
}

// One plan of a vendor is no proof for two lines, and two of one name none for one.
func TestASheetJudgesNoLineOfWhichSeveralCouldBeMeant(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := h.seated()
		two := in
		two.Terms.Plans = append(two.Terms.Plans[:1:1], two.Terms.Plans[0])
		unknown := func(what string, s purser.RenewalSheet) {
			t.Helper()
			for _, p := range s.Plans {
				if p.Recommended != nil || p.Saving != nil || s.Savings != nil || !strings.HasPrefix(p.Reason, "Several plans are called Business") {
					t.Errorf("%s: %+v", what, p)
				}
			}
		}
		unknown("two lines", h.sheet(two))
		in.Applications = []string{"Chat", "Calls"}
		if s := h.sheet(in); s.Plans[0].Recommended == nil {
			t.Errorf("one plan of one application: %+v", s.Plans)
		}
		h.exec(`INSERT INTO instance (id, name, name_key, connector, status, application_id, created_at, updated_at, version) SELECT 'ins_calls', 'Calls', 'calls', 'calls', 'live', id, 1, 1, 1 FROM saas_application WHERE name = 'Calls'`,
			`INSERT INTO "plan" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, name) SELECT no, 'p', 0, 0, 1, 1, 1, 1, 1, 'Business' FROM instance WHERE id = 'ins_calls'`,
			`INSERT INTO "seat" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, plan, account) SELECT no, 'p/a', 0, 0, 1, 1, 1, 1, 1, 'p', 'a' FROM instance WHERE id = 'ins_calls'`)
		unknown("two plans", h.sheet(in))
	})
}

// Seats of a plan that several instances sell are counted together, and listed together.
func TestASheetOpensTheSeatsOfAllInstances(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := h.seated()
		if p := h.sheet(in).Plans[0]; p.URL != "/licenses/pln_1" {
			t.Errorf("one instance: %s", p.URL)
		}
		in.Name += " and"
		h.exec(`INSERT INTO instance (id, name, name_key, connector, status, application_id, created_at, updated_at, version) SELECT 'ins_second', 'Second', 'second', 'chat', 'live', id, 1, 1, 1 FROM saas_application WHERE name = 'Chat'`,
			`INSERT INTO "plan" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, name) SELECT no, 'p', 0, 0, 1, 1, 1, 1, 1, 'business' FROM instance WHERE id = 'ins_second'`,
			`INSERT INTO "seat" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, plan, account) SELECT no, 'p/a', 0, 0, 1, 1, 1, 1, 1, 'p', 'a' FROM instance WHERE id = 'ins_second'`)
		h.derived()
		p := h.sheet(in).Plans[0]
		if p.URL != "/seats?plan=pln_1&plan=pln_2" || p.Assigned == nil || *p.Assigned != 4 || p.GiveUp() == 0 || !strings.HasPrefix(p.FoundURL, "/findings?plan=pln_1&plan=pln_2&") {
			t.Errorf("%+v", p)
		}
		for what, of := range map[string]int64{"": *p.Assigned, "active": p.Active, "inactive never closed": p.Unused, "unknown": p.Unknown, "needed": *p.Assigned - p.GiveUp()} {
			list, err := store.Seats(t.Context(), h.db.Read(), store.SeatFilter{Plans: []int64{1, 2}, Uses: strings.Fields(what), At: store.UseAtMoment(h.now, 0)}, purser.Page{})
			if err != nil || list.Total != of {
				t.Errorf("%d seats are %q, listed are %d (%v)", of, what, list.Total, err)
			}
		}
	})
}

func TestASeatOfAClosedAccountIsNotUsed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := h.seated()
		h.exec(`UPDATE "account" SET status = 'deactivated' WHERE external_id = 'a'`)
		if p := h.sheet(in).Plans[0]; *p.Assigned != 3 || p.Active != 0 || p.Unused != 2 || p.Unknown != 1 || *p.Recommended != 1 {
			t.Errorf("%+v", p)
		}
	})
}

// Own instances that have not told all their users yet prove nothing: identity
// providers count until then.
func TestASheetCountsTheSourceThatCounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := h.seated()
		h.exec(`INSERT INTO "application" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at) VALUES (77, 'chat', 0, 0, 1, 1, 1, 1, 1)`,
			`INSERT INTO application_source (application_id, instance_no, external_id) SELECT id, 77, 'chat' FROM saas_application WHERE name = 'Chat'`,
			`INSERT INTO application_count (application_id, direct, accounts, people) SELECT id, 1, 3, 3 FROM saas_application WHERE name = 'Chat'`,
			`INSERT INTO application_count (application_id, direct, accounts, people) SELECT id, 0, 72, 72 FROM saas_application WHERE name = 'Chat'`,
			`INSERT INTO application_day (application_id, direct, source_no, told, born, class, day, accounts) SELECT id, 0, 77, 0, 0, 'unknown', 0, 70 FROM saas_application WHERE name = 'Chat'`,
			`INSERT INTO application_day (application_id, direct, source_no, told, born, class, day, accounts) SELECT id, 0, 77, 0, 0, 'closed', 0, 2 FROM saas_application WHERE name = 'Chat'`)
		if s := h.sheet(in); s.Applications[0].Accounts != 3 || s.Plans[0].Assigned == nil || *s.Plans[0].Assigned != 3 {
			t.Errorf("once they have told all: %+v %+v", s.Applications, s.Plans)
		}
		h.exec(`UPDATE stream SET first_complete_at = 0, complete_at = 0`)
		if s := h.sheet(in); s.Applications[0].Accounts != 72 || s.Applications[0].Before != nil || s.Plans[0].Assigned == nil || *s.Plans[0].Assigned != 70 {
			t.Errorf("before: %+v %+v", s.Applications, s.Plans)
		}
		h.exec(`UPDATE saas_application SET status = 'ignored'`, `INSERT INTO sso_account (application_id, instance_no, account, way, first_seen_at) SELECT id, 77, 'a', 4, 1 FROM saas_application WHERE name = 'Chat'`)
		c, err := h.List(h.ctx, contract.Filter{}, purser.Page{})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := h.Sheet(h.ctx, c.Items[0].ID); err != nil || s.Applications[0].Known || s.Plans[0].Assigned != nil || s.Savings != nil {
			t.Errorf("what is history counts: %+v %+v %v", s.Applications, s.Plans, err)
		}
	})
}
