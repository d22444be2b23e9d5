package leaver_test

import (
	"context"
	"crypto/rand"
	"errors"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/finding"
	"purser/internal/leaver"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

type gate map[purser.Operation]bool

// Allow refuses what the gate names, and finance to write checklists.
func (g gate) Allow(ctx context.Context, op purser.Operation) error {
	if a, _ := purser.ActorFrom(ctx); g[op] || a.Role == purser.RoleFinance && op == purser.OpLeaverWrite {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: string(op)}
	}
	return nil
}

type house struct {
	*leaver.Service
	t       *testing.T
	db      *store.DB
	now     time.Time
	ctx     context.Context
	denied  gate
	deriver *match.Deriver
	hr      purser.Instance
	chat    purser.Instance
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := &house{t: t, db: db, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), denied: gate{}}
		h.ctx = purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_ada", Name: "Ada", Role: purser.RoleOperator})
		now := func() time.Time { return h.now }
		var err error
		h.Service, err = leaver.New(leaver.Options{DB: db, Gate: h.denied, Now: now, Rand: rand.Reader,
			AdminURL: func(i purser.Instance, id string) string {
				return "https://" + strings.ToLower(i.Name) + ".example.com/users/" + id
			}})
		if err != nil {
			t.Fatal(err)
		}
		findings := finding.New(finding.Options{DB: db, Gate: gate{}, Now: now})
		h.deriver = match.New(db, now)
		h.deriver.Then = func(ctx context.Context, instances []int64, said ...int64) error {
			if err := findings.Derive(ctx, instances, said...); err != nil {
				return err
			}
			return h.Check(ctx)
		}
		h.hr, h.chat = h.instance("HR", true), h.instance("Chat", false)
		h.exec(`INSERT INTO users (id, email, name, role, password, created_at, updated_at, last_sign_in_at) VALUES ('usr_bob', 'bob@example.com', 'Bob', 'operator', '', 1, 1, 1)`)
		h.row(purser.KindPerson, h.hr, "p1", map[string]any{"email": "eve@example.com", "display_name": "Eve", "employment": "ended", "ended_on": "2026-11-20"})
		h.row(purser.KindAccount, h.chat, "u1", map[string]any{"email": "eve@example.com", "display_name": "Eve at chat", "status": "active", "kind": "person"})
		h.row(purser.KindAccount, h.hr, "u2", map[string]any{"email": "eve@example.com", "status": "active", "kind": "person", "admin": 1})
		h.read()
		fn(t, h)
	})
}

func (h *house) exec(stmt string, args ...any) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(stmt, args...).Exec(ctx)
		return err
	})
	if err != nil {
		h.t.Fatalf("%s: %v", stmt, err)
	}
}

func (h *house) instance(name string, hr bool) (i purser.Instance) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		app, err := store.ManageApplication(ctx, tx, name, strings.ToLower(name), 1)
		if err != nil {
			return err
		}
		i = purser.Instance{ID: "ins_" + name, Name: name, Connector: strings.ToLower(name), Application: store.ApplicationID(app), Status: purser.StatusLive, Health: purser.HealthOK}
		if i.No, err = store.InsertInstance(ctx, tx, i); err != nil {
			return err
		}
		return store.SetHR(ctx, tx, i.ID, hr)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

