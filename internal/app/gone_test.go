package app_test

import (
	"strings"
	"testing"
	"time"

	"purser"
)

// Whoever has an open account has the application, also when no list of people has them
// any more: the list says so of them.
func TestWhoIsGoneFromTheListOfPeopleStillHasWhatIsOpen(t *testing.T) {
	a, h, _ := aged(t)
	p := plant(t, a)
	cookie, _, _ := session(t, a, purser.RoleAdmin)
	see := func(path string) string {
		t.Helper()
		code, _, body := ask(t, a, h, request{path: path, header: map[string]string{"Cookie": "purser=" + cookie}})
		if code != 200 {
			t.Fatalf("%s: %d", path, code)
		}
		return body
	}
	const gone = "gone from the list of people"
	has := "/people?has=" + p.of["applications"]
	if body := see(has); !strings.Contains(body, "Ada "+canary) || strings.Contains(body, gone) {
		t.Errorf("who is there: %t, gone: %t", strings.Contains(body, canary), strings.Contains(body, gone))
	}
	p.exec(`UPDATE "person" SET gone_gen = 9, removed_at = ? WHERE external_id = ?`, time.Now().UnixMicro(), canary)
	if body := see(has); !strings.Contains(body, "Ada "+canary) || !strings.Contains(body, gone) {
		t.Errorf("who is gone is listed: %t, and said to be: %t", strings.Contains(body, "Ada "+canary), strings.Contains(body, gone))
	}
	if strings.Contains(see("/people"), "Ada "+canary) {
		t.Error("the list of all people has somebody who is gone")
	}
}
