package inventory_test

import (
	"fmt"
	"slices"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// A sync between two pages may make another application the widest: the cells stay
// under the heads that were written.
func TestTheColumnsOfAFileOfAccessAreChosenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		hr, chat, desk := connect(t, db, "hr", "bamboohr", "People"), connect(t, db, "chat", "slack", "Chat"), connect(t, db, "desk", "zendesk", "Desk")
		var last int64
		for n := range 501 { // more than a page
			last = row(t, db, purser.KindPerson, hr.No, fmt.Sprint("p", n), map[string]any{"display_name": fmt.Sprintf("P%04d", n)})
		}
		acc := row(t, db, purser.KindAccount, chat.No, "a1", map[string]any{"status": "active"})
		exec(t, db, `INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) VALUES (?, ?, ?, 'email', 1)`, acc, chat.No, last)
		widest := func(i purser.Instance, people int) {
			exec(t, db, `INSERT INTO application_count (application_id, direct, accounts, people) VALUES (?, 1, ?, ?)
				ON CONFLICT (application_id, direct) DO UPDATE SET people = excluded.people`, store.KeyOf("app_", i.Application), people, people)
		}
		widest(chat, 9)
		var heads []inventory.MatrixApplication
		rows := 0
		err := service(db, everything()).EachAccess(t.Context(), inventory.AccessFilter{}, func(a []inventory.MatrixApplication) error {
			heads = a
			return nil
		}, func(r inventory.MatrixRow) error {
			if rows++; rows == 1 {
				widest(desk, 99)
			}
			for n, cell := range r.Cells {
				if len(cell) > 0 && heads[n].Name != "Chat" {
					t.Errorf("an account of Chat stands under %s", heads[n].Name)
				}
			}
			return nil
		})
		if slices.ContainsFunc(heads, func(a inventory.MatrixApplication) bool { return a.Known }) {
			t.Errorf("nothing was read whole, and an empty cell would mean that there is no account: %+v", heads)
		}
		if err != nil || rows != 501 || len(heads) == 0 || heads[0].Name != "Chat" {
			t.Errorf("%d rows under %+v: %v", rows, heads, err)
		}
	})
}

// Applications that somebody chose are found by their names, whatever their numbers.
func TestChosenApplicationsStandInTheOrderOfTheirNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		desk, chat, boards := connect(t, db, "desk", "zendesk", "Desk"), connect(t, db, "chat", "slack", "Chat"), connect(t, db, "boards", "notion", "boards")
		m, err := service(db, everything()).Access(t.Context(), inventory.AccessFilter{Applications: []string{desk.Application, chat.Application, boards.Application, chat.Application}}, purser.Page{})
		if err != nil || len(m.Applications) != 3 || m.Applications[0].Name != "boards" || m.Applications[1].Name != "Chat" || m.Applications[2].Name != "Desk" {
			t.Errorf("%+v, %v", m.Applications, err)
		}
	})
}