func (h *house) row(kind purser.Kind, i purser.Instance, external string, fields map[string]any) {
	h.t.Helper()
	cols := map[string]any{"instance_no": i.No, "external_id": external, "stream_no": 1, "part_no": 1, "digest": 1, "first_gen": 1, "changed_gen": 1,
		"first_seen_at": h.now.UnixMicro(), "changed_at": h.now.UnixMicro()}
	for k, v := range fields {
		cols[k] = v
	}
	var names, marks []string
	for k := range cols {
		names = append(names, k)
	}
	sort.Strings(names)
	var args []any
	for i, k := range names {
		args, marks, names[i] = append(args, cols[k]), append(marks, "?"), `"`+k+`"`
	}
	h.exec("INSERT INTO "+store.KindTable(kind)+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
}

// read is a complete reading of everything, a minute later, with what follows from it.
func (h *house) read() {
	h.t.Helper()
	h.now = h.now.Add(time.Minute)
	for _, i := range []purser.Instance{h.hr, h.chat} {
		h.exec(`INSERT INTO stream (instance_no, task, name, kind, gen, complete_at) VALUES (?, 'test', 'users', 'account', 1, ?)
			ON CONFLICT (instance_no, task, name) DO UPDATE SET complete_at = excluded.complete_at`, i.No, h.now.UnixMicro())
	}
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, i := range []purser.Instance{h.hr, h.chat} {
			if err := store.MarkDerivation(ctx, tx, i.No, 0, purser.KindPerson, purser.KindAccount); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = h.deriver.Derive(h.t.Context(), 0)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.now = h.now.Add(time.Minute)
}

// states are the states of a checklist's items, by the vendor's page.
func (h *house) states(id string) map[string]string {
	h.t.Helper()
	l, err := h.Checklist(h.ctx, id)
	if err != nil {
		h.t.Fatal(err)
	}
	out := map[string]string{}
	for _, t := range l.Items {
		out[t.InstanceName] = t.State
	}
	return out
}

func (h *house) want(id, chat, hr string, closed bool) {
	h.t.Helper()
	if got := h.states(id); got["Chat"] != chat || got["HR"] != hr {
		h.t.Errorf("Chat is %q and HR %q, want %q and %q", got["Chat"], got["HR"], chat, hr)
	}
	if l, _ := h.Checklist(h.ctx, id); l.ClosedAt.IsZero() == closed {
		h.t.Errorf("closed at %v, want it closed: %v", l.ClosedAt, closed)
	}
}

func yes(v bool) *bool { return &v }

func TestOnlyLaterDataVerifiesWhatSomebodyCallsDone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		access, err := h.Access(h.ctx, leaver.AccessFilter{}, purser.Page{})
		if err != nil || len(access.Items) != 2 || access.Items[0].InstanceName != "HR" || access.Items[0].Admin != purser.Yes || !access.Items[1].Local || access.Items[1].PersonName != "Eve" {
			t.Fatalf("who left and has access: %+v %v", access.Items, err)
		}
		l, err := h.Start(h.ctx, access.Items[0].PersonID)
		if err != nil || len(l.Items) != 2 || l.StartedBy != "Ada" || l.EndedOn != "2026-11-20" || l.Items[1].AdminURL != "https://chat.example.com/users/u1" {
			t.Fatalf("started: %+v %v", l, err)
		}
		if again, err := h.Start(h.ctx, access.Items[0].PersonID); err != nil || again.ID != l.ID {
			t.Errorf("a second checklist: %+v %v", again, err)
		}
		to, note := "bob@example.com", "asked the vendor"
		l, err = h.Set(h.ctx, l.ID, leaver.Change{Items: []string{l.Items[0].ID, l.Items[1].ID}, Done: yes(true), Assignee: &to, Note: &note})
		if err != nil || l.Items[0].Assignee != "Bob" || l.Items[0].DoneBy != "Ada" || l.Items[0].Note != note || l.Done != 2 || l.Verified != 0 {
			t.Fatalf("done: %+v %v", l, err)
		}
		h.want(l.ID, purser.LeaverDone, purser.LeaverDone, false)
		h.exec(`UPDATE "account" SET status = 'suspended' WHERE external_id = 'u1'`)
		h.read()
		h.want(l.ID, purser.LeaverVerified, purser.LeaverStillThere, false)
		h.exec(`UPDATE "account" SET gone_gen = 7, removed_at = 5 WHERE external_id = 'u2'`)
		h.read()
		h.want(l.ID, purser.LeaverVerified, purser.LeaverVerified, true)
		if l, _ = h.Checklist(h.ctx, l.ID); l.Verified != 2 || l.Items[0].VerifiedHow+l.Items[1].VerifiedHow != "suspendedgone" && l.Items[0].VerifiedHow+l.Items[1].VerifiedHow != "gonesuspended" {
			t.Errorf("how it is known: %+v", l.Items)
		}
		h.exec(`UPDATE "account" SET status = 'active' WHERE external_id = 'u1'`)
		h.read()
		h.want(l.ID, purser.LeaverBack, purser.LeaverVerified, false)
		var audited int
		if err := h.db.Read().NewRaw(`SELECT count(*) FROM audit WHERE operation = 'leaver.write'`).Scan(t.Context(), &audited); err != nil || audited != 2 {
			t.Errorf("%d changes stand in the audit log: %v", audited, err)
		}
	})
}

