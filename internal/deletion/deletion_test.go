package deletion_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestDeletingAnInstanceLeavesNoRowOfItAndTouchesNoOther(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		other := h.instance("Other", "vendor", "t2")
		fill(t, h.db, other.No, other.ID, 9001)
		before := rows(t, h.db)
		mine := h.instance("Mine", "vendor", "t1")
		fill(t, h.db, mine.No, mine.ID, 7001)
		d := h.delete(mine, purser.DeleteInstance)
		if left := storetest.Orphans(t, h.db); len(left) > 0 {
			t.Errorf("orphans: %s", strings.Join(left, "; "))
		}
		after := rows(t, h.db)
		for table, n := range before {
			want := n
			switch table {
			case "transaction", "former_instance":
				want++ // a line of spend stays, with where it came from
			case "kept_decision":
				want += 2 // what an account is, and who is somebody else
			case "saas_application":
				want++ // managed: somebody decided
			case "truth_due":
				want = 0 // what counts was decided anew
			case "setting":
				want += 2 // by which order of sources that was, and when everybody was matched
			case "person_alias", "person_same", "application_count", "application_day", "account_class", "account_nobody", "person_standing", "person_text", "overlap_account", "use_history", "plan_use":
				continue // worked out anew, or of a day long past: fill makes sums and aliases that no row bears out
			}
			if after[table] != want {
				t.Errorf("%s had %d rows without the instance and has %d now", table, n, after[table])
			}
		}
		for table := range storetest.Schema(t, h.db) {
			if table == "transaction" || table == "former_instance" || table == "deletion" {
				continue
			}
			for _, c := range storetest.Schema(t, h.db)[table] {
				if c.Name == "instance_no" && h.count(`SELECT count(*) FROM "`+table+`" WHERE instance_no = ?`, mine.No) > 0 {
					t.Errorf("%s still has rows of the instance", table)
				}
			}
		}
		if d.Removed == 0 || d.Revocation == "" {
			t.Errorf("the record says %+v", d)
		}
	})
}

func TestDeletingAllUsersKeepsTheInstanceAndReadsEverythingAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		mine := h.instance("Mine", "vendor", "t1")
		fill(t, h.db, mine.No, mine.ID, 7001)
		h.delete(mine, purser.DeleteUsers)
		for _, o := range storetest.Orphans(t, h.db) {
			if !strings.HasSuffix(o, "to no part") { // fill lets all kinds share one part of one stream, of accounts
				t.Error(o)
			}
		}
		after := rows(t, h.db)
		for _, gone := range []string{"account", "person", "group", "membership", "assignment", "seat", "activity", "change", "event", "account_person", "account_use", "part", "seen", "hold"} {
			if after[gone] != 0 {
				t.Errorf("%d rows of %s stay", after[gone], gone)
			}
		}
		for _, stays := range []string{"instance", "credential", "instance_task", "plan", "application", "transaction", "run", "run_log", "stream"} {
			if after[stays] != 1 {
				t.Errorf("%s has %d rows instead of 1", stays, after[stays])
			}
		}
		if n := h.count(`SELECT count(*) FROM stream WHERE next_cursor = '' AND basis = '' AND complete_at = 0`); n != 1 {
			t.Error("the next sync would go on where the last one ended instead of reading everyone again")
		}
		if n := h.count(`SELECT count(*) FROM instance_task WHERE data_as_of = 0 AND first_at = 0`); n != 1 {
			t.Error("the task still claims to have data")
		}
		i, err := store.Instance(t.Context(), h.db.Read(), mine.ID)
		if err != nil || i.Status != purser.StatusLive || i.Reason != "" {
			t.Errorf("the instance is %s (%s) afterwards: %v", i.Status, i.Reason, err)
		}
	})
}

