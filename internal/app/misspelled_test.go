package app_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"purser"
	"purser/internal/table"
)

// everybody may do everything.
type everybody struct{}

func (everybody) Allow(context.Context, purser.Operation) error { return nil }

// A condition that a list does not know, or whose value there is not, is refused and
// named: an answer to another question would be taken for one to this.
func TestAMisspelledConditionIsRefusedAndNamed(t *testing.T) {
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
	root, _, _ := session(t, a, purser.RoleAdmin)
	page := func(path string) (int, string) {
		code, _, body := ask(t, a, h, request{path: path, header: map[string]string{"Cookie": "purser=" + root}})
		return code, body
	}
	// So is a threshold of the simulator that is none.
	_, all := page("/applications")
	application := regexp.MustCompile(`/applications/app_[0-9]+`).FindString(all)
	for days, want := range map[string]int{"": 200, "30": 200, "abc": 422, "0": 422, "-5": 422} {
		if code, _ := page(application + "/use?days=" + days); code != want {
			t.Errorf("days=%q: %d, want %d", days, code, want)
		}
	}
	for _, list := range table.New(table.Options{Gate: everybody{}}).Lists(t.Context()) {
		for _, misspelled := range []string{"instanse=Chat", "any1.instanse=Chat", "any12.instance=Chat", "any1.q=Chat"} {
			for _, path := range []string{list.Path, list.Path + "/export"} {
				code, body := page(path + "?as=csv&" + misspelled)
				if code != 422 || !strings.Contains(body, "This list has no condition") {
					t.Errorf("%s?%s: %d, and nothing says that there is no such condition", path, misspelled, code)
				}
			}
		}
		// What the list has is not refused, whether it finds rows or not.
		for _, c := range list.Conditions {
			for _, name := range []string{c.Name, "any1." + c.Name} {
				value := "1"
				if len(c.Values) > 0 {
					value = c.Values[0]
				}
				if name == c.Name || c.Group {
					if code, body := page(list.Path + "?" + name + "=" + value); strings.Contains(body, "This list has no condition") {
						t.Errorf("%s?%s: %d", list.Path, name, code)
					}
				}
			}
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