// Eve left with an ordinary account at Chat and an administrator's at HR.
func TestAccountsOfLeaversAreFiltered(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		no := false
		for _, c := range []struct {
			f    leaver.AccessFilter
			want string
		}{{leaver.AccessFilter{}, "HR Chat"}, {leaver.AccessFilter{Query: "at chat"}, "Chat"}, {leaver.AccessFilter{Query: "eve@"}, "HR Chat"}, {leaver.AccessFilter{Query: "Bob"}, ""},
			{leaver.AccessFilter{Instances: []string{"HR"}}, "HR"}, {leaver.AccessFilter{Admin: []string{"yes"}}, "HR"}, {leaver.AccessFilter{Admin: []string{"no"}}, ""}, {leaver.AccessFilter{Admin: []string{"unknown"}}, "Chat"},
			{leaver.AccessFilter{Local: yes(true)}, "HR Chat"}, {leaver.AccessFilter{Local: &no}, ""}, {leaver.AccessFilter{Checklist: yes(true)}, ""}, {leaver.AccessFilter{Checklist: &no}, "HR Chat"},
			{leaver.AccessFilter{Status: []string{"suspended"}}, ""}, {leaver.AccessFilter{Departments: []string{""}}, "HR Chat"},
			{leaver.AccessFilter{Any: []leaver.AccessFilter{{Admin: []string{"unknown"}}, {Status: []string{"suspended"}}}}, "Chat"}} {
			got, err := h.Access(h.ctx, c.f, purser.Page{})
			var names []string
			for _, a := range got.Items {
				names = append(names, a.InstanceName)
			}
			if err != nil || strings.Join(names, " ") != c.want || got.Total != int64(len(names)) {
				t.Errorf("%+v selects %v of %d, want %q (%v)", c.f, names, got.Total, c.want, err)
			}
			if page, err := h.Access(h.ctx, c.f, purser.Page{Limit: 1}); err != nil || page.Total != got.Total { // counted, not listed
				t.Errorf("%+v: the first page says %d, there are %d (%v)", c.f, page.Total, got.Total, err)
			}
		}
		if _, err := h.Start(h.ctx, "per_1"); err != nil {
			t.Fatal(err)
		}
		if got, err := h.Access(h.ctx, leaver.AccessFilter{Checklist: yes(true)}, purser.Page{Sort: "left", Desc: true}); err != nil || len(got.Items) != 2 || got.Items[0].Checklist == "" {
			t.Errorf("with a checklist: %+v (%v)", got.Items, err)
		}
		if _, err := h.Access(h.ctx, leaver.AccessFilter{Instances: []string{"Mars"}}, purser.Page{}); err == nil {
			t.Error("an instance that is not there is taken")
		}
	})
}

// Another source's word may come before that of the row of HR: lists of leavers show and
// select by what counts.
func TestLeaversAreSelectedByWhatCounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.exec(`UPDATE "person" SET department = 'Sales', true_department = 'Legal', true_display_name = 'Eva Miller', true_ended_on = '2026-11-18'`)
		for _, f := range []leaver.AccessFilter{{Departments: []string{"Legal"}}, {Query: "miller"}} {
			got, err := h.Access(h.ctx, f, purser.Page{})
			if err != nil || len(got.Items) != 2 || got.Items[0].Department != "Legal" || got.Items[0].EndedOn != "2026-11-18" || got.Items[0].PersonName != "Eva Miller" {
				t.Errorf("%+v: %+v %v", f, got.Items, err)
			}
		}
		if got, err := h.Access(h.ctx, leaver.AccessFilter{Departments: []string{"Sales"}}, purser.Page{}); err != nil || len(got.Items) != 0 {
			t.Errorf("by a department that does not count: %+v %v", got.Items, err)
		}
		if l, err := h.Start(h.ctx, "per_1"); err != nil || l.EndedOn != "2026-11-18" {
			t.Errorf("the checklist says %q: %v", l.EndedOn, err)
		}
	})
}

func TestUseAfterLeavingAndWhileAwayGoByWhatCounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		found := func(kind string) (n int) {
			t.Helper()
			err := h.deriver.Then(t.Context(), nil)
			if err == nil {
				err = h.db.Read().NewRaw(`SELECT count(*) FROM finding WHERE kind = ? AND gone_at = 0`, kind).Scan(t.Context(), &n)
			}
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		h.exec(`UPDATE "account" SET last_active_at = ? WHERE external_id = 'u1'`, time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC).UnixMicro())
		if n := found("used_after_leaving"); n != 0 {
			t.Errorf("used a day before the last one: %d findings", n)
		}
		h.exec(`UPDATE "person" SET true_ended_on = '2026-11-18'`)
		if n := found("used_after_leaving"); n != 1 {
			t.Errorf("used after the last day that counts: %d findings", n)
		}
		h.exec(`UPDATE "person" SET employment = 'employed', true_employment = 'on_leave', true_ended_on = NULL, ended_on = NULL`)
		if n := found("used_while_away"); n != 1 {
			t.Errorf("used while away by what counts: %d findings", n)
		}
	})
}

