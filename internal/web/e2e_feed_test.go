package web_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/web/browsertest"
)

// ready is that a page has come after what was saved.
const ready = `location.search.includes("done=saved") && document.readyState === "complete" && document.querySelector("main h1") !== null`

func TestAnApplicationGoesFromTheIdentityProviderToDirectAndBack(t *testing.T) {
	b := browsertest.Start(t)
	s := serve(t)
	s.connectSome(t, []string{"okta"})
	p := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	okta := s.instances(t)[0].ID
	see := func(words ...string) {
		t.Helper()
		text := browsertest.Eval[string](p, `document.querySelector("main").innerText`)
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q: %s", browsertest.Eval[string](p, `location.pathname + location.search`), w, text)
			}
		}
	}
	look := func(name string) { p.EveryWay("feed-" + name) }
	// Discover, and manage three.
	p.Open(s.PublicURL() + "/instances/" + okta + "/applications")
	see("Integrated applications", "Slack", "Figma", "unidentified")
	for _, name := range []string{"Slack", "Figma", "Zoom"} {
		p.Click(`main input[aria-label="Manage ` + name + `"]`)
	}
	see("added (not saved)")
	look("integrated")
	p.Click("#manage button[type=submit]")
	p.Until(ready)
	see("3 applications are managed now")
	look("managed")
	// What nobody recognized is named.
	p.Open(s.PublicURL() + "/instances/" + okta + "/applications?show=unidentified")
	look("unidentified")
	p.Open(s.PublicURL() + "/instances/" + okta + "/applications?q=wiki")
	p.Open(s.PublicURL() + firstLink(p, `main tbody a.name-title`))
	look("match")
	p.Type(`main input[name=q]`, "notion")
	p.Click(`main form[role=search] button[type=submit]`)
	p.Until(`location.search.includes("q=notion") && document.readyState === "complete"`)
	p.Click(`main .choices button`)
	p.Until(ready)
	see("said by a person", "Notion")
	// Its accounts and sign-ins.
	p.Open(s.PublicURL() + "/applications?q=slack")
	slack := firstLink(p, `main tbody a[href^="/applications/"]`)
	p.Open(s.PublicURL() + slack + "/accounts")
	see("integrated via Okta Acme", "sign-in only, weak evidence", "by a group")
	look("accounts")
	p.Open(s.PublicURL() + slack + "/integration")
	see("Integrated via Okta Acme.", "A direct connection is possible", "What this source cannot know")
	look("integration")
	// Convert it, with a parallel run.
	browsertest.Eval[string](p, `(document.querySelector("#convert select").value = "7")`)
	p.Click("#convert button[type=submit]")
	p.Until(`location.pathname === "/catalog/slack" && document.readyState === "complete"`)
	s.connectSome(t, []string{"slack"})
	p.Open(s.PublicURL() + slack + "/integration")
	see("Both are read side by side", "Compare")
	look("parallel")
	p.Click(`#convert a[href$="/compare"]`)
	p.Until(`location.pathname.endsWith("/compare") && document.readyState === "complete"`)
	see("alike in both", "Only direct")
	look("compare")
	p.Open(s.PublicURL() + slack + "/integration")
	p.Click(`#convert form:nth-of-type(1) button`)
	p.Until(ready)
	see("It went over to direct", "Read directly.")
	look("direct")
	p.Open(s.PublicURL() + slack + "/integration")
	p.Click(`#convert form button`)
	p.Until(ready)
	see("The identity provider counts again", "Integrated via Okta Acme.")
	p.Open(s.PublicURL() + slack + "/history")
	see("Accounts come from", "identity provider")
	look("history")
	p.Open(s.PublicURL() + slack)
	look("overview")
	s.clean(p)
}