func TestWithoutTheConfirmationNothingIsDeleted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		mine := h.instance("Mine", "vendor", "t1")
		h.account(mine, "a1", "a@example.com")
		for _, scope := range []purser.DeletionScope{purser.DeleteUsers, purser.DeleteInstance} {
			_, err := h.service.Begin(h.ctx, mine.ID, scope, false)
			if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Field != "i_understand" || !strings.Contains(p.What, purser.DeletionConfirmation) {
				t.Errorf("%s without the sentence: %v", scope, err)
			}
		}
		operator := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, Role: purser.RoleOperator})
		if _, err := h.service.Begin(operator, mine.ID, purser.DeleteInstance, true); err == nil {
			t.Error("an operator may delete")
		}
		if _, err := h.service.Begin(h.ctx, mine.ID, "everything", true); err == nil {
			t.Error("a scope that is none is taken")
		}
		if i, err := store.Instance(t.Context(), h.db.Read(), mine.ID); err != nil || i.Status != purser.StatusLive || h.count(`SELECT count(*) FROM "account"`) != 1 {
			t.Errorf("something was deleted: %s %v", i.Status, err)
		}
	})
}

func TestWhatGoesAndWhatStaysIsCountedFirst(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		mine, hr := h.instance("Mine", "vendor", "t1"), h.instance("HR", "hr", "t2")
		for n := range 3 {
			h.account(mine, fmt.Sprint("a", n), "a@example.com")
		}
		h.exec(`INSERT INTO change (kind, row_id, run_no, at, field) SELECT 'account', id, 0, 1, 'status' FROM "account"`)
		h.exec(`INSERT INTO change (kind, row_id, run_no, at, field) VALUES ('group', 1, 0, 1, 'name')`) // not this instance's
		link(h, h.account(mine, "a9", "x@example.com"), h.person(hr, "p1", "p@example.com"))
		plan, err := h.service.Plan(h.ctx, mine.ID, purser.DeleteInstance)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{"accounts": 4, store.HistoryWord: 3}
		got := map[string]int64{}
		for _, c := range plan.Goes {
			got[c.What] = c.Count
		}
		if !maps.Equal(got, want) || plan.Total != 7 {
			t.Errorf("goes %v (%d in all), want %v", got, plan.Total, want)
		}
		for _, c := range plan.Stays {
			if strings.HasPrefix(c.What, "links by hand") && c.Count != 1 {
				t.Errorf("%d links by hand stay, want 1", c.Count)
			}
		}
		d := h.delete(mine, purser.DeleteInstance)
		gone := map[string]int64{}
		for _, c := range d.Gone {
			gone[c.What] = c.Count
		}
		if !maps.Equal(gone, want) || d.Removed != d.Total {
			t.Errorf("gone %v, promised %v", gone, want)
		}
		if len(h.told) != 1 || h.told[0].Kind != purser.EventInstanceDeleted || h.told[0].Key != d.ID {
			t.Errorf("told %+v", h.told)
		}
	})
}

func link(h *house, account, person int64) {
	h.write(func(ctx context.Context, tx bun.Tx) error {
		return store.LinkAccount(ctx, tx, account, person, "ada@example.com", 5)
	})
}

func TestLinksByHandBindAgainByTheVendorsIdentifiers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hr := h.instance("HR", "hr", "t2")
		mine := h.instance("Mine", "vendor", "t1")
		link(h, h.account(mine, "a1", "x@example.com"), h.person(hr, "p1", "p@example.com"))
		h.delete(mine, purser.DeleteInstance)
		h.delete(hr, purser.DeleteUsers)
		bind := func() int64 {
			h.write(func(ctx context.Context, tx bun.Tx) error { return store.BindKeptLinks(ctx, tx) })
			return h.count(`SELECT count(*) FROM account_person l JOIN "account" a ON a.id = l.account_id JOIN "person" p ON p.id = l.person_id
				WHERE l.manual = TRUE AND a.external_id = 'a1' AND p.external_id = 'p1' AND l.how = 'linked by ada@example.com'`)
		}
		again := h.instance("Mine again", "vendor", "t1")
		h.account(h.instance("Another tenant", "vendor", "t9"), "a1", "x@example.com")
		h.account(again, "a1", "x@example.com")
		if bind() != 0 {
			t.Error("a link is there without its person")
		}
		h.person(hr, "p1", "p@example.com")
		if bind() != 1 {
			t.Error("the link by hand does not bind again")
		}
		if bind() != 1 || h.count(`SELECT count(*) FROM kept_link`) != 0 || h.count(`SELECT count(*) FROM account_person`) != 1 {
			t.Error("the link is kept twice, or bound in another tenant")
		}
	})
}