func TestAnAccountThatComesLaterStandsInTheChecklist(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		l, err := h.Start(h.ctx, "per_1")
		if err != nil {
			t.Fatal(err)
		}
		h.row(purser.KindAccount, h.chat, "u3", map[string]any{"email": "eve@example.com", "status": "active", "kind": "person"})
		h.read()
		if l, err = h.Checklist(h.ctx, l.ID); err != nil || len(l.Items) != 3 {
			t.Errorf("%d accounts: %v", len(l.Items), err)
		}
		open, err := h.List(h.ctx, leaver.Filter{State: "open", Person: "per_1"}, purser.Page{})
		if err != nil || open.Total != 1 || open.Items[0].Total != 3 {
			t.Errorf("open: %+v %v", open, err)
		}
		for field, c := range map[string]leaver.Change{"items": {}, "assignee": {Items: []string{l.Items[0].ID}, Assignee: &l.ID}} {
			if _, err := h.Set(h.ctx, l.ID, c); err == nil {
				t.Errorf("%s: %+v is taken", field, c)
			}
		}
		if _, err := h.Set(h.ctx, l.ID, leaver.Change{Items: []string{"lvi_99"}, Done: yes(true)}); err == nil {
			t.Error("an item of nowhere is taken")
		}
		for _, op := range []purser.Operation{purser.OpNameRead, purser.OpLeaverWrite} {
			h.denied[op] = true
			if _, err := h.Start(h.ctx, "per_1"); err == nil {
				t.Errorf("started without %s", op)
			}
			delete(h.denied, op)
		}
	})
}

// Whoever is given accounts to close is told once, by mail, and the mail names nobody.
func TestAnAssigneeIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var mails []purser.Event
		h.Tell = func(_ context.Context, _ bun.Tx, e purser.Event) error { mails = append(mails, e); return nil }
		list, err := h.Start(h.ctx, "per_1")
		if err != nil {
			t.Fatal(err)
		}
		items, bob, ada := []string{list.Items[0].ID, list.Items[1].ID}, "bob@example.com", "usr_ada"
		h.exec(`INSERT INTO users (id, email, name, role, password, created_at, updated_at, last_sign_in_at) VALUES ('usr_ada', 'ada@example.com', 'Ada', 'operator', '', 1, 1, 1)`)
		for _, who := range []*string{&bob, &bob, &ada} { // twice the same, then oneself
			if _, err := h.Set(h.ctx, list.ID, leaver.Change{Items: items[:1], Assignee: who}); err != nil {
				t.Fatal(err)
			}
		}
		if len(mails) != 1 || len(mails[0].To) != 1 || mails[0].To[0] != bob || mails[0].Path != "/leavers/"+list.ID || mails[0].What != "Ada gave you 1 account of somebody who leaves to close" {
			t.Fatalf("%+v", mails)
		}
		if text := mails[0].What + mails[0].Hint + strings.Join(mails[0].Fields, " "); strings.Contains(text, "Eve") || strings.Contains(text, "eve@") {
			t.Errorf("a name: %s", text)
		}
		if _, err := h.Set(h.ctx, list.ID, leaver.Change{Items: items, Assignee: &bob}); err != nil || len(mails) != 2 || !strings.HasPrefix(mails[1].What, "Ada gave you 2 accounts") {
			t.Errorf("%+v %v", mails, err)
		}
	})
}

func TestOnlyWhoMayCloseAccountsIsGivenThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		list, err := h.Start(h.ctx, "per_1")
		if err != nil {
			t.Fatal(err)
		}
		h.exec(`INSERT INTO users (id, email, name, role, password, created_at, updated_at, last_sign_in_at) VALUES ('usr_fin', 'fin@example.com', 'Fin', 'finance', '', 1, 1, 1)`)
		fin := "fin@example.com"
		_, err = h.Set(h.ctx, list.ID, leaver.Change{Items: []string{list.Items[0].ID}, Assignee: &fin})
		if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Field != "assignee" || p.Hint == "" {
			t.Errorf("finance, who may not write checklists, is given an account to close: %v", err)
		}
		got, err := h.Assignees(h.ctx)
		if err != nil || len(got) != 1 || got[0].Name != "Bob" {
			t.Errorf("offered are %+v: %v", got, err)
		}
	})
}
