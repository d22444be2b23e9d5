package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/inventory"
	"purser/internal/sandbox"
	"purser/internal/web/browsertest"
)

// oneOkta connects the company's identity provider by its token, with one task.
func (s *site) oneOkta(t testing.TB) purser.Instance {
	t.Helper()
	c := s.vendors.Credentials().Okta
	i, err := s.Connect.Create(s.host, connect.CreateInput{Connector: sandbox.Okta, Name: "Okta Acme", Auth: "api_token",
		Settings: map[string]string{"domain": c.Domain}, Tasks: []purser.TaskName{purser.TaskApplicationRoster}})
	if err == nil {
		err = s.Connect.SetCredential(s.host, i.ID, "api_token", map[string]string{"token": c.APIToken})
	}
	if err == nil {
		_, err = s.Connect.Test(s.host, i.ID)
	}
	if err == nil {
		err = s.Connect.Confirm(s.host, i.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.settle(t, i.ID)
	return i
}

// settle waits until no run of the instance is under way.
func (s *site) settle(t testing.TB, id string) {
	t.Helper()
	for range 1200 {
		tasks, err := s.Connect.Tasks(s.host, id)
		if err != nil {
			t.Fatal(err)
		}
		busy := false
		for _, task := range tasks {
			busy = busy || task.Enabled && (task.LastRun == nil || !task.LastRun.State.Ended())
		}
		if !busy {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Fatal("the runs do not end")
}

func (s *site) sync(t testing.TB, id string) {
	t.Helper()
	if _, err := s.Runs.Start(s.host, id, purser.TriggerManual); err != nil {
		t.Fatal(err)
	}
	s.settle(t, id)
}

func TestTheLifeOfAConnectionInABrowser(t *testing.T) {
	t.Parallel()
	b := chromium.Start(t)
	s := serve(t)
	i := s.oneOkta(t)
	admin := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	t.Run("revoked at the vendor, shown, checked again, fresh", func(t *testing.T) { repairInBrowser(t, s, admin.For(t), i) })
	t.Run("a run is followed while it lasts, and canceled", func(t *testing.T) { watchInBrowser(t, s, admin.For(t), i) })
	t.Run("recipients are typed and entered, several too", func(t *testing.T) { listRecipients(t, s, admin.For(t)) })
	t.Run("the sealing key is changed", func(t *testing.T) { rotateInBrowser(t, s, admin.For(t)) })
	t.Run("some of what is held is removed by name", func(t *testing.T) { decideInBrowser(t, s, admin.For(t), i) })
	t.Run("what is held is kept as a whole, and removed as a whole", func(t *testing.T) { decideWholeInBrowser(t, s, admin.For(t), i) })
	t.Run("a delegate's link outlives a scanner and opens one connection", func(t *testing.T) { delegateInBrowser(t, s, b, admin.For(t), i) })
	for _, path := range []string{"/credentials", "/instances/" + i.ID + "/credential", "/instances/" + i.ID + "/settings", "/instances/" + i.ID + "/permissions"} {
		t.Run("axe finds nothing on "+path[1:], func(t *testing.T) { lookAt(t, s, admin.For(t), path) })
	}
	t.Run("all users are deleted only with the sentence ticked, and read again", func(t *testing.T) { deleteUsersInBrowser(t, s, admin.For(t), i) })
	t.Run("deleted only with the sentence ticked", func(t *testing.T) { deleteInBrowser(t, s, admin.For(t), i) })
	s.clean(admin)
}

func repairInBrowser(t *testing.T, s *site, p *browsertest.Page, i purser.Instance) {
	page := s.PublicURL() + "/instances/" + i.ID
	s.vendors.RevokeTokens(sandbox.Okta)
	s.sync(t, i.ID)
	p.Open(page)
	says(p, "The vendor refuses the credential")
	press(p, "Check the credential")
	says(p, "does not accept the credential")
	p.Axe()
	p.Screenshot("life-refused", false)
	s.vendors.RestoreKeys(sandbox.Okta)
	press(p, "Check again")
	p.Until(`location.search.includes("done=checked") && document.readyState === "complete"`)
	s.settle(t, i.ID)
	p.Open(page)
	if words := browsertest.Eval[string](p, `document.querySelector("main").innerText`); strings.Contains(words, "refuses") || strings.Contains(words, "stale") {
		t.Errorf("mended, and the page says %s", words)
	}
	p.Open(page + "/settings")
	p.Click(`[data-dialog="deactivate"]`)
	p.Until(`document.querySelector("#deactivate").open && document.querySelector("#deactivate").innerText.includes("drops this credential")`)
	p.Axe()
	p.Screenshot("life-deactivate", false)
}

func delegateInBrowser(t *testing.T, s *site, b *browsertest.Browser, p *browsertest.Page, i purser.Instance) {
	p.Open(s.PublicURL() + "/instances/" + i.ID + "/credential")
	fill(p, "note", "Grace")
	press(p, "Make a link")
	says(p, "Shown this once")
	p.Axe()
	link := browsertest.Eval[string](p, `[...document.querySelectorAll("main code")].map(e => e.innerText).find(v => v.includes("/delegate?token="))`)
	scanner, err := http.Get(link)
	if err != nil || scanner.StatusCode != http.StatusOK {
		t.Fatalf("a scanner gets %v %v", scanner, err)
	}
	_ = scanner.Body.Close()
	d := b.Page(t, 1280, 800)
	d.Light()
	d.Open(link)
	d.Axe()
	d.Screenshot("delegate-open", false)
	press(d, "Begin in this browser")
	heading(d, "Connect Okta")
	if browsertest.Eval[bool](d, `document.querySelector("#nav") !== null`) {
		t.Error("a delegate sees the navigation")
	}
	d.Axe()
	d.Screenshot("delegate-connection", false)
	fill(d, "secret.token", s.vendors.Credentials().Okta.APIToken)
	press(d, "Keep it, sealed")
	press(d, "Test the connection")
	says(d, "Works")
	d.Axe()
	press(d, "Hand it over")
	heading(d, "Handed over")
	d.Axe()
	d.Open(s.PublicURL() + "/instances/" + i.ID)
	heading(d, "Sign in")
	p.Open(s.PublicURL() + "/instances/" + i.ID + "/credential")
	says(p, "Handed over by Grace")
	p.Axe()
	p.Screenshot("delegate-handed-over", false)
	press(p, "Test and confirm")
	press(p, "Confirm and use it from now on")
	p.Until(`location.pathname.endsWith("/result")`)
	s.clean(d)
}

func decideInBrowser(t *testing.T, s *site, p *browsertest.Page, i purser.Instance) {
	accounts, err := s.Inventory.Accounts(s.host, inventory.AccountFilter{}, purser.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	keep := s.vendors.Credentials().Google.Admin // its credential would go with this one
	for n, a := range accounts.Items {
		if n < 120 && a.Email != "" && a.Email != keep {
			_ = s.vendors.RemovePerson(a.Email) // a shared mailbox is nobody's
		}
	}
	s.sync(t, i.ID)
	p.Open(s.PublicURL() + "/instances/" + i.ID + "/holds")
	if words := browsertest.Eval[string](p, `document.querySelector("main").innerText`); !strings.Contains(words, "removals among") {
		t.Fatalf("no removals wait: %s", words)
	}
	p.Axe()
	press(p, "See every name")
	says(p, "Nothing happens until somebody decides")
	p.Axe()
	p.Screenshot("life-hold", false)
	before := browsertest.Eval[string](p, `document.querySelector("main h1").innerText`)
	p.Click(`input[name="row"]`)
	press(p, "Remove those ticked")
	p.Until(`location.search.includes("done=decided") && document.readyState === "complete"`)
	if after := browsertest.Eval[string](p, `document.querySelector("main h1").innerText`); after == before {
		t.Errorf("one was removed, and %q waits as before", after)
	}
}

func deleteInBrowser(t *testing.T, s *site, p *browsertest.Page, i purser.Instance) {
	page := s.PublicURL() + "/instances/" + i.ID
	p.Open(page + "/settings")
	press(p, "Delete instance…")
	says(p, "There is no way back")
	p.Axe()
	p.Expect(http.StatusUnprocessableEntity)
	press(p, "Delete instance")
	says(p, "Nothing was deleted")
	p.Axe()
	if _, err := s.Connect.Instance(s.host, i.ID); err != nil {
		t.Fatalf("deleted without the sentence: %v", err)
	}
	p.Click(`input[name="confirm"]`)
	press(p, "Delete instance")
	p.Until(`location.pathname.startsWith("/deletions/") && document.querySelector("main").innerText.includes("What went")`)
	p.Axe()
	p.Screenshot("life-deleted", false)
	if _, err := s.Connect.Instance(s.host, i.ID); err == nil {
		t.Error("the page says that it is done, and the instance is there")
	}
	if all, err := s.Inventory.Accounts(s.host, inventory.AccountFilter{}, purser.Page{Limit: 10}); err != nil || len(all.Items) > 0 {
		t.Errorf("%d accounts are left: %v", len(all.Items), err)
	}
}
