package app_test

import (
	"net/url"
	"testing"

	"purser/internal/login"
)

// TestAListAsAFileAsksAgainWhoOneIs sees that the way leads back to the list, with
// its filters: a file shows no page.
func TestAListAsAFileAsksAgainWhoOneIs(t *testing.T) {
	a, h, later := aged(t)
	b := openTab(t, a, h)
	if w := b.send(t, "GET", "/accounts/export?as=csv", "", nil); w.Code != 200 {
		t.Fatalf("one who has just signed in: %d %s", w.Code, w.Body)
	}
	later(login.ProofLife)
	for path, list := range map[string]string{"/accounts/export?as=csv&q=ann": "/accounts?q=ann", "/people/export?as=json": "/people", "/spend/export?as=csv": "/spend",
		"/applications/export?as=csv": "/applications"} {
		w := b.send(t, "GET", path, "", nil)
		again, err := url.Parse(w.Header().Get("Location"))
		if err != nil || again.Path != "/sign-in/again" || again.Query().Get("next") != list {
			t.Errorf("%s: %d, on to %s", path, w.Code, again)
		}
	}
	for _, path := range []string{"/api/v1/export/accounts?format=csv", "/api/v1/export/people?format=csv"} {
		if w := b.send(t, "GET", path, "", nil); !asksAgain(w) {
			t.Errorf("%s: %d %.200s", path, w.Code, w.Body)
		}
	}
}