func TestLinesOfSpendStayAndAreOwnedAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		mine := h.instance("Books", "vendor", "t1")
		h.exec(`INSERT INTO "transaction" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, date, amount, currency)
			VALUES (?, 'x1', 4, 5, 6, 1, 1, 1, 1, '2026-11-01', 100, 'EUR')`, mine.No)
		h.delete(mine, purser.DeleteInstance)
		list, err := store.Transactions(t.Context(), h.db.Read(), store.TransactionFilter{}, purser.Page{Limit: 10}, false)
		if err != nil || len(list.Items) != 1 || list.Items[0].InstanceName != "Books" || list.Items[0].InstanceID != mine.ID {
			t.Fatalf("the line of spend is %+v: %v", list.Items, err)
		}
		again := h.instance("Books again", "vendor", "t1")
		h.write(func(ctx context.Context, tx bun.Tx) error { return store.TakeFormerNumber(ctx, tx, again) })
		now, err := store.Instance(t.Context(), h.db.Read(), again.ID)
		if err != nil || now.No != mine.No || h.count(`SELECT count(*) FROM former_instance`) != 0 {
			t.Errorf("the new instance has number %d, its line of spend %d: %v", now.No, mine.No, err)
		}
		other := h.instance("Other tenant", "vendor", "t2")
		h.write(func(ctx context.Context, tx bun.Tx) error { return store.TakeFormerNumber(ctx, tx, other) })
		if now, err := store.Instance(t.Context(), h.db.Read(), other.ID); err != nil || now.No != other.No {
			t.Errorf("another tenant took a number: %v", err)
		}
	})
}

func TestApplicationsThatNobodyDecidedAboutGoWithTheirOnlySource(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		idp, second := h.instance("IdP", "vendor", "t1"), h.instance("Second", "vendor", "t2")
		for n, status := range []string{"new", "managed", "new"} {
			h.exec(`INSERT INTO saas_application (name, name_key, status, first_seen_at, updated_at) VALUES (?, ?, ?, 1, 1)`, fmt.Sprint("app", n), fmt.Sprint("app", n), status)
			h.exec(`INSERT INTO application_source (application_id, instance_no, external_id) SELECT id, ?, 'e' || id FROM saas_application WHERE name_key = ?`, idp.No, fmt.Sprint("app", n))
		}
		h.exec(`INSERT INTO application_source (application_id, instance_no, external_id) SELECT id, ?, 'z' FROM saas_application WHERE name_key = 'app2'`, second.No)
		h.delete(idp, purser.DeleteInstance)
		var left []string
		if err := h.db.Read().NewRaw(`SELECT name_key FROM saas_application WHERE name_key LIKE 'app_' ORDER BY name_key`).Scan(t.Context(), &left); err != nil {
			t.Fatal(err)
		}
		if strings.Join(left, " ") != "app1 app2" {
			t.Errorf("left are %v, want the managed one and the one that another source names", left)
		}
	})
}

