package web_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/connect"
	"purser/internal/inventory"
	"purser/internal/web/browsertest"
)

// firstLink returns the path of the first link on the page that matches.
func firstLink(p *browsertest.Page, selector string) string {
	return browsertest.Eval[string](p, fmt.Sprintf(`(document.querySelector(%q)||{getAttribute(){return ""}}).getAttribute("href")`, selector))
}

// pages lists an address for every kind of page that a role can open.
func (s *site) pages(t testing.TB, p *browsertest.Page) []string {
	t.Helper()
	all := []string{"/", "/integrations", "/catalog", "/catalog/matrix", "/catalog/okta", "/catalog/slack", "/catalog?q=nothing-of-this-name", "/catalog/file", "/catalog/file/connect?task=application_roster", "/catalog/ldap", "/holds", "/credentials", "/runs?n=25", "/applications?n=25", "/accounts?n=25",
		"/people?n=25", "/people?disputed=1", "/accounts/unmatched", "/accounts/sso", "/settings/matching", "/settings/sources", "/leavers", "/access?n=25", "/findings?n=25", "/findings?state=accepted", "/licenses?n=25", "/spend?n=25", "/settings/you", "/settings/tokens", "/settings/about", "/settings/users", "/settings/network",
		"/settings/audit", "/settings/sign-in", "/settings/you/second-factor", "/sign-in/again", "/settings/upkeep", "/help/troubleshooting", "/settings/organization", "/settings/notifications", "/settings/notifications/add", "/settings/notifications/log", "/accounts?q=nobody-of-this-name", "/accounts?n=25&as_of=2026-01-02", "/accounts?n=25&cols=email&cols=kind", "/views", "/views/new?list=accounts", "/applications/overlap"}
	follow := func(from, selector string, tabs ...string) {
		p.Open(s.PublicURL() + from)
		link := firstLink(p, selector)
		if link == "" {
			t.Errorf("%s has no link %s", from, selector)
			return
		}
		all = append(all, link)
		for _, tab := range tabs {
			all = append(all, link+"/"+tab)
		}
	}
	follow("/integrations", `main tbody a[href^="/instances/"]`)
	for _, name := range []string{"Okta Acme", "Slack Acme"} {
		for _, i := range s.instances(t) {
			if i.Name == name {
				for _, tab := range []string{"", "/credential", "/runs", "/holds", "/actions", "/settings", "/history", "/setup", "/test", "/result", "/applications", "/calls", "/permissions",
					"?task=application_roster", "/delete/instance", "/delete/users", "/authorize"} {
					// Of the second one what is not the same page over again.
					if again := slices.Contains([]string{"", "/credential", "/authorize"}, tab); name == "Okta Acme" && tab != "/authorize" || name != "Okta Acme" && again {
						all = append(all, "/instances/"+i.ID+tab)
					}
				}
			}
		}
	}
	follow("/settings/notifications/log", `main tbody a[href^="/settings/notifications/log/"]`)
	follow("/runs", `main tbody a[href^="/runs/"]`, "log", "rejects")
	follow("/applications", `main tbody a[href^="/applications/"]`, "use", "accounts", "activity", "licenses", "integration", "history")
	follow("/accounts", `main tbody a[href^="/accounts/"]`)
	follow("/licenses", `main tbody a[href^="/licenses/"]`)
	follow("/actions", `main tbody a[href^="/actions/"]`)
	all = append(all, "/actions", "/settings/actions")
	follow("/people", `main tbody a[href^="/people/"]`)
	all = append(all, s.devicePages(t)...)
	all = append(all, s.contractPages(t)...)
	return append(all, "/catalog/okta/connect?task=application_roster", "/catalog/slack/connect?task=application_roster")
}

