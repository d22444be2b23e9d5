package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"purser"
	"purser/internal/finding"
	"purser/internal/leaver"
	"purser/internal/web/browsertest"
)

// A threshold changed after the simulator and a leaver's checklist closed and later
// verified: by keyboard alone, in four clicks from the home page, by an operator who
// sees no prices; and the simulator's rows by finance, who sees no names.
func TestUseAndLeaversByKeyboardAlone(t *testing.T) {
	t.Parallel()
	b := chromium.Start(t)
	s := serve(t)
	s.connectSome(t, []string{"bamboohr", "okta", "slack"})
	if err := s.Findings.Derive(s.host, nil); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(s.instances(t), func(i purser.Instance) bool { return i.Connector == "slack" })
	chat := s.instances(t)[at].Application
	operator, finance := s.signIn(t, b, "oz@example.com", purser.RoleOperator), s.signIn(t, b, "fin@example.com", purser.RoleFinance)
	t.Run("a threshold after the simulator", func(t *testing.T) {
		w := &byKeyboard{t: t, p: operator.For(t)}
		w.find("slack", "/applications/"+chat)
		w.press(`e.matches('a[href$="/use"]')`, `location.pathname.endsWith("/use")`)
		w.to(`e.matches('main input[name="days"]')`)
		browsertest.Eval[bool](w.p, `document.activeElement.select() || true`)
		w.p.Keys("15" + kb.Enter)
		w.come(`location.search.includes("days=15")`)
		if u, err := s.Inventory.ApplicationUse(s.host, chat, 0); err != nil || u.Days != 60 {
			t.Errorf("to look changed it to %d days (%v)", u.Days, err)
		}
		w.p.EveryWay("simulator")
		w.press(`e.matches('main form[action$="/threshold"] button')`, `location.search.includes("done=saved")`)
		if u, err := s.Inventory.ApplicationUse(s.host, chat, 0); err != nil || u.Days != 15 || w.clicks > 4 {
			t.Errorf("after %d clicks the threshold is %d days (%v)", w.clicks, u.Days, err)
		}
	})
	t.Run("finance sees who it selects, and no names", func(t *testing.T) {
		w := &byKeyboard{t: t, p: finance.For(t)}
		w.find("slack", "/applications/"+chat)
		w.press(`e.matches('a[href$="/use"]')`, `location.pathname.endsWith("/use")`)
		w.press(`e.matches('#simulator a[href*="use=inactive"][href*="days=15"]')`, `location.pathname === "/accounts" && location.search.includes("days=15")`)
		says(w.p, "Account ")
		if text := browsertest.Eval[string](w.p, `document.querySelector("main").innerText`); strings.Contains(text, "@") || w.clicks > 4 {
			t.Errorf("after %d clicks: %.400s", w.clicks, text)
		}
		w.p.EveryWay("simulator-finance")
	})
	t.Run("a checklist", func(t *testing.T) { closeLeaverByKeyboard(t, s, operator.For(t)) })
	admin := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	t.Run("suspicious use is recognized until a day, and taken back", func(t *testing.T) { recognize(t, s, admin.For(t)) })
	s.clean(admin)
	s.clean(operator)
	s.clean(finance)
}

func closeLeaverByKeyboard(t *testing.T, s *site, p *browsertest.Page) {
	access, err := s.Leavers.Access(s.host, leaver.AccessFilter{}, purser.Page{})
	at := slices.IndexFunc(access.Items, func(a purser.LeaverAccess) bool { return strings.HasPrefix(a.InstanceName, "Okta") })
	if err != nil || at < 0 {
		t.Fatalf("no leaver has an account at the identity provider: %+v (%v)", access.Items, err)
	}
	person, err := s.Inventory.Person(s.host, access.Items[at].PersonID)
	if err != nil {
		t.Fatal(err)
	}
	p.Open(s.PublicURL() + "/")
	w := &byKeyboard{t: t, p: p}
	p.Keys("gp")
	w.come(`location.pathname === "/people"`)
	w.press(`e.matches('main a[href="/leavers"]')`, `location.pathname === "/leavers"`)
	w.press(`!!e.closest('form[action="/people/`+person.ID+`/leaver"]')`, `location.pathname.startsWith("/leavers/lvr_")`)
	page := browsertest.Eval[string](p, `location.pathname`)
	for range browsertest.Eval[int](p, `document.querySelectorAll('#leaver input[name="item"]').length`) {
		w.to(`e.matches('#leaver input[name="item"]')`)
		p.Keys(" ")
	}
	w.press(`e.matches('#leaver button[value="done"]')`, `location.search.includes("done=saved")`)
	says(p, "done, not verified yet")
	if w.clicks > 4 {
		t.Errorf("it took %d clicks", w.clicks)
	}
	p.EveryWay("checklist-done")
	if err := s.vendors.Leave(person.Email, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Runs.Start(s.host, access.Items[at].InstanceID, purser.TriggerManual, purser.TaskApplicationRoster); err != nil {
		t.Fatal(err)
	}
	var l purser.List[purser.LeaverChecklist]
	for range 2400 {
		if l, err = s.Leavers.List(s.host, leaver.Filter{Person: person.ID}, purser.Page{}); err != nil || len(l.Items) == 1 && l.Items[0].Verified > 0 {
			break
		}
		<-time.After(50 * time.Millisecond)
	}
	if err != nil || len(l.Items) != 1 || l.Items[0].Verified == 0 {
		t.Fatalf("the checklist after the sync: %+v (%v)", l.Items, err)
	}
	p.Open(s.PublicURL() + page)
	says(p, "verified: deactivated")
	p.EveryWay("checklist-verified")
}

// recognize says of an account that its use is as it should be, from the home page.
func recognize(t *testing.T, s *site, p *browsertest.Page) {
	count := func(view string) int64 {
		t.Helper()
		list, err := s.Findings.Suspicious(s.host, finding.SuspiciousFilter{View: view}, purser.Page{})
		if err != nil {
			t.Fatal(err)
		}
		return list.Total
	}
	all := count("now")
	w := &byKeyboard{t: t, p: p}
	p.Keys("gf")
	w.come(`location.pathname === "/findings"`)
	w.press(`e.matches('main a[href="/suspicious"]')`, `location.pathname === "/suspicious"`)
	w.to(`e.matches('#recognize tbody input[name="finding"]')`)
	p.Keys(" ")
	w.to(`e.matches('#recognize input[name="reason"]')`)
	p.Keys("hands over to the next one")
	w.to(`e.matches('#recognize input[name="until"]')`)
	browsertest.Eval[bool](p, fmt.Sprintf(`(document.activeElement.value = %q) !== ""`, time.Now().AddDate(0, 1, 0).UTC().Format(time.DateOnly)))
	w.press(`e.matches('#recognize button[value="recognize"]')`, `location.search.includes("done=decided")`)
	if count("now") != all-1 || count("recognized") != 1 || w.clicks > 4 {
		t.Errorf("after %d clicks %d of %d are left, %d recognized", w.clicks, count("now"), all, count("recognized"))
	}
	p.Open(s.PublicURL() + "/suspicious?view=recognized")
	says(p, "hands over to the next one")
	p.EveryWay("suspicious-recognized")
	w.to(`e.matches('#recognize tbody input[name="finding"]')`)
	p.Keys(" ")
	w.press(`e.matches('#recognize button[value="open"]')`, `location.search.includes("done=decided")`)
	if count("now") != all {
		t.Errorf("%d of %d after it was taken back", count("now"), all)
	}
	for _, at := range []string{"/changes", "/"} {
		p.Open(s.PublicURL() + at)
		p.Axe()
	}
}
