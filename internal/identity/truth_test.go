package identity_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/identity"
	"purser/internal/inventory"
	"purser/internal/match"
	"purser/internal/store"
)

func (h *house) exec(t *testing.T, stmt string, args ...any) {
	t.Helper()
	err := h.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { _, err := tx.NewRaw(stmt, args...).Exec(ctx); return err })
	if err != nil {
		t.Fatal(err)
	}
}

// spoken has three sources speak of Ada: HR, a directory that two rows of rosters
// name by the same number, and the chat.
func (h *house) spoken(t *testing.T) {
	t.Helper()
	h.exec(t, `UPDATE "person" SET department = 'Research', manager = 'bob', title = NULL WHERE id = 1`)
	h.exec(t, `UPDATE "person" SET email = 'ada@example.com', department = 'Sales', title = 'Analyst', manager = 'bob@example.com', employment = 'ended', location = 'London' WHERE id = 3`)
	h.exec(t, `UPDATE "account" SET department = 'research', title = 'Countess' WHERE id = 1`)
	h.exec(t, `INSERT INTO change (kind, row_id, run_no, at, field, before, after) VALUES ('person', 3, 0, 5000000, 'department', 'Ops', 'Sales')`)
	h.derive(t, match.New(h.db, time.Now))
}

func (h *house) field(t *testing.T, field string) purser.FieldTruth {
	t.Helper()
	all, err := h.Truth(h.ctx, "per_1")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(f purser.FieldTruth) bool { return f.Field == field })
	if i < 0 || len(all) != len(purser.TruthFields()) {
		t.Fatalf("%d fields without %s", len(all), field)
	}
	return all[i]
}

func TestEachFieldSaysWhoseWordItIsAndSinceWhenAndShowsTheOthers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spoken(t)
		d := h.field(t, "department")
		if d.Value != "Research" || d.Source.InstanceID != "ins_1" || !d.Source.AtLeast || !d.Disputed || len(d.Others) != 2 {
			t.Fatalf("the department: %+v", d)
		}
		if o := d.Others[0]; o.Value != "Sales" || o.InstanceName != "Directory" || !o.Differs || o.AtLeast || o.Since.UnixMicro() != 5000000 {
			t.Errorf("the directory says %+v", o)
		}
		if o := d.Others[1]; o.RowID != "acc_1" || o.Differs || o.Class != purser.SourceDirect {
			t.Errorf("the chat says %+v", o)
		}
		if f := h.field(t, "title"); f.Value != "Analyst" || f.Source.RowID != "per_3" || !f.Disputed {
			t.Errorf("what HR does not say: %+v", f)
		}
		if f := h.field(t, "manager"); f.Value != "Bob" || f.Source.PersonID != "per_2" || f.Disputed {
			t.Errorf("one manager under two names: %+v", f)
		}
		if f := h.field(t, "employment"); f.Value != "employed" || len(f.Others) != 1 || f.Others[0].NoEffect == "" {
			t.Errorf("only an HR source ends an employment: %+v", f)
		}
		if f := h.field(t, "cost_center"); f.Source != nil || f.Value != "" || f.Disputed {
			t.Errorf("nobody says it: %+v", f)
		}
		p, err := h.inv.Person(h.ctx, "per_1")
		if err != nil || p.Department != "Research" || p.Title != "Analyst" || p.Location != "London" || p.ManagerID != "per_2" || p.Employment != "employed" ||
			!slices.Equal(p.Disputed, []string{"display_name", "employment", "department", "title"}) {
			t.Errorf("the list shows %+v %v", p, err)
		}
		list, err := h.inv.People(h.ctx, inventory.PersonFilter{Disputed: true}, purser.Page{})
		if err != nil || len(list.Items) != 1 || list.Items[0].ID != "per_1" {
			t.Errorf("of whom sources differ: %+v %v", list.Items, err)
		}
	})
}