func (s *site) instances(t testing.TB) []purser.Instance {
	t.Helper()
	all, err := s.Connect.Instances(s.host, connect.InstanceFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// pictureName makes a file's name of an address.
func pictureName(path, how string) string {
	name := strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(strings.Trim(path, "/"))
	if name == "" {
		name = "home"
	}
	if len(name) > 60 {
		name = name[:60]
	}
	return name + "-" + how
}

func TestAConnectedCompanyInABrowser(t *testing.T) {
	t.Parallel()
	b := chromium.Start(t)
	s := serve(t)
	if _, err := s.Notify.AddRecipients(s.host, "", "ops@example.com"); err != nil {
		t.Fatal(err)
	}
	s.connectAll(t)
	admin := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	auditor := s.signIn(t, b, "otto@example.com", purser.RoleAuditor)
	t.Run("accounts are found as one types", func(t *testing.T) { searchAccounts(t, s, admin.For(t)) })
	t.Run("guests are those with an address outside", func(t *testing.T) { findGuests(t, s, admin.For(t)) })
	t.Run("an exported table computes nothing", func(t *testing.T) { exportAccounts(t, s, admin.For(t)) })
	t.Run("an auditor looks and changes nothing", func(t *testing.T) { lookAsAuditor(t, s, auditor.For(t)) })
	t.Run("what is not there is said in words", func(t *testing.T) { openNothing(s, admin.For(t)) })
	t.Run("a name of ten thousand characters is shortened and shown on request", func(t *testing.T) { longName(t, s, admin.For(t)) })
	t.Run("menus, dialogs and the palette", func(t *testing.T) { openOver(t, s, admin.For(t)) })
	t.Run("pages of errors", func(t *testing.T) { errorPages(t, s, admin.For(t), auditor.For(t)) })
	t.Run("an account is suspended, read back and given back", func(t *testing.T) { suspendInABrowser(t, s, admin.For(t)) })
	t.Run("a contract is written down, decided, and its sheet looked at", func(t *testing.T) { decideInABrowser(t, s, admin.For(t)) })
	t.Run("findings are decided and a threshold is tried", func(t *testing.T) { lookAtFindings(t, s, admin.For(t)) })
	t.Run("a leaver's accounts are closed, and later data verifies it", func(t *testing.T) { closeLeaver(t, s, admin.For(t)) })
	t.Run("whose an account is, and whose word counts", func(t *testing.T) { whoseInABrowser(t, s, admin.For(t)) })
	t.Run("a list is saved with its columns and read as a file", func(t *testing.T) { saveAViewInABrowser(t, s, admin.For(t)) })
	for _, path := range s.pages(t, admin) {
		t.Run("axe finds nothing on /"+strings.Trim(path, "/"), func(t *testing.T) { lookAt(t, s, admin.For(t), path) })
	}
	s.clean(admin)
	s.clean(auditor)
}

// lookAt opens a page wide and narrow, light and dark: axe finds nothing, it does
// not scroll sideways, and nothing that a vendor wrote became part of it.
func lookAt(t *testing.T, s *site, p *browsertest.Page, path string) {
	p.Open(s.PublicURL() + path)
	p.Everywhere(strings.TrimSuffix(pictureName(path, ""), "-"), false)
	if browsertest.Eval[bool](p, `"__pwned" in window`) {
		t.Error("what a vendor wrote has run")
	}
	if n := browsertest.Eval[int](p, `document.querySelectorAll('main [onerror], main [hx-get="/logout"], a[href^="javascript:" i], main script:not([type="application/json"])').length`); n > 0 {
		t.Errorf("%d elements of the page were written by a vendor", n)
	}
}

// rowNames are the names in the rows of the page's table.
const rowNames = `[...document.querySelectorAll("#rows tbody .name-title")].map(e => e.innerText)`

func searchAccounts(t *testing.T, s *site, p *browsertest.Page) {
	p.Open(s.PublicURL() + "/accounts?n=25")
	p.Type(`main input[type="search"]`, "petit")
	p.Until(`(() => { const all = ` + rowNames + `; return all.length > 0 && all.every(n => n.toLowerCase().includes("petit")) && location.search.includes("q=petit"); })()`)
	p.Open(s.PublicURL() + "/accounts?q=petit")
	if names := browsertest.Eval[[]string](p, rowNames); len(names) == 0 {
		t.Error("the address of a search does not show what it found")
	}
	p.Open(s.PublicURL() + "/accounts?q=Wolfeschlegelsteinhausen")
	if names := browsertest.Eval[[]string](p, rowNames); len(names) == 0 {
		t.Error("the account with a name of 10 kB is not found")
	}
	if height := browsertest.Eval[float64](p, `Math.max(...[...document.querySelectorAll("#rows tbody tr")].map(e => e.getBoundingClientRect().height))`); height > 160 {
		t.Errorf("a name of 10 kB makes a row %v px high", height)
	}
	p.Screenshot("accounts-long-name", false)
	p.Click("#rows tbody a.name-title")
	p.Until(`/^.accounts.acc/.test(location.pathname) && document.readyState === "complete" && document.querySelector("main h1") !== null`)
	p.Screenshot("account-long-name", false)
	p.Axe()
}

// findGuests shows those with an address outside: the company has said which its own are.
func findGuests(t *testing.T, s *site, p *browsertest.Page) {
	yes := true
	outside, err := s.Inventory.Accounts(s.host, inventory.AccountFilter{External: &yes}, purser.Page{Limit: 50})
	if err != nil || len(outside.Items) == 0 {
		t.Fatalf("%d accounts have an address outside: %v", len(outside.Items), err)
	}
	p.Open(s.PublicURL() + "/accounts?external=yes")
	if names := browsertest.Eval[[]string](p, rowNames); len(names) != len(outside.Items) {
		t.Errorf("%d accounts have an address outside, and the page shows %q", len(outside.Items), names)
	}
}

func exportAccounts(t *testing.T, s *site, p *browsertest.Page) {
	p.Open(s.PublicURL() + "/accounts")
	href := firstLink(p, `main a[href*="as=csv"]`)
	if href == "" {
		t.Fatal("the page offers no CSV")
	}
	text := browsertest.Eval[string](p, fmt.Sprintf(`fetch(%q).then(r => r.text())`, href))
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 200 {
		t.Errorf("the file has %d rows", len(rows))
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a table program would compute %.40q", cell)
			}
		}
	}
	if !strings.Contains(text, "HYPERLINK") {
		t.Error("the company has no formula among its names: nothing was shown")
	}
}

