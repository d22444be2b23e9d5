package table_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/uptrace/bun"
	"github.com/xuri/excelize/v2"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/table"
)

// The access matrix as a file has everybody whom the filter selects, text that could be
// a formula is neutral, and who may not see names sees none.
func TestTheAccessMatrixAsAFile(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		file := func(role purser.Role, f inventory.AccessFilter) (string, error) {
			var out strings.Builder
			err := h.WriteAccess(h.as("ada", role), f, table.Access().Heads()[:3], "csv", false, &out)
			return out.String(), err
		}
		all, err := file(purser.RoleAdmin, inventory.AccessFilter{})
		if lines := strings.Split(strings.TrimSpace(all), "\n"); err != nil || len(lines) != 4 || lines[0] != "Person,Department,Employment" || !strings.Contains(all, "'=1+1,Sales,employed") {
			t.Errorf("%v: %s", err, all)
		}
		few, err := file(purser.RoleAdmin, inventory.AccessFilter{People: inventory.PersonFilter{Department: []string{"Legal"}}})
		if err != nil || strings.Count(few, "\n") != 2 || !strings.Contains(few, "Bea") {
			t.Errorf("%v: %s", err, few)
		}
		blind, err := file(purser.RoleFinance, inventory.AccessFilter{})
		if err != nil || strings.Contains(blind, "Bea") || strings.Count(blind, "\n") != 4 || !strings.Contains(blind, "Legal") {
			t.Errorf("%v: %s", err, blind)
		}
		if _, err := file(purser.RoleAdmin, inventory.AccessFilter{Applications: []string{"app_99"}}); err == nil {
			t.Error("an application that there is not")
		}
	})
}

// application makes one of which Bea has an account, and returns its number.
func (h *house) application(name string) (id string) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx bun.Tx) error {
		app, err := store.ManageApplication(ctx, tx, name, "slack", 1)
		if err != nil {
			return err
		}
		id = store.ApplicationID(app)
		no, err := store.InsertInstance(ctx, tx, purser.Instance{ID: "ins_chat", Name: "Chat", Connector: "slack", Application: id, Status: purser.StatusLive, Health: purser.HealthOK})
		if err != nil {
			return err
		}
		for _, stmt := range []string{
			`INSERT INTO "account" (id, instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, status) VALUES (71, ?, 'a1', 0, 0, 1, 1, 1, 1, 1, 'suspended')`,
			`INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) SELECT 71, ?, id, 'email', 1 FROM "person" WHERE display_name = 'Bea'`} {
			if _, err := tx.NewRaw(stmt, no).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

// sheet is a workbook's sheet, its cells parted by |.
func sheet(t *testing.T, book []byte, name string) (rows []string) {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	all, err := x.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		rows = append(rows, strings.Join(r, "|"))
	}
	return rows
}

// The access matrix is a list as others are: its file has the rows, the order and the
// columns of its address, the applications after those of people.
func TestTheAccessMatrixHasConditionsColumnsAndOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		chat := h.application("Chat")
		file := func(role purser.Role, address string) string {
			t.Helper()
			var out strings.Builder
			if err := h.Write(h.as("ada", role), "access-matrix", query(t, address), "csv", false, &out); err != nil {
				t.Fatal(err)
			}
			return strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", "|")
		}
		for address, want := range map[string]string{
			"": "Person,Department,Chat|'=1+1,Sales,not known|Bea,Legal,suspended|Cem,Sales,not known",
			"cols=employment,location&sort=name&desc=1": "Person,Employment,Location,Chat|Cem,employed,,not known|Bea,employed,,suspended|'=1+1,employed,,not known",
			"sort=department&desc=1":                    "Person,Department,Chat|Cem,Sales,not known|'=1+1,Sales,not known|Bea,Legal,suspended",
			"any1.department=Legal&any1.employment=employed&any2.department=Sales&any2.employment=ended&application=" + chat: "Person,Department,Chat|Bea,Legal,suspended",
		} {
			if got := file(purser.RoleAdmin, address); got != want {
				t.Errorf("%s: %s", address, got)
			}
		}
		blind := file(purser.RoleFinance, "cols=department,manager,email&sort=name")
		if head, _, _ := strings.Cut(blind, "|"); head != "Person,Department,Chat" || strings.Contains(blind, "Bea") || !strings.Contains(blind, "Legal,suspended") {
			t.Errorf("finance reads %s", blind)
		}
	})
}

// A view of the matrix keeps the applications that are its columns, and its report shows
// them to whoever gets it as the role of the reader sees them.
func TestAViewOfTheAccessMatrixIsSharedAndMailed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		chat := h.application("Chat")
		v := h.save(h.as("ada", purser.RoleAdmin), table.ViewInput{List: "access-matrix", Name: "Chat", Query: "application=" + chat + "&cols=department&sort=name", Shared: true})
		if want := "/access?application=" + chat + "&cols=department&sort=name"; v.URL != want {
			t.Errorf("it opens %s, not %s", v.URL, want)
		}
		for name, sees := range map[string]bool{"ada": true, "fin": false} {
			role := map[string]purser.Role{"ada": purser.RoleAdmin, "fin": purser.RoleFinance}[name]
			if _, err := h.Subscribe(h.as(name, role), v.ID, "weekly"); err != nil {
				t.Fatal(err)
			}
			a, err := h.Attach(t.Context(), v.ID, name+"@example.com")
			if err != nil {
				t.Fatal(err)
			}
			rows := sheet(t, a.Content, "Access")
			if a.Rows != 3 || rows[0] != "Person|Department|Chat" || strings.Contains(strings.Join(rows, "\n"), "Bea|") != sees {
				t.Errorf("%s gets %q", name, rows)
			}
		}
	})
}
