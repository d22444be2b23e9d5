package contract_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/store"
)

// What a sheet gives up is what findings give up: seats of people who left although they use
// them, what is not used for the threshold and was not accepted or left out. It never
// recommends less than is paid for anyway.
func TestASheetGivesUpWhatFindingsGiveUp(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := h.seated()
		check := func(what string, left, idle, recommended int64, words string) {
			t.Helper()
			h.derived()
			p := h.sheet(in).Plans[0]
			in.Name += " and" // names are one contract's
			listed, err := store.Seats(t.Context(), h.db.Read(), store.SeatFilter{Plans: []int64{1}, Uses: []string{"needed"}, At: store.UseAtMoment(h.now, 0)}, purser.Page{})
			if err != nil || listed.Total != *p.Assigned-p.GiveUp() {
				t.Errorf("%s: %d seats are needed, listed are %d (%v)", what, *p.Assigned-p.GiveUp(), listed.Total, err)
			}
			if p.Left != left || p.Idle != idle || p.Recommended == nil || *p.Recommended != recommended || !strings.Contains(p.Reason, words) {
				t.Errorf("%s: %+v, recommended %d", what, p, *p.Recommended)
			}
		}
		check("one is not used", 0, 1, 2, "1 can be given up: 1 unused for the threshold.")
		h.exec(`INSERT INTO instance (id, name, name_key, connector, status, application_id, hr, created_at, updated_at, version) VALUES ('ins_hr', 'HR', 'hr', 'hr', 'live', 0, TRUE, 1, 1, 1)`,
			`INSERT INTO "person" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, employment, ended_on) SELECT no, 'p', 0, 0, 1, 1, 1, 1, 1, 'ended', '2026-10-01' FROM instance WHERE id = 'ins_hr'`,
			`INSERT INTO account_person (account_id, instance_no, person_id, how, rule, sure, manual, linked_at) SELECT a.id, a.instance_no, p.id, '', '', 'certain', FALSE, 1 FROM "account" AS a CROSS JOIN "person" AS p WHERE a.external_id = 'a'`)
		check("the one who uses it has left", 1, 1, 1, "2 can be given up: 1 of people who left, 1 unused for the threshold.")
		h.exec(`UPDATE finding SET state = 'accepted' WHERE kind = 'unused_seat'`)
		check("somebody accepted that one is not used", 1, 0, 2, "Kept although not used: 1,")
		h.exec(`UPDATE finding SET state = 'open' WHERE kind = 'unused_seat'`,
			`INSERT INTO license_exclusion (saas_no, what, value, reason, made_by, made_at) SELECT id, 'account', 'ins_chat/a', '', 'Ada', 1 FROM saas_application WHERE name = 'Chat'`)
		check("the account of the one who left is left out", 0, 1, 2, "1 can be given up")
		h.exec(`DELETE FROM license_exclusion`, `UPDATE "seat" SET assigned_at = 1795000000000000 WHERE account = 'b'`)
		check("the one that is not used was given some days ago", 1, 0, 2, "held for less than the threshold")
		h.exec(`INSERT INTO license_term (source, external_id, saas_no, model, minimum, updated_at) SELECT 'ins_chat', 'p', id, 'per_user', 4, 1 FROM saas_application WHERE name = 'Chat'`)
		check("four are paid for in any case", 1, 0, 4, "4 are paid for in any case.")
	})
}

// Where nobody tells of seats, accounts are judged in the same way.
func TestASheetWithoutSeatsGivesUpAccounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := h.seated()
		h.exec(`DELETE FROM "seat"`, `INSERT INTO application_count (application_id, direct, accounts, people) SELECT id, 1, 3, 3 FROM saas_application WHERE name = 'Chat'`,
			`INSERT INTO application_day (application_id, direct, source_no, told, born, class, day, accounts)
				SELECT k.id, 1, i.no, 1, 1, c.class, 0, 1 FROM saas_application k JOIN instance i ON i.application_id = k.id CROSS JOIN (SELECT 'active' AS class UNION ALL SELECT 'never' UNION ALL SELECT 'unknown') AS c WHERE k.name = 'Chat'`)
		h.derived()
		p := h.sheet(in).Plans[0]
		if p.Assigned == nil || *p.Assigned != 3 || p.Idle != 1 || p.Left != 0 || *p.Recommended != 2 || p.FoundURL != p.URL+"&give_up=left&give_up=idle" {
			t.Errorf("%+v", p)
		}
		listed := func(words ...string) (n int64) {
			list, err := store.Accounts(t.Context(), h.db.Read(), store.AccountFilter{Application: 1, GiveUp: words, At: store.UseAtMoment(h.now, 0)}, purser.Page{}, true)
			if err != nil {
				t.Fatal(err)
			}
			return list.Total
		}
		check := func(what string, left, idle, spared, needed int64) {
			t.Helper()
			r, err := store.AccountsToGiveUp(t.Context(), h.db.Read(), 1, store.UseAtMoment(h.now, 0))
			if err != nil || r != (store.GiveUpRow{Left: left, Idle: idle, Spared: spared}) {
				t.Errorf("%s: %+v %v", what, r, err)
			}
			if l, i, n := listed("left"), listed("idle"), listed("needed"); l != left || i != idle || n != needed || listed("left", "idle") != l+i {
				t.Errorf("%s: listed are %d of people who left, %d idle, %d needed", what, l, i, n)
			}
		}
		check("one is idle", 0, 1, 0, 2)
		h.exec(`INSERT INTO finding (kind, source, instance_no, external_id, saas_no, account_id, person_id, plan_id, found_at, state) SELECT 'leaver_access', 'ins_chat', instance_no, external_id, 1, id, 0, 0, 1, 'open' FROM "account" WHERE external_id IN ('a', 'b')`)
		check("two are of people who left, one of them idle", 2, 0, 0, 1)
		h.exec(`UPDATE finding SET state = 'accepted' WHERE kind = 'leaver_access'`)
		check("somebody accepted that", 0, 0, 1, 3)
		h.exec(`UPDATE finding SET state = 'verified' WHERE kind = 'leaver_access'`)
		check("they were gone once", 0, 1, 0, 2)
		h.exec(`INSERT INTO license_exclusion (saas_no, what, value, reason, made_by, made_at) VALUES (1, 'account', 'ins_chat/b', '', 'Ada', 1)`)
		check("the idle one is left out of findings", 0, 0, 1, 3)
		h.exec(`DELETE FROM license_exclusion`, `UPDATE "account" SET created_at = 1795000000000000, last_active_at = 0 WHERE external_id = 'b'`)
		check("it is there for some days", 0, 0, 1, 3)
		h.exec(`UPDATE "account" SET status = 'deactivated' WHERE external_id = 'b'`)
		check("it is closed", 0, 0, 0, 2)
	})
}
