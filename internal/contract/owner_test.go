package contract_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/contract"
)

func TestAnOwnerIsAUserOrAPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.insertUser("ada@example.com", "Ada")
		h.insertPerson("bob@example.com", "Bob")
		h.ctx = h.as("Root", purser.RoleAdmin)
		for text, want := range map[string]string{"ADA@example.com": "Ada", "usr_ada": "Ada", "bob@example.com": "Bob"} {
			in := chat("Chat", "2026-12-31")
			in.Owner = text
			c := h.create(in)
			if c, err := h.Contract(h.ctx, c.ID); err != nil || c.Owner.Name != want || c.Owner.Email == "" {
				t.Errorf("%s: %+v %v", text, c.Owner, err)
			}
		}
		if l, err := h.List(h.ctx, contract.Filter{Owner: "bob@example.com"}, purser.Page{}); err != nil || len(l.Items) != 1 {
			t.Errorf("of Bob: %v %v", names(l), err)
		}
	})
}

// Finance may not know who people are: an owner that it names is no way to find out.
func TestWhoMayNotSeeNamesLearnsNoneByNamingAnOwner(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.insertUser("ada@example.com", "Ada")
		h.insertPerson("jane@example.com", "Jane Doe")
		root := h.as("Root", purser.RoleAdmin)
		in := chat("Chat", "2026-12-31")
		in.Owner = "jane@example.com"
		c, err := h.Create(root, in)
		if err != nil || c.Owner.Name != "Jane Doe" {
			t.Fatalf("%+v %v", c.Owner, err)
		}
		if _, err := h.Decide(root, c.ID, 0, purser.DecisionRenew, "good"); err != nil {
			t.Fatal(err)
		}
		in.Owner, in.Version = "ada@example.com", 0
		if _, err := h.Update(root, c.ID, in); err != nil {
			t.Fatal(err)
		}
		in.Owner = "per_1"
		p := h.upload([][]string{{"Contract", "Supplier", "Owner"}, {"Calls", "Example", "per_1"}})
		one, err := h.Update(h.ctx, c.ID, in)
		decisions, err1 := h.Decisions(h.ctx, c.ID)
		frozen, _, err2 := h.FrozenSheet(h.ctx, c.ID, decisions[0].No)
		changes, err3 := h.Changes(h.ctx, c.ID)
		list, err4 := h.List(h.ctx, contract.Filter{Owner: "per_1"}, purser.Page{})
		told, _ := json.Marshal([]any{one, p, frozen, changes, list})
		if err != nil || err1 != nil || err2 != nil || err3 != nil || err4 != nil || len(list.Items) != 1 || one.Owner != (purser.ContractOwner{ID: "per_1", Name: "Person 1"}) {
			t.Errorf("%v %v %v %v %v %+v", err, err1, err2, err3, err4, one.Owner)
		}
		if strings.Contains(strings.ToLower(string(told)), "jane") || !strings.Contains(string(told), "Ada") {
			t.Errorf("finance is told %s", told)
		}
		for _, email := range []string{"jane@example.com", "nobody@example.com"} {
			in.Owner = email
			_, err := h.List(h.ctx, contract.Filter{Owner: email}, purser.Page{})
			if _, err2 := h.Create(h.ctx, in); fieldOf(err) != "owner" || fieldOf(err2) != "owner" {
				t.Errorf("%s: %v %v", email, err, err2)
			}
		}
		if rows := h.exported(); rows[1][at(rows, "owner")] != "per_1" || h.upload(rows).Counts[contract.ImportSame] != 1 {
			t.Errorf("exported: %v", rows)
		}
		in.Owner, in.Note = "per_1", "as before"
		if _, err := h.Update(h.ctx, c.ID, in); err != nil {
			t.Fatal(err)
		}
		if kept, err := h.Contract(root, c.ID); err != nil || kept.Owner.Name != "Jane Doe" || kept.Owner.Email == "" {
			t.Errorf("kept for those who may know: %+v %v", kept.Owner, err)
		}
	})
}

// Whoever looked after a contract may be gone: that keeps nobody from changing it.
func TestAContractWhoseOwnerIsGoneCanBeChanged(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.insertUser("ada@example.com", "Ada")
		in := chat("Chat", "2026-12-31")
		in.Owner = "ada@example.com"
		c := h.create(in)
		err := h.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`DELETE FROM users WHERE id = 'usr_ada'`).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		rows := h.exported()
		rows[1][at(rows, "note")] = "by file"
		if p := h.upload(rows); p.Counts[contract.ImportChange] != 1 {
			t.Errorf("by file: %+v", p.Rows)
		}
		in.Owner, in.Note = "usr_ada", "by form"
		if got, err := h.Update(h.ctx, c.ID, in); err != nil || got.Note != "by form" || got.Owner.ID != "usr_ada" {
			t.Errorf("%+v %v", got, err)
		}
		in.Owner = "usr_other"
		if _, err := h.Update(h.ctx, c.ID, in); fieldOf(err) != "owner" {
			t.Errorf("a new owner who is nobody: %v", err)
		}
	})
}
