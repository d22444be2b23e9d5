package app_test

import (
	"net/url"
	"strings"
	"testing"

	"purser"
)

// A condition that a list does not know, or whose value there is not, is refused and
// named: an answer to another question would be taken for one to this.
func TestAMisspelledConditionOfTheAPIIsRefusedAndNamed(t *testing.T) {
	a, h, _ := aged(t)
	plant(t, a)
	bearer := token(t, a, purser.RoleAdmin)
	for _, list := range []string{"accounts", "unmatched-accounts", "people", "access-matrix", "applications", "devices", "plans", "licenses", "transactions", "contracts", "findings", "suspicious-use", "leavers",
		"leaver-checklists", "runs", "changes"} {
		if code, _, body := ask(t, a, h, request{path: "/api/v1/" + list, bearer: bearer}); code != 200 {
			t.Errorf("%s: %d %s", list, code, body)
		}
		code, _, body := ask(t, a, h, request{path: "/api/v1/" + list + "?instanse=Chat", bearer: bearer})
		if code != 422 || !strings.Contains(body, "instanse") {
			t.Errorf("%s?instanse=Chat: %d %s", list, code, body)
		}
	}
	for path, named := range map[string]string{
		"accounts?status=activ": "activ", "people?employment=retired": "retired", "applications?status=manged": "manged", "findings?kind=unused_seats": "unused_seats", "findings?state=opened": "opened",
		"leavers?admin=perhaps": "admin", "contracts?decision=renewed": "renewed", "runs?state=ok": "ok", "changes?what=lost": "lost",
		"findings?any=" + url.QueryEscape("knd=unused_seat"): "knd",
	} {
		code, _, body := ask(t, a, h, request{path: "/api/v1/" + path, bearer: bearer})
		if code != 422 || !strings.Contains(body, named) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}