func TestTheOrderOfSourcesDecidesFieldByFieldAndCanBeChanged(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spoken(t)
		if _, err := h.SetOrder(h.ctx, purser.SourceOrder{All: []string{"directory"}, Fields: map[string][]string{"title": {"Chat"}, "employment": {"Directory"}}}); err != nil {
			t.Fatal(err)
		}
		d := match.New(h.db, time.Now)
		if err := d.Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		p, err := h.inv.Person(h.ctx, "per_1")
		if err != nil || p.Department != "Sales" || p.Title != "Countess" || p.DisplayName != "A. Lovelace" || p.Employment != "employed" || p.ManagerName != "Bob" {
			t.Errorf("the directory first, of the title the chat: %+v %v", p, err)
		}
		if a, err := h.inv.Account(h.ctx, "acc_1"); err != nil || a.PersonName != "A. Lovelace" {
			t.Errorf("accounts call the person %q %v", a.PersonName, err)
		}
		found, err := h.inv.People(h.ctx, inventory.PersonFilter{Department: []string{"Sales"}, Query: "A. Lovelace"}, purser.Page{})
		if err != nil || len(found.Items) != 1 {
			t.Errorf("found by what counts: %+v %v", found.Items, err)
		}
		orders, err := h.Orders(h.ctx)
		if err != nil || !orders[0].Own || orders[0].Sources[0].InstanceID != "ins_3" || orders[0].Sources[1].InstanceID != "ins_1" {
			t.Fatalf("the order: %+v %v", orders, err)
		}
		for _, bad := range []purser.SourceOrder{{All: []string{"nobody"}}, {All: []string{"Chat", "ins_2"}}, {Fields: map[string][]string{"shoe_size": {"Chat"}}}} {
			var p *purser.Problem
			if _, err := h.SetOrder(h.ctx, bad); !errors.As(err, &p) || p.Kind != purser.ProblemInvalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		rows, err := store.AuditPage(t.Context(), h.db.Read(), store.AuditFilter{Object: "sources"}, 0, 10)
		if err != nil || len(rows) != 1 {
			t.Errorf("audited %d times, %v", len(rows), err)
		}
		if _, err := h.SetOrder(h.ctx, purser.SourceOrder{}); err != nil {
			t.Fatal(err)
		}
		if err := d.Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if p, err = h.inv.Person(h.ctx, "per_1"); err != nil || p.Department != "Research" || p.DisplayName != "Ada Lovelace" {
			t.Errorf("back to the default: %+v %v", p, err)
		}
	})
}

func TestARobotAClosedAccountAndAGuessedLinkDoNotSpeakOfAPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spoken(t)
		h.exec(t, `UPDATE account_person SET sure = 'likely' WHERE account_id = 1`)
		if f := h.field(t, "title"); f.Disputed {
			t.Errorf("a likely link speaks: %+v", f)
		}
		h.exec(t, `UPDATE account_person SET sure = 'certain' WHERE account_id = 1`)
		h.exec(t, `INSERT INTO account_kind (account_id, instance_no, kind, how, manual, since) VALUES (1, 2, 'shared', '', TRUE, 1)`)
		if f := h.field(t, "title"); f.Disputed {
			t.Errorf("a shared mailbox speaks: %+v", f)
		}
	})
}

func TestAnAccountShowsWhatCountsForItsPersonBesideItsOwnWord(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spoken(t)
		all, err := h.AccountTruth(h.ctx, "acc_1")
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]purser.FieldTruth{}
		for _, f := range all {
			of[f.Field] = f
		}
		if f := of["title"]; f.Value != "Analyst" || len(f.Others) != 1 || f.Others[0].RowID != "acc_1" || f.Others[0].Value != "Countess" {
			t.Errorf("the title: %+v", f)
		}
		if f := of["status"]; f.Value != "active" || f.Source.RowID != "acc_1" {
			t.Errorf("the status: %+v", f)
		}
		if all, err = h.AccountTruth(h.ctx, "acc_3"); err != nil || all[0].Value != "Ada Lovelace" || all[0].Source.RowID != "acc_3" {
			t.Errorf("an account of nobody: %+v %v", all, err)
		}
	})
}

func TestWhoMayNotSeeNamesSeesWhatElseCounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spoken(t)
		blind, err := identity.New(identity.Options{DB: h.db, Gate: nameless{}, Inventory: h.inv, Matcher: match.New(h.db, time.Now), Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		for _, ask := range []func() ([]purser.FieldTruth, error){
			func() ([]purser.FieldTruth, error) { return blind.Truth(h.ctx, "per_1") }, func() ([]purser.FieldTruth, error) { return blind.AccountTruth(h.ctx, "acc_1") }} {
			all, err := ask()
			if err != nil || len(all) == 0 {
				t.Fatal(len(all), err)
			}
			text, err := json.Marshal(all)
			if err != nil || strings.Contains(string(text), "Ada") || strings.Contains(string(text), "example.com") || !strings.Contains(string(text), "Research") {
				t.Errorf("%s %v", text, err)
			}
		}
	})
}

// nameless allows everything but to see names.
type nameless struct{}

func (nameless) Allow(_ context.Context, op purser.Operation) error {
	if op == purser.OpNameRead {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: "hidden"}
	}
	return nil
}

