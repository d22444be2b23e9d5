package identity_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/identity"
	"purser/internal/inventory"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

type gate struct{}

func (gate) Allow(ctx context.Context, op purser.Operation) error {
	if a, ok := purser.ActorFrom(ctx); ok && (op != purser.OpIdentitySet || a.Role == purser.RoleAdmin) {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemForbidden, What: "not permitted"}
}

type house struct {
	*identity.Service
	db  *store.DB
	ctx context.Context
	inv *inventory.Service
}

// each opens a house with two rosters and an application: Ada of HR, Ada of a
// directory under another address, Bob, and an account with Ada's address.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := &house{db: db, ctx: purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, Name: "admin@example.com", Role: purser.RoleAdmin})}
		const common = `instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at`
		for _, stmt := range []string{
			`INSERT INTO instance (no, id, name, name_key, connector, application_id, status, created_at, updated_at, version, hr) VALUES
				(1, 'ins_1', 'HR', 'hr', 'x', 0, 'live', 1, 1, 1, TRUE), (2, 'ins_2', 'Chat', 'chat', 'x', 0, 'live', 1, 1, 1, FALSE), (3, 'ins_3', 'Directory', 'directory', 'x', 0, 'live', 1, 1, 1, FALSE)`,
			`INSERT INTO "person" (id, ` + common + `, email, display_name, employment) VALUES (1, 1, 'ada', 1, 1, 1, 1, 1, 1, 1, 'ada@example.com', 'Ada Lovelace', 'employed'),
				(2, 1, 'bob', 1, 1, 1, 1, 1, 1, 1, 'bob@example.com', 'Bob', 'employed'), (3, 3, 'ada', 1, 1, 1, 1, 1, 1, 1, 'lovelace@example.com', 'A. Lovelace', 'employed')`,
			`INSERT INTO "account" (id, ` + common + `, email, display_name, status) VALUES (1, 2, 'u1', 1, 1, 1, 1, 1, 1, 1, 'ada@example.com', 'Ada Lovelace', 'active'),
				(2, 2, 'u2', 1, 1, 1, 1, 1, 1, 1, 'lovelace@example.com', 'Ada', 'active'), (3, 2, 'u3', 1, 1, 1, 1, 1, 1, 1, 'al@mail.example.net', 'Ada Lovelace', 'active')`,
		} {
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { _, err := tx.ExecContext(ctx, stmt); return err })
			if err != nil {
				t.Fatal(err)
			}
		}
		d := match.New(db, time.Now)
		h.inv = inventory.New(inventory.Options{DB: db, Gate: gate{}, Now: time.Now, AdminURL: func(purser.Instance, string) string { return "" },
			Organization: func(context.Context) purser.Organization { return purser.Organization{} }})
		s, err := identity.New(identity.Options{DB: db, Gate: gate{}, Inventory: h.inv, Matcher: d, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		h.Service = s
		h.derive(t, d)
		fn(t, h)
	})
}

func (h *house) derive(t *testing.T, d *match.Deriver) {
	t.Helper()
	if err := h.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return store.MarkEverybody(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
	if err := d.Derive(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
}

func (h *house) whose(t *testing.T, account string) string {
	t.Helper()
	a, err := h.inv.Account(h.ctx, account)
	if err != nil {
		t.Fatal(err)
	}
	return a.PersonID
}

func TestALinkByHandAndARefusalOutliveEveryMatching(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if got := h.whose(t, "acc_1"); got != "per_1" {
			t.Fatalf("by rule %q", got)
		}
		a, err := h.Link(h.ctx, "acc_1", "per_2")
		if err != nil || a.PersonID != "per_2" || !a.ByHand || a.Sure != purser.Certain || !strings.Contains(a.MatchReason, "admin@example.com") {
			t.Errorf("linked by hand: %+v %v", a, err)
		}
		h.derive(t, match.New(h.db, time.Now))
		if got := h.whose(t, "acc_1"); got != "per_2" {
			t.Errorf("a rule took it: %q", got)
		}
		if a, err = h.Undo(h.ctx, "acc_1"); err != nil || a.PersonID != "per_1" || a.ByHand {
			t.Errorf("undone: %+v %v", a, err)
		}
		if a, err = h.Unlink(h.ctx, "acc_1"); err != nil || a.PersonID != "" {
			t.Errorf("refused: %+v %v", a, err)
		}
		h.derive(t, match.New(h.db, time.Now))
		if got := h.whose(t, "acc_1"); got != "" {
			t.Errorf("a rule linked what was refused: %q", got)
		}
		if said, err := h.Decisions(h.ctx, "acc_1"); err != nil || len(said) != 1 || !strings.Contains(said[0], "not Ada Lovelace") {
			t.Errorf("decided: %q %v", said, err)
		}
		if a, err = h.SetKind(h.ctx, "acc_1", "robot"); err != nil || a.Kind != "robot" || !a.KindByHand || a.PersonID != "" {
			t.Errorf("a robot: %+v %v", a, err)
		}
		if a, err = h.Undo(h.ctx, "acc_1"); err != nil || a.PersonID != "per_1" || a.Kind != "person" {
			t.Errorf("all undone: %+v %v", a, err)
		}
		rows, err := store.AuditPage(t.Context(), h.db.Read(), store.AuditFilter{Object: "acc_1"}, 0, 10)
		if err != nil || len(rows) != 5 {
			t.Errorf("%d lines in the audit log, %v; want 5", len(rows), err)
		}
	})
}

