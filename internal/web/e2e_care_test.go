package web_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/app"
	"purser/internal/store"
	"purser/internal/web/browsertest"
)

// TestAConnectionIsLookedAfterInABrowser changes a task, is refused another
// organization, and has two chats told.
func TestAConnectionIsLookedAfterInABrowser(t *testing.T) {
	b := chromium.Start(t)
	messages := make(chan string, 8)
	chats := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		messages <- r.Host + " " + string(body)
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(chats.Close)
	s := serveWith(t, func(o *app.Options) {
		for _, host := range []string{"hooks.slack.com", "prod.webhook.office.com"} {
			o.Server.VendorMap += "," + host + "=" + chats.URL
		}
	})
	i := s.oneOkta(t)
	admin := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	t.Run("schedule and task are changed in the task table", func(t *testing.T) { scheduleInBrowser(t, s, admin.For(t), i) })
	t.Run("another organization is refused with an explanation", func(t *testing.T) { refuseOtherTenant(t, s, admin.For(t), i) })
	t.Run("chats are told in their own format", func(t *testing.T) { tellChats(t, s, admin.For(t), messages) })
	s.clean(admin)
}

func scheduleInBrowser(t *testing.T, s *site, p *browsertest.Page, i purser.Instance) {
	page := s.PublicURL() + "/instances/" + i.ID
	form := page + "?task=" + string(purser.TaskApplicationRoster) + "#task"
	p.Open(form)
	fill(p, "every", "12")
	fill(p, "zone", "Nowhere/Atlantis")
	p.Expect(http.StatusUnprocessableEntity)
	press(p, "Save")
	says(p, "Nowhere/Atlantis")
	p.Axe()
	p.Screenshot("care-schedule-refused", false)
	fill(p, "zone", "Europe/Berlin")
	browsertest.Eval[int](p, `(document.querySelector("[name=start_hour]").value = "3", 0)`)
	press(p, "Save")
	says(p, "on, every 12 h from 03:00 (Europe/Berlin)")
	p.Axe()
	p.Open(form)
	p.Click(`[name=enabled]`)
	press(p, "Save")
	says(p, "off, every 12 h")
	p.Open(form)
	p.Click(`[name=enabled]`)
	press(p, "Save")
	says(p, "on, every 12 h")
	p.Open(page + "/history")
	says(p, "changed the task Application roster")
	p.Screenshot("care-history", false)
	s.settle(t, i.ID)
}

func refuseOtherTenant(t *testing.T, s *site, p *browsertest.Page, i purser.Instance) {
	err := s.DB.Write(s.host, func(ctx context.Context, tx bun.Tx) error {
		is, err := store.Instance(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		is.TenantID, is.TenantName = "00oOTHER", "Other Inc."
		_, err = store.UpdateInstance(ctx, tx, is)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Open(s.PublicURL() + "/instances/" + i.ID + "/credential")
	press(p, "Replace the credential")
	fill(p, "secret.token", s.vendors.Credentials().Okta.APIToken)
	press(p, "Next: test")
	press(p, "Test the connection")
	says(p, "Other Inc.")
	p.Axe()
	p.Screenshot("care-other-tenant", false)
	if browsertest.Eval[bool](p, `[...document.querySelectorAll("main button")].some(e => e.innerText.includes("Confirm"))`) {
		t.Error("a credential of another organization can be confirmed")
	}
	p.Open(s.PublicURL() + "/instances/" + i.ID + "/credential")
	press(p, "Give up the new one")
	p.Until(`![...document.querySelectorAll("main button")].some(e => e.innerText.includes("Give up"))`)
	says(p, "Credential in use")
}

func tellChats(t *testing.T, s *site, p *browsertest.Page, messages chan string) {
	for format, host := range map[string]string{"slack": "hooks.slack.com", "teams": "prod.webhook.office.com"} {
		p.Open(s.PublicURL() + "/settings/notifications/add?format=" + format)
		fill(p, "name", "Channel "+format)
		fill(p, "url", "https://"+host+"/services/T0/B0/secret-part")
		p.Axe()
		press(p, "Add")
		says(p, "Channel "+format)
		if browsertest.Eval[bool](p, `document.body.innerText.includes("secret-part")`) {
			t.Error("the page shows the chat's address")
		}
		browsertest.Eval[string](p, `document.querySelector("main").dataset.before = "yes"`) // it says so of the channel before
		press(p, "Send test message")
		p.Until(`document.readyState === "complete" && !document.querySelector("main").dataset.before`)
		says(p, "was taken")
		p.Axe()
		p.Screenshot("care-chat-"+format, false)
		got := <-messages
		name, body, _ := strings.Cut(got, " ")
		if name != host || !json.Valid([]byte(body)) || !strings.Contains(body, "test message") {
			t.Errorf("%s got %s", host, got)
		}
		t.Logf("%s: %s", host, body)
	}
	p.Open(s.PublicURL() + "/settings/notifications/log")
	says(p, "Channel slack")
	says(p, "Channel teams")
	p.Everywhere("care-deliveries", false)
}
