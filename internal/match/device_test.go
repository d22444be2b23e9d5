package match_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// owner returns whose a device is and why; 0 for nobody's.
func owner(t *testing.T, db *store.DB, device int64) (person int64, how string) {
	t.Helper()
	var rows []struct {
		Person int64  `bun:"person_id"`
		How    string `bun:"how"`
	}
	if err := db.Read().NewRaw("SELECT person_id, how FROM device_person WHERE device_id = ?", device).Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		return 0, ""
	}
	return rows[0].Person, rows[0].How
}

func TestDevicesAreMatchedByAccountThenByAddressAndNeverByName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ada := row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "Ada@Example.com", "display_name": "Ada Lovelace"})
		bob := row(t, db, purser.KindPerson, 1, "p2", map[string]any{"email": "bob@example.com"})
		row(t, db, purser.KindAccount, 2, "u1", map[string]any{"email": "ada@example.com", "aliases": `["al@example.com"]`})
		row(t, db, purser.KindAccount, 3, "u1", map[string]any{"email": "bob@example.com"}) // the same identifier elsewhere
		devices := map[string]int64{}
		for _, c := range []struct {
			name   string
			fields map[string]any
			person int64
			how    string
		}{
			{"account", map[string]any{"account": "u1"}, ada, "it is assigned to an account of the person"},
			{"account before address", map[string]any{"account": "u1", "email": "bob@example.com"}, ada, "it is assigned to an account of the person"},
			{"account that nobody knows, and address", map[string]any{"account": "u9", "email": "BOB@example.com"}, bob, "its user has the person's e-mail address"},
			{"user name", map[string]any{"user_name": "Bob@Example.com"}, bob, "its user name is the person's e-mail address"},
			{"alias", map[string]any{"email": "AL@example.com"}, ada, "its user's address is an alias of an account of the person"},
			{"user name that is an alias", map[string]any{"user_name": "al@example.com"}, ada, "its user name is an alias of an account of the person"},
			{"the person's name", map[string]any{"owner": "Ada Lovelace", "name": "Ada Lovelace", "user_name": "ada"}, 0, ""},
			{"no user", map[string]any{"email": ""}, 0, ""},
			{"nothing", map[string]any{}, 0, ""},
		} {
			devices[c.name] = row(t, db, purser.KindDevice, 2, c.name, c.fields)
			run(t, db, written{instance: 2, kinds: []purser.Kind{purser.KindPerson, purser.KindAccount, purser.KindDevice}})
			if person, how := owner(t, db, devices[c.name]); person != c.person || how != c.how {
				t.Errorf("%s: person %d because %q, want %d because %q", c.name, person, how, c.person, c.how)
			}
		}
		// Who is linked to the account by hand has its devices.
		var account int64
		if err := db.Read().NewRaw("SELECT id FROM account WHERE instance_no = 2").Scan(t.Context(), &account); err != nil {
			t.Fatal(err)
		}
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			return store.LinkAccount(ctx, tx, account, bob, "admin@example.com", 5)
		})
		if err != nil {
			t.Fatal(err)
		}
		exec(t, db, "UPDATE device SET gone_gen = 9 WHERE external_id = 'alias'")
		exec(t, db, "UPDATE device SET email = NULL WHERE external_id = 'account that nobody knows, and address'")
		run(t, db, written{instance: 2, kinds: []purser.Kind{purser.KindAccount}})
		for name, want := range map[string]int64{"account": bob, "alias": ada, "account that nobody knows, and address": 0, "user name": bob} {
			if person, how := owner(t, db, devices[name]); person != want {
				t.Errorf("afterwards %s: person %d because %q, want %d", name, person, how, want)
			}
		}
	})
}