func TestPeopleAreMergedAndSplitAgainWithoutLoss(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if got := h.whose(t, "acc_2"); got != "per_3" {
			t.Fatalf("before: %q", got)
		}
		if _, err := h.Link(h.ctx, "acc_3", "per_3"); err != nil {
			t.Fatal(err)
		}
		p, err := h.Merge(h.ctx, "per_3", "per_1")
		if err != nil || p.ID != "per_1" || p.Accounts != 3 {
			t.Errorf("merged: %+v %v", p, err)
		}
		list, err := h.inv.People(h.ctx, inventory.PersonFilter{}, purser.Page{})
		if err != nil || list.Total != 2 {
			t.Errorf("%d people, %v; want 2", list.Total, err)
		}
		rows, err := h.Rows(h.ctx, "per_3")
		if err != nil || len(rows) != 2 || rows[0].ID != "per_1" || !rows[1].Manual || !strings.Contains(rows[1].Why, "admin@example.com") {
			t.Errorf("rows %+v %v", rows, err)
		}
		if _, err = h.Split(h.ctx, "per_1"); err == nil {
			t.Error("the row that stands for the person was split from itself")
		}
		if p, err = h.Split(h.ctx, "per_3"); err != nil || p.ID != "per_3" || p.Accounts != 2 {
			t.Errorf("split: %+v %v", p, err)
		}
		for account, want := range map[string]string{"acc_1": "per_1", "acc_2": "per_3", "acc_3": "per_3"} {
			if got := h.whose(t, account); got != want {
				t.Errorf("%s is %q's, want %q", account, got, want)
			}
		}
	})
}

func TestWhoMayNotDecideChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		auditor := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, Role: purser.RoleAuditor})
		for what, err := range map[string]error{
			"link":   second(h.Link(auditor, "acc_1", "per_2")),
			"unlink": second(h.Unlink(auditor, "acc_1")),
			"kind":   second(h.SetKind(auditor, "acc_1", "robot")),
			"merge":  second(h.Merge(auditor, "per_1", "per_2")),
		} {
			if err == nil {
				t.Errorf("an auditor may %s", what)
			}
		}
		if got := h.whose(t, "acc_1"); got != "per_1" {
			t.Errorf("changed to %q", got)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestAccountsWithoutAPersonComeWithProposals(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		list, err := h.Unmatched(h.ctx, inventory.AccountFilter{}, purser.Page{})
		if err != nil || len(list.Items) != 1 || list.Items[0].Account.ID != "acc_3" {
			t.Fatalf("%+v %v", list, err)
		}
		s := list.Items[0].Suggestions
		if len(s) == 0 || s[0].PersonID != "per_1" || s[0].Sure != purser.Possible || s[0].Rule != purser.RuleName {
			t.Errorf("proposed %+v", s)
		}
	})
}

func TestRulesAboutDomainsAreCheckedAndMatchAnew(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, sets := range [][][]string{{{"example.com"}}, {{"a", "example.com"}}, {{"a.example", "b.example"}, {"c.example", "A.example"}}} {
			if _, err := h.SetRules(h.ctx, purser.MatchRules{SameDomains: sets}); err == nil {
				t.Errorf("%v was kept", sets)
			}
		}
		r, err := h.SetRules(h.ctx, purser.MatchRules{SameDomains: [][]string{{"Example.com", "@example.org"}}})
		if text, _ := json.Marshal(r); err != nil || !strings.Contains(string(text), `["example.com","example.org"]`) {
			t.Errorf("%s %v", text, err)
		}
		if due, err := store.DueDerivations(t.Context(), h.db.Read(), 0); err != nil || len(due) == 0 {
			t.Errorf("nothing is matched anew: %v %v", due, err)
		}
	})
}
