package inventory_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestOnlyAMarkedInstanceEndsAnEmployment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		idp := connect(t, db, "IdP", "idp", "IdP")
		ada := row(t, db, purser.KindPerson, idp.No, "1", map[string]any{"display_name": "Ada", "employment": "ended", "ended_on": "2026-01-31"})
		gone := row(t, db, purser.KindPerson, idp.No, "2", map[string]any{"display_name": "Grace", "employment": "employed", "gone_gen": 3})
		for _, person := range []int64{ada, gone} {
			acc := row(t, db, purser.KindAccount, idp.No, store.RowID("a", person), map[string]any{"status": "active"})
			exec(t, db, `INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) VALUES (?, ?, ?, 'x', 0)`, acc, idp.No, person)
		}
		leavers := func() (names string) {
			t.Helper()
			list, err := s.People(t.Context(), inventory.PersonFilter{LeaversWithAccess: true}, purser.Page{})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list.Items {
				names += p.DisplayName + " "
			}
			n, err := store.CountLeaversWithAccess(t.Context(), db.Read())
			if err != nil || n != int64(len(list.Items)) {
				t.Errorf("%d leavers are counted, %d listed, %v", n, len(list.Items), err)
			}
			return names
		}
		sentences := func() (all string) {
			t.Helper()
			home, err := s.Home(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range home.Needs {
				all += n.Sentence + "\n"
			}
			return all
		}
		if got := leavers(); got != "" {
			t.Errorf("leavers by a source that nobody marked: %s", got)
		}
		p, err := s.Person(t.Context(), store.RowID("per_", ada))
		if err != nil || p.Employment != "unknown" || p.Reported != "ended" {
			t.Errorf("reported, not applied: %+v %v", p, err)
		}
		if got := sentences(); !strings.Contains(got, "IdP reports that 1 employment ended") || strings.Contains(got, "could still sign in") {
			t.Errorf("home says\n%s", got)
		}
		exec(t, db, `UPDATE instance SET hr = TRUE`)
		if got := leavers(); got != "Ada Grace " {
			t.Errorf("leavers by the HR source: %s", got)
		}
		if p, err = s.Person(t.Context(), store.RowID("per_", ada)); err != nil || p.Employment != "ended" || p.Reported != "" {
			t.Errorf("applied: %+v %v", p, err)
		}
		if got := sentences(); strings.Contains(got, "IdP reports") || !strings.Contains(got, "2 people have left") {
			t.Errorf("home says\n%s", got)
		}
	})
}

func TestAnOwnerWhoIsNoLongerThereIsToldAtHome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		hr := connect(t, db, "HR", "hr", "HR")
		connect(t, db, "Chat", "chat", "Chat")
		exec(t, db, `INSERT INTO users (id, email, name, role, password, created_at, updated_at, last_sign_in_at) VALUES ('usr_ada', 'ada@example.com', 'Ada', 'admin', '', 0, 0, 0)`)
		exec(t, db, `UPDATE instance SET hr = TRUE, owner_id = 'usr_ada' WHERE name = 'HR'`)
		exec(t, db, `UPDATE instance SET owner_id = 'usr_removed' WHERE name = 'Chat'`)
		person := row(t, db, purser.KindPerson, hr.No, "1", map[string]any{"display_name": "Ada", "email": "Ada@example.com", "employment": "employed"})
		said := func() (all string) {
			t.Helper()
			home, err := s.Home(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range home.Needs {
				all += n.Sentence + "\n"
			}
			return all
		}
		if got := said(); !strings.Contains(got, "Chat has no owner any more") || strings.Contains(got, "HR has no owner") {
			t.Errorf("home says\n%s", got)
		}
		exec(t, db, `UPDATE "person" SET employment = 'ended' WHERE id = ?`, person)
		if got := said(); !strings.Contains(got, "Ada, who looks after HR, has left") {
			t.Errorf("home says\n%s", got)
		}
		// Somebody of the same address is employed: they came back.
		row(t, db, purser.KindPerson, hr.No, "2", map[string]any{"display_name": "Ada", "email": "ada@example.com", "employment": "employed"})
		if got := said(); strings.Contains(got, "who looks after HR") {
			t.Errorf("home says\n%s", got)
		}
	})
}

func TestCredentialsThatEndOrWhoseLastPersonLeftAreToldAtHome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		hr := connect(t, db, "HR", "hr", "HR")
		chat := connect(t, db, "Chat", "chat", "Chat")
		exec(t, db, `UPDATE instance SET hr = TRUE, confirmed = TRUE`)
		exec(t, db, `INSERT INTO credential (id, instance_id, connector, auth, hosts, generation, sealed, expires_at) VALUES ('crd_Chat', ?, 'chat', 'key', '', 1, '{}', ?)`,
			chat.ID, purser.MicrosOf(now().AddDate(0, 0, 12).Add(3600e9)))
		person := row(t, db, purser.KindPerson, hr.No, "1", map[string]any{"display_name": "Ada", "email": "ada@example.com", "employment": "employed"})
		acc := row(t, db, purser.KindAccount, chat.No, "U1", map[string]any{"user_name": "ada", "status": "active"})
		exec(t, db, `INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) VALUES (?, ?, ?, 'x', 0)`, acc, chat.No, person)
		said := func() (all string) {
			t.Helper()
			home, err := s.Home(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range home.Needs {
				all += n.Sentence + "\n"
			}
			return all
		}
		for _, account := range []string{"Ada@example.com", "ada"} {
			exec(t, db, `UPDATE "person" SET employment = 'employed'`)
			exec(t, db, `UPDATE instance SET account = ? WHERE name = 'Chat'`, account)
			if got := said(); !strings.Contains(got, "The credential of Chat ends in 12 days.") || strings.Contains(got, "who has left") {
				t.Errorf("home says\n%s", got)
			}
			exec(t, db, `UPDATE "person" SET employment = 'ended'`)
			if got := said(); !strings.Contains(got, "Chat is connected with the credential of "+account+", who has left") {
				t.Errorf("home says\n%s", got)
			}
		}
		exec(t, db, `UPDATE credential SET expires_at = 5`)
		if got := said(); !strings.Contains(got, "The credential of Chat has ended.") {
			t.Errorf("home says\n%s", got)
		}
		exec(t, db, `UPDATE instance SET status = 'revoked'`)
		if got := said(); strings.Contains(got, "has ended") {
			t.Errorf("a revoked instance is told twice:\n%s", got)
		}
	})
}