func lookAsAuditor(t *testing.T, s *site, p *browsertest.Page) {
	okta := s.instances(t)[0].ID
	for _, path := range []string{"/", "/integrations", "/catalog/okta", "/instances/" + okta, "/instances/" + okta + "/settings", "/applications", "/settings/you"} {
		p.Open(s.PublicURL() + path)
		words := browsertest.Eval[string](p, `document.querySelector("main").innerText`)
		for _, never := range []string{"Connect an application", "Sync now", "Deactivate", "Replace the credential"} {
			if strings.Contains(words, never) {
				t.Errorf("%s offers %q to an auditor", path, never)
			}
		}
		p.Axe()
	}
	p.Open(s.PublicURL() + "/settings/you")
	for _, path := range []string{"/instances/" + okta + "/sync", "/instances/" + okta + "/deactivate", "/catalog/okta/connect", "/settings/users/invite"} {
		p.Expect(403)
		status := browsertest.Eval[int](p, fmt.Sprintf(`fetch(%q, {method: "POST", redirect: "manual", headers: {"Content-Type": "application/x-www-form-urlencoded"},
			body: "csrf=" + encodeURIComponent(document.querySelector('input[name="csrf"]').value)}).then(async r => r.status === 403 && (await r.text()).includes("auditor") ? 403 : -r.status)`, path))
		if status != 403 {
			t.Errorf("POST %s as auditor is answered with %d instead of the role's refusal", path, -status)
		}
	}
	p.Open(s.PublicURL() + "/catalog/okta/connect")
	says(p, "auditor")
	p.Screenshot("forbidden", false)
	p.Axe()
}

func openNothing(s *site, p *browsertest.Page) {
	p.Expect(404)
	for _, path := range []string{"/no-such-page", "/accounts/acc_0", "/instances/ins_0", "/runs/run_0"} {
		p.Open(s.PublicURL() + path)
		p.See(`main [role="alert"], main .callout`)
		p.See("#nav")
	}
	p.Screenshot("not-found", false)
	p.Axe()
}
