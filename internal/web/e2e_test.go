package web_test

import (
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/sandbox"
	"purser/internal/web/browsertest"
)

// press clicks the button or link of the page that has exactly those words.
func press(p *browsertest.Page, words string) {
	p.Until(fmt.Sprintf(`(() => {
		document.querySelectorAll("[data-press]").forEach(e => e.removeAttribute("data-press"));
		const e = [...document.querySelectorAll("main a.btn, main button, .card-title a")].find(e => e.innerText.trim() === %q);
		if (e) e.dataset.press = "1";
		return !!e; })()`, words))
	p.Click(`[data-press="1"]`)
}

// heading waits until the page's title has those words.
func heading(p *browsertest.Page, words string) {
	p.Until(fmt.Sprintf(`document.readyState === "complete" && (document.querySelector("main h1")||{innerText:""}).innerText.includes(%q)`, words))
}

// says waits until the page has those words.
func says(p *browsertest.Page, words string) {
	p.Until(fmt.Sprintf(`(document.querySelector("main")||{innerText:""}).innerText.includes(%q)`, words))
}

// fill replaces the text of a field.
func fill(p *browsertest.Page, name, text string) {
	selector := fmt.Sprintf(`[name=%q]`, name)
	p.See(selector)
	browsertest.Eval[int](p, fmt.Sprintf(`(document.querySelector(%q).value = "", 0)`, selector))
	p.Type(selector, text)
}

func TestConnectingInABrowser(t *testing.T) {
	b := chromium.Start(t)
	s := serve(t)
	p := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	t.Run("Okta connects by API token, from the catalog to the first sync", func(t *testing.T) { connectOkta(t, s, p.For(t)) })
	t.Run("Slack's consent can be denied, forged, given, and not replayed", func(t *testing.T) { connectSlack(t, s, p.For(t)) })
	t.Run("Slack is revoked and authorized anew", func(t *testing.T) { authorizeAnew(t, s, p.For(t)) })
	s.clean(p, s.vendorHosts()...)
}

func connectOkta(t *testing.T, s *site, p *browsertest.Page) {
	c := s.vendors.Credentials().Okta
	says(p, "Connect")
	p.Open(s.PublicURL() + "/catalog")
	press(p, "Okta")
	heading(p, "Okta")
	says(p, "okta.users.read")
	press(p, "Connect")
	heading(p, "Connect Okta")

	press(p, "Next: credentials") // the domain is missing
	p.Expect(422)
	p.See(`main [aria-invalid="true"]`) // on the page that came back, not the one that was sent
	fill(p, "name", "Okta by token")
	fill(p, "set.domain", c.Domain)
	p.Click(`input[name="auth"][value="api_token"]`)
	press(p, "Next: credentials")
	heading(p, "Credentials of Okta by token")
	p.Axe()

	fill(p, "secret.token", "00wrong-wrong-wrong")
	press(p, "Next: test")
	heading(p, "Test Okta by token")
	press(p, "Test the connection")
	p.See(`main .callout[role="alert"], main [role="alert"]`)
	p.Axe()
	press(p, "Change the credentials")
	heading(p, "Credentials of Okta by token")
	fill(p, "secret.token", c.APIToken)
	press(p, "Next: test")
	press(p, "Test the connection")
	says(p, "Acme Example")
	p.Axe()
	press(p, "Confirm and start the first sync")
	heading(p, "Okta by token")
	p.Until(`location.pathname.endsWith("/result")`)
	p.Until(`document.querySelectorAll("main progress").length === 0 && document.querySelector("main").innerText.includes("Succeeded") &&
		!/Queued|Running|Waiting/.test(document.querySelector("main").innerText)`)
	p.Axe()
	press(p, "Open the instance")
	says(p, "Application roster")
	if strings.Contains(browsertest.Eval[string](p, `document.documentElement.outerHTML`), c.APIToken) {
		t.Error("the page has the token in it")
	}
}

func connectSlack(t *testing.T, s *site, p *browsertest.Page) {
	c := s.vendors.Credentials().Slack
	consent := strings.TrimPrefix(s.vendors.Map()["slack.com"], "http://")
	p.Open(s.PublicURL() + "/catalog/" + sandbox.Slack)
	press(p, "Connect")
	heading(p, "Connect Slack")
	fill(p, "name", "Slack by consent")
	press(p, "Next: credentials")
	heading(p, "Credentials of Slack by consent")
	says(p, s.PublicURL()+"/oauth/callback")
	fill(p, "secret.client_id", c.ClientID)
	fill(p, "secret.client_secret", c.ClientSecret)
	press(p, "Next: authorize at the vendor")

	toVendor := func() {
		t.Helper()
		press(p, "Continue to Slack")
		p.Until(fmt.Sprintf(`location.host === %q && !!document.querySelector("button[value=deny]")`, consent))
	}
	toVendor()
	p.Click(`button[value="deny"]`)
	heading(p, "Not")
	for _, status := range []int{403, 409, 422, 502} {
		p.Expect(status)
	}
	says(p, "Slack")
	p.Axe()
	p.Screenshot("slack-denied", true)
	denied := last(p.Asked("/oauth/callback"))

	press(p, "Try again")
	toVendor()
	p.Open(s.PublicURL() + "/oauth/callback?code=made-up&state=of-nobody")
	refused(t, p, "a state of nobody")
	p.Open(denied)
	refused(t, p, "the denial's state a second time")

	for _, i := range s.instances(t) {
		if i.Name == "Slack by consent" {
			p.Open(s.PublicURL() + "/instances/" + i.ID + "/authorize")
		}
	}
	toVendor()
	p.Click(`button[value="allow"]`)
	heading(p, "Test Slack by consent")
	press(p, "Test the connection")
	says(p, "Acme Example")
	used := last(p.Asked("/oauth/callback"))
	p.Open(used)
	refused(t, p, "a callback that was used")
	p.Run()
	for _, i := range s.instances(t) {
		if i.Name == "Slack by consent" {
			if i.Status == purser.StatusLive {
				t.Error("the instance is live before tenant and account were confirmed")
			}
			p.Open(s.PublicURL() + "/instances/" + i.ID + "/test")
		}
	}
	press(p, "Test the connection")
	press(p, "Confirm and start the first sync")
	p.Until(`location.pathname.endsWith("/result")`)
	heading(p, "Slack by consent")
}

// refused fails if the page is no error page with words.
func refused(t *testing.T, p *browsertest.Page, what string) {
	t.Helper()
	p.Until(`document.readyState === "complete"`)
	if status := browsertest.Eval[int](p, `performance.getEntriesByType("navigation")[0].responseStatus`); status < 400 {
		t.Errorf("%s is answered with %d", what, status)
	}
	p.See(`main .callout, main [role="alert"]`)
}

func last(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}
