package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/web/browsertest"
)

// liveAccounts is how many accounts the last readings saw.
func (s *site) liveAccounts(t *testing.T) int64 {
	t.Helper()
	all, err := s.Inventory.Accounts(s.host, inventory.AccountFilter{}, purser.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return all.Total
}

// decideAll decides one hold after the other as a whole: a list of accounts and
// one of their groups wait apart.
func decideAll(p *browsertest.Page, holds, words string) {
	waiting := `[...document.querySelectorAll("main button")].filter(e => e.innerText.trim() === ` + strconv.Quote(words) + `).length`
	for p.Open(holds); ; {
		before := browsertest.Eval[int](p, waiting)
		if before == 0 {
			return
		}
		press(p, words)
		p.Until(`document.readyState === "complete" && ` + waiting + ` < ` + strconv.Itoa(before))
	}
}

// decideWholeInBrowser keeps what the tab of holds still shows, then loses more
// people and lets all of those go.
func decideWholeInBrowser(t *testing.T, s *site, p *browsertest.Page, i purser.Instance) {
	holds := s.PublicURL() + "/instances/" + i.ID + "/holds"
	before := s.liveAccounts(t)
	p.Open(holds)
	decideAll(p, holds, "Keep all")
	says(p, "Rejected by")
	if now := s.liveAccounts(t); now != before {
		t.Errorf("%d of %d accounts are left of what was kept", now, before)
	}
	accounts, err := s.Inventory.Accounts(s.host, inventory.AccountFilter{}, purser.Page{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	keep := s.vendors.Credentials().Google.Admin
	removed := 0
	for _, a := range accounts.Items {
		if a.Email != "" && a.Email != keep && removed < 90 && s.vendors.RemovePerson(a.Email) == nil {
			removed++
		}
	}
	s.sync(t, i.ID)
	p.Open(s.PublicURL() + "/instances/" + i.ID)
	says(p, "holds back")
	p.Axe()
	p.Screenshot("life-holding", false)
	press(p, "Decide")
	says(p, "removals among")
	decideAll(p, holds, "Remove all")
	says(p, "Approved by")
	if now := s.liveAccounts(t); now >= before {
		t.Errorf("%d accounts, %d before they were removed", now, before)
	}
	p.Axe()
}

// deleteUsersInBrowser asks, refuses without the sentence, deletes, and reads everyone again.
func deleteUsersInBrowser(t *testing.T, s *site, p *browsertest.Page, i purser.Instance) {
	before := s.liveAccounts(t)
	p.Open(s.PublicURL() + "/instances/" + i.ID + "/settings")
	press(p, "Delete all users…")
	says(p, "What goes")
	says(p, "What stays")
	p.Axe()
	p.Expect(http.StatusUnprocessableEntity)
	press(p, "Delete all users")
	says(p, "Nothing was deleted")
	if now := s.liveAccounts(t); now != before {
		t.Fatalf("%d of %d accounts are left, and nobody ticked the sentence", now, before)
	}
	p.Click(`input[name="confirm"]`)
	press(p, "Delete all users")
	p.Until(`location.pathname.startsWith("/deletions/") && document.querySelector("main").innerText.includes("What went")`)
	p.Axe()
	p.Screenshot("life-users-deleted", false)
	if now := s.liveAccounts(t); now != 0 {
		t.Errorf("%d accounts are left", now)
	}
	press(p, "Open the instance")
	heading(p, i.Name)
	s.sync(t, i.ID)
	if now := s.liveAccounts(t); now == 0 || now > before {
		t.Errorf("read again, there are %d accounts; before there were %d", now, before)
	}
	p.Open(s.PublicURL() + "/instances/" + i.ID)
	if words := browsertest.Eval[string](p, `document.querySelector("main").innerText`); !strings.Contains(words, "Works, and its data is fresh") {
		t.Errorf("everybody is read again, and the page says %s", words)
	}
}
