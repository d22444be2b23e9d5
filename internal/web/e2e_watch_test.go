package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/sandbox"
	"purser/internal/web/browsertest"
)

// watchInBrowser follows a run whose vendor falls silent after its first stream, and
// cancels it: numbers move without a reload, and the page ends with the run.
func watchInBrowser(t *testing.T, s *site, p *browsertest.Page, i purser.Instance) {
	s.vendors.Script(sandbox.Fault{Vendor: sandbox.Okta, Route: "/api/v1/users", Times: 1, Kind: sandbox.SlowBody, Pause: 1500 * time.Millisecond},
		sandbox.Fault{Vendor: sandbox.Okta, Route: "/api/v1/groups", Times: 1, Kind: sandbox.SlowBody})
	defer s.vendors.ClearFaults()
	p.Open(s.PublicURL() + "/instances/" + i.ID)
	if over := browsertest.Eval[int](p, `(e => e.scrollWidth - e.clientWidth)(document.querySelector("main .scroll"))`); over > 0 {
		t.Errorf("the task table is %d px wider than its place in a window of 1280 px", over)
	}
	p.Screenshot("life-tasks", false)
	press(p, "Sync now")
	says(p, "Under way")
	p.Until(`[...document.querySelectorAll("main a")].some(e => e.innerText === "Open this run")`)
	p.Open(s.PublicURL() + browsertest.Eval[string](p, `[...document.querySelectorAll("main a")].find(e => e.innerText === "Open this run").getAttribute("href")`))
	browsertest.Eval[int](p, `(window.kept = 1, 0)`)
	says(p, "users: complete")
	says(p, "groups: being read")
	p.Until(`/[1-9] requests/.test(document.querySelector("main").innerText)`)
	p.Axe()
	p.Screenshot("life-run-live", false)
	if !browsertest.Eval[bool](p, `window.kept === 1`) {
		t.Error("the page was loaded again to show how far the run is")
	}
	press(p, "Cancel")
	p.Until(`document.readyState === "complete" && document.querySelectorAll("main progress").length === 0 && document.querySelector("main").innerText.includes("Canceled")`)
	p.Axe()
	p.Screenshot("life-run-canceled", false)
	s.settle(t, i.ID)
}

// listRecipients adds addresses by typing and the Enter key, several at once too.
func listRecipients(t *testing.T, s *site, p *browsertest.Page) {
	p.Open(s.PublicURL() + "/settings/notifications")
	const field = `main [name="email"]:not([type="hidden"])`
	const listed = `[...document.querySelectorAll("main tbody .name-title")].map(e => e.innerText)`
	enter := func(text string) {
		t.Helper()
		p.Until(`document.readyState === "complete" && document.querySelector('` + field + `') !== null`)
		browsertest.Eval[int](p, `(document.querySelector('`+field+`').value = "", 0)`)
		p.Type(field, text+"\r")
	}
	enter("first@example.com")
	p.Until(listed + `.includes("first@example.com")`)
	enter("second@example.com, third@example.com")
	p.Until(`["first", "second", "third"].every(n => ` + listed + `.includes(n + "@example.com"))`)
	p.Axe()
	p.Screenshot("life-recipients", false)
	p.Expect(http.StatusUnprocessableEntity)
	enter("fourth@example.com, nonsense")
	p.See(`main [role="alert"]`)
	if kept := browsertest.Eval[string](p, `document.querySelector('`+field+`').value`); kept != "fourth@example.com, nonsense" {
		t.Errorf("what was typed is lost: %q", kept)
	}
	p.Axe()
	p.Click(`[aria-label="Remove second@example.com"]`)
	p.Until(`document.readyState === "complete" && !` + listed + `.includes("second@example.com") && ` + listed + `.includes("third@example.com")`)
	told, err := s.Notify.Recipients(s.host, "")
	if err != nil || strings.Join(told.Told, " ") != "first@example.com third@example.com" {
		t.Errorf("told are %v %v", told.Told, err)
	}
}

// authorizeAnew repairs a revoked connection by a new consent at the vendor.
func authorizeAnew(t *testing.T, s *site, p *browsertest.Page) {
	var i purser.Instance
	for _, one := range s.instances(t) {
		if one.Name == "Slack by consent" {
			i = one
		}
	}
	s.settle(t, i.ID)
	page := s.PublicURL() + "/instances/" + i.ID
	p.Open(page) // away from the first sync's result, which loads itself anew when a run ends
	s.vendors.RevokeTokens(sandbox.Slack)
	s.sync(t, i.ID)
	p.Open(page)
	p.Until(`/refuses the credential|Revoked/.test(document.querySelector("main").innerText)`)
	p.Axe()
	p.Screenshot("life-slack-revoked", false)
	p.Open(page + "/setup")
	press(p, "Next: authorize at the vendor")
	press(p, "Continue to Slack")
	p.Until(`!!document.querySelector("button[value=allow]")`)
	p.Click(`button[value="allow"]`)
	press(p, "Test the connection")
	says(p, "Acme Example")
	press(p, "Confirm and use it from now on")
	p.Until(`location.pathname.endsWith("/result")`)
	s.settle(t, i.ID)
	p.Open(page)
	if words := browsertest.Eval[string](p, `document.querySelector("main").innerText`); strings.Contains(words, "refuses") || strings.Contains(words, "Revoked") || strings.Contains(words, "stale") {
		t.Errorf("authorized anew, and the page says %s", words)
	}
}

// rotateInBrowser uses a new sealing key, sees how far it is, and retires the old one.
func rotateInBrowser(t *testing.T, s *site, p *browsertest.Page) {
	p.Open(s.PublicURL() + "/settings/upkeep")
	press(p, "Use a new key")
	p.Until(`location.search === "?done=rotated" && document.readyState === "complete" && (e => e !== null && e.value > 0 && e.value === e.max)(document.querySelector("main progress"))`)
	p.Axe()
	p.Screenshot("life-key", false)
	press(p, "Retire the old key")
	p.Until(`location.search === "?done=retired" && document.readyState === "complete"`)
	if browsertest.Eval[bool](p, `document.querySelector("main progress") !== null`) {
		t.Error("nothing is under way, and progress is shown")
	}
}
