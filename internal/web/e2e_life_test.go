package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
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
	b := browsertest.Start(t)
	s := serve(t)
	i := s.oneOkta(t)
	admin := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	t.Run("revoked at the vendor, shown, checked again, fresh", func(t *testing.T) { repairInBrowser(t, s, admin.For(t), i) })
	t.Run("a delegate's link outlives a scanner and opens one connection", func(t *testing.T) { delegateInBrowser(t, s, b, admin.For(t), i) })
	for _, path := range []string{"/credentials", "/instances/" + i.ID + "/credential", "/instances/" + i.ID + "/settings", "/instances/" + i.ID + "/permissions"} {
		t.Run("axe finds nothing on "+path[1:], func(t *testing.T) { lookAt(t, s, admin.For(t), path) })
	}
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