func TestOnlyAnHRSourceSaysTheLastDay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spoken(t)
		h.exec(t, `UPDATE "person" SET ended_on = '2026-01-31' WHERE id IN (3, 2)`)
		h.exec(t, `UPDATE instance SET hr = (no = 1)`)
		h.derive(t, match.New(h.db, time.Now))
		f := h.field(t, "ended_on")
		if f.Source != nil || f.Value != "" || len(f.Others) != 1 || f.Others[0].Value != "2026-01-31" || f.Others[0].NoEffect == "" {
			t.Errorf("the directory names a last day: %+v", f)
		}
		if p, err := h.inv.Person(h.ctx, "per_1"); err != nil || p.EndedOn != "" || p.Employment != "employed" {
			t.Errorf("the list shows %+v %v", p, err)
		}
		h.exec(t, `UPDATE "person" SET ended_on = '2026-02-28' WHERE id = 1`)
		h.derive(t, match.New(h.db, time.Now))
		if f = h.field(t, "ended_on"); f.Value != "2026-02-28" || f.Source.InstanceID != "ins_1" || !f.Disputed {
			t.Errorf("HR names another one: %+v", f)
		}
		if p, err := h.inv.Person(h.ctx, "per_1"); err != nil || p.EndedOn != "2026-02-28" {
			t.Errorf("the list shows %+v %v", p, err)
		}
	})
}

// What an account is at its vendor that vendor says; an identity provider that
// serves the application is heard beside it, whoever comes first in the order.
func TestOfAnAccountItsVendorDecidesAndProvidersAreHeard(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spoken(t)
		h.exec(t, `INSERT INTO saas_application (id, name, name_key, connector, status, first_seen_at, updated_at) VALUES (50, 'Talk', 'talk', '', 'managed', 1, 1)`)
		h.exec(t, `UPDATE instance SET application_id = 50 WHERE no = 2`)
		const common = `instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at`
		h.exec(t, `INSERT INTO "account" (id, `+common+`, email, status) VALUES (91, 3, 'dir-ada', 1, 1, 1, 1, 1, 1, 1, 'other@example.com', 'suspended'), (92, 3, 'dir-bob', 1, 1, 1, 1, 1, 1, 1, 'nobody@example.com', 'active')`)
		h.exec(t, `INSERT INTO account_person (account_id, instance_no, person_id, how, rule, sure, manual, linked_at) SELECT id, 3, 1, 'known', 'address', 'certain', FALSE, 1 FROM "account" WHERE external_id = 'dir-ada'`)
		h.exec(t, `INSERT INTO sso_account (application_id, instance_no, account, way, user_name, first_seen_at) VALUES (50, 3, 'dir-ada', 4, 'ada.l', 7), (50, 3, 'dir-bob', 4, 'bob', 7)`)
		if _, err := h.SetOrder(h.ctx, purser.SourceOrder{All: []string{"ins_3"}}); err != nil {
			t.Fatal(err)
		}
		all, err := h.AccountTruth(h.ctx, "acc_1")
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]purser.FieldTruth{}
		for _, f := range all {
			of[f.Field] = f
		}
		if f := of["status"]; f.Value != "active" || f.Source.RowID != "acc_1" || !f.ByVendor || !f.Disputed || len(f.Others) != 1 || f.Others[0].Value != "suspended" || f.Others[0].InstanceID != "ins_3" {
			t.Errorf("the status: %+v", f)
		}
		if f := of["user_name"]; f.Value != "ada.l" || f.Source.InstanceID != "ins_3" || !f.Source.Since.Equal(time.UnixMicro(7)) { // the chat does not say it
			t.Errorf("the user name: %+v", f)
		}
		if f := of["department"]; f.ByVendor || f.Value != "Sales" {
			t.Errorf("of the person the order decides: %+v", f)
		}
		// Nobody's account is heard where it signs in with the same user name.
		h.exec(t, `DELETE FROM account_person WHERE account_id = 1`)
		h.exec(t, `UPDATE "account" SET user_name = 'BOB' WHERE id = 1`)
		if all, err = h.AccountTruth(h.ctx, "acc_1"); err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if f.Field == "status" && (len(f.Others) != 1 || f.Others[0].Value != "active" || f.Disputed) {
				t.Errorf("by its user name: %+v", f)
			}
		}
		// What the provider took away says nothing any more.
		h.exec(t, `UPDATE sso_account SET gone_at = 9`)
		if all, err = h.AccountTruth(h.ctx, "acc_1"); err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if len(f.Others) > 0 {
				t.Errorf("it was taken away, and still says %+v", f)
			}
		}
	})
}
