package app_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/store"
)

// Who may not see the users reads no identifier of one in the conditions of a list.
func TestTheConditionOfAnOwnerSaysYouOrAUserToWhoMayNotSeeUsers(t *testing.T) {
	a, h, _ := aged(t)
	plant(t, a)
	root, _, admin := session(t, a, purser.RoleAdmin)
	viewer, _, me := session(t, a, purser.RoleFinance)
	users, err := store.Users(t.Context(), a.DB.Read())
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, u := range users {
		if names[u.ID] = u.Name; u.Name == "" {
			names[u.ID] = u.Email
		}
	}
	for _, c := range []struct{ cookie, owner, want string }{{root, me.ID, names[me.ID]}, {viewer, me.ID, "you"}, {viewer, admin.ID, "a user"}} {
		for _, path := range []string{"/findings", "/contracts"} {
			code, _, body := ask(t, a, h, request{path: path + "?owner=" + c.owner, header: map[string]string{"Cookie": "purser=" + c.cookie}})
			if code != 200 || !strings.Contains(body, "Owner: "+c.want) || strings.Contains(body, "Owner: usr_") {
				t.Errorf("%s?owner=%s: %d, no chip says %q", path, c.owner, code, c.want)
			}
		}
	}
}