func TestWhatPeopleDecidedHoldsAgainWhenItsAccountsAndPeopleAreReadAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hr, other := h.instance("HR", "hr", "t2"), h.instance("Directory", "directory", "t3")
		mine := h.instance("Mine", "vendor", "t1")
		account, person := h.account(mine, "a1", "x@example.com"), h.person(hr, "p1", "p@example.com")
		nobodys, same := h.account(mine, "a2", "y@example.com"), h.person(other, "d1", "p@example.org")
		apart := h.person(other, "d2", "p@example.com")
		h.write(func(ctx context.Context, tx bun.Tx) error {
			return errors.Join(store.RefuseAccount(ctx, tx, account, person, "ada@example.com", 5), store.RefuseAccount(ctx, tx, nobodys, 0, "ada@example.com", 6),
				store.SetAccountKind(ctx, tx, nobodys, "robot", "ada@example.com", 7),
				store.PutPersonVerdict(ctx, tx, store.PersonVerdict{PersonID: person, OtherID: same, Same: true, DecidedBy: "ada@example.com", DecidedAt: 8}),
				store.PutPersonVerdict(ctx, tx, store.PersonVerdict{PersonID: apart, OtherID: person, Same: false, DecidedBy: "ada@example.com", DecidedAt: 9}))
		})
		h.delete(mine, purser.DeleteInstance)
		h.delete(hr, purser.DeleteInstance)
		if n := h.count(`SELECT count(*) FROM account_not`) + h.count(`SELECT count(*) FROM person_verdict`) + h.count(`SELECT count(*) FROM account_kind`); n != 0 {
			t.Fatalf("%d decisions stay about what is gone", n)
		}
		bind := func() {
			h.write(func(ctx context.Context, tx bun.Tx) error { return store.BindKeptDecisions(ctx, tx) })
		}
		h.account(h.instance("Another tenant", "vendor", "t9"), "a1", "x@example.com")
		h.account(h.instance("Mine again", "vendor", "t1"), "a1", "x@example.com")
		bind()
		if n := h.count(`SELECT count(*) FROM account_not`); n != 0 {
			t.Errorf("%d refusals without the person, or in another tenant", n)
		}
		again := h.instance("HR again", "hr", "t2")
		h.person(again, "p1", "p@example.com")
		h.account(h.instance("Mine, third", "vendor", "t1"), "a2", "y@example.com")
		bind()
		bind()
		if n := h.count(`SELECT count(*) FROM account_not n JOIN "account" a ON a.id = n.account_id JOIN "person" p ON p.id = n.person_id
			WHERE a.external_id = 'a1' AND p.external_id = 'p1' AND n.decided_by = 'ada@example.com' AND n.decided_at = 5`); n != 1 {
			t.Error("whose the account is not is forgotten")
		}
		if n := h.count(`SELECT count(*) FROM account_not n JOIN account_kind k ON k.account_id = n.account_id WHERE n.person_id = 0 AND k.kind = 'robot' AND k.manual = TRUE`); n != 1 {
			t.Error("that it is a robot is forgotten")
		}
		if n := h.count(`SELECT count(*) FROM person_verdict v JOIN "person" p ON p.id = v.other_id JOIN "person" o ON o.id = v.person_id WHERE p.external_id = 'p1'
			AND ((o.external_id = 'd1' AND v.same = TRUE) OR (o.external_id = 'd2' AND v.same = FALSE))`); n != 2 {
			t.Error("who was merged and split is forgotten")
		}
		if n := h.count(`SELECT count(*) FROM kept_decision`); n != 0 {
			t.Errorf("%d decisions are kept twice", n)
		}
	})
}

func TestNoNameOfADeletedAccountStaysWithItsPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hr, mine, other := h.instance("HR", "hr", "t1"), h.instance("Mine", "vendor", "t2"), h.instance("Other", "vendor", "t3")
		h.person(hr, "p1", "ada@example.com")
		h.account(mine, "a1", "Ada@example.com")
		h.account(other, "a1", "ada@example.com")
		h.write(func(ctx context.Context, tx bun.Tx) error { return store.MarkEverybody(ctx, tx) })
		if err := match.New(h.db, time.Now).Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if n := h.count(`SELECT count(*) FROM person_text`); n != 2 {
			t.Fatalf("%d texts are kept before: the test shows nothing", n)
		}
		h.delete(mine, purser.DeleteInstance)
		if n := h.count(`SELECT count(*) FROM person_text WHERE text = 'Ada@example.com'`); n != 0 {
			t.Error("the address of the deleted account is kept")
		}
		if n := h.count(`SELECT count(*) FROM person_text`); n != 1 {
			t.Errorf("%d texts are kept of the account that stays", n)
		}
	})
}

func TestAccountsOfDeletedPeopleAreNobodys(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hr, mine := h.instance("HR", "hr", "t1"), h.instance("Mine", "vendor", "t2")
		h.person(hr, "p1", "ada@example.com")
		account := h.account(mine, "a1", "ada@example.com")
		h.write(func(ctx context.Context, tx bun.Tx) error { return store.MarkEverybody(ctx, tx) })
		if err := match.New(h.db, time.Now).Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if n := h.count(`SELECT count(*) FROM account_person`); n != 1 {
			t.Fatal("the account is nobody's before: the test shows nothing")
		}
		h.delete(hr, purser.DeleteInstance)
		for name, f := range map[string]store.AccountFilter{"accounts of nobody": {Matched: new(false)}, "a search": {Query: "ADA@"}} {
			list, err := store.Accounts(t.Context(), h.db.Read(), f, purser.Page{}, true)
			if err != nil || len(list.Items) != 1 || list.Items[0].ID != store.RowID("acc_", account) {
				t.Errorf("%s: %d accounts instead of the one: %v", name, len(list.Items), err)
			}
		}
	})
}
